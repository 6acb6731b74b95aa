"""Changing cases under way: halt them, end them, let them go on by another version of their diagram."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Change, Migration
from engine.results.changes import ElementChange, WaitChange
from webapp.api.definitions import FindingAnswer
from webapp.api.endpoint import Asked, endpoint
from webapp.api.instances import INSTANCE, seen
from webapp.api.shapes import answer_of


class Reason(Schema):
    """Why; it is kept in the case's history and in the audit."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class Target(Schema):
    """Which version, and which element of it takes the place of which."""

    version = fields.Integer(required=True, strict=True)
    mapping = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "New id by old id, for elements and flows whose id has changed"},
    )
    recalculate = fields.Boolean(
        load_default=False, metadata={"description": "Count timers that the diagram changed from now"}
    )
    called = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Key of a called process whose calls under way are meant instead of the case"},
    )


class MigrationOrder(Target, Reason):
    """A migration with its reason."""


class MigrationAnswer(Schema):
    """What becomes of a case in another version."""

    instance_id = fields.String()
    key = fields.String()
    from_version = fields.Integer()
    to_version = fields.Integer()
    possible = fields.Boolean()
    done = fields.Boolean()
    tokens = fields.List(fields.Nested(answer_of(ElementChange)))
    waits = fields.List(fields.Nested(answer_of(WaitChange)))
    findings = fields.List(fields.Nested(FindingAnswer))


@endpoint("POST", "/instances/{instance_id}/suspend", tag="instances", body=Reason, returns=INSTANCE)
def suspend(asked: Asked, instance_id: str) -> Any:
    """Halt a case: no task can be completed, no timer fires, messages wait."""
    return seen(asked.actor, asked.engine.suspend(instance_id, asked.body["reason"]))


@endpoint("POST", "/instances/{instance_id}/resume", tag="instances", body=Reason, returns=INSTANCE)
def resume(asked: Asked, instance_id: str) -> Any:
    """Let a suspended case go on."""
    return seen(asked.actor, asked.engine.resume(instance_id, asked.body["reason"]))


@endpoint("POST", "/instances/{instance_id}/cancel", tag="instances", body=Reason, returns=INSTANCE)
def cancel(asked: Asked, instance_id: str) -> Any:
    """End a case with everything that waits in it."""
    return seen(asked.actor, asked.engine.cancel(instance_id, asked.body["reason"]))


@endpoint(
    "POST", "/instances/{instance_id}/migration/preview", tag="instances", body=Target, returns=MigrationAnswer,
    acts=False,
)  # fmt: skip
def preview_migration(asked: Asked, instance_id: str) -> Any:
    """Tell what another version would mean for a case; nothing is changed."""
    return _migrate(asked, instance_id, dry_run=True)


@endpoint(
    "POST", "/instances/{instance_id}/migration", tag="instances", body=MigrationOrder, returns=MigrationAnswer
)
def migrate(asked: Asked, instance_id: str) -> Any:
    """Let a case go on by another version of its diagram, wholly or not at all."""
    return _migrate(asked, instance_id, dry_run=False)


class ChangeOrder(Schema):
    """One act by hand at an element."""

    kind = fields.String(required=True, validate=validate.OneOf(["cancel", "before", "after"]))
    element_id = fields.String(required=True)


class Changes(Schema):
    """What is ended and where something begins, all together; first what is ended."""

    changes = fields.List(fields.Nested(ChangeOrder), required=True, validate=validate.Length(1, 50))


class Modify(Changes, Reason):
    """Changes with their reason."""


class ModificationAnswer(Schema):
    """What changes by hand mean for a case."""

    instance_id = fields.String()
    changes = fields.List(fields.Nested(answer_of(Change)))
    possible = fields.Boolean()
    done = fields.Boolean()
    state = fields.String()
    waits = fields.List(fields.Nested(answer_of(WaitChange)))
    steps = fields.List(fields.String(), metadata={"description": "Elements that are done on the way"})
    forgotten = fields.List(
        fields.String(), metadata={"description": "Completed steps that can no longer be undone"}
    )
    findings = fields.List(fields.Nested(FindingAnswer))


@endpoint(
    "POST", "/instances/{instance_id}/modification/preview", tag="instances", body=Changes,
    returns=ModificationAnswer,
)  # fmt: skip
def preview_modification(asked: Asked, instance_id: str) -> Any:
    """Tell exactly what changes by hand would do; all of it is taken back."""
    return asked.engine.modify(instance_id, _changes(asked), reason="", dry_run=True)


@endpoint(
    "POST", "/instances/{instance_id}/modification", tag="instances", body=Modify, returns=ModificationAnswer
)
def modify(asked: Asked, instance_id: str) -> Any:
    """End branches and begin before or after elements: a move is cancel here and before there."""
    return asked.engine.modify(instance_id, _changes(asked), reason=asked.body["reason"])


class At(Schema):
    """Where a new case begins, by which version (the ended one's when left out)."""

    at = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    version = fields.Integer(load_default=None, allow_none=True)


class RestartOrder(At, Reason):
    """A restart with its reason."""


@endpoint("POST", "/instances/{instance_id}/restart/preview", tag="instances", body=At, returns=ModificationAnswer)
def preview_restart(asked: Asked, instance_id: str) -> Any:
    """Tell exactly what a new case with the data of an ended one would do; all of it is taken back."""
    body = asked.body
    return asked.engine.restart(instance_id, body["at"], version=body["version"], reason="", dry_run=True)


@endpoint(
    "POST", "/instances/{instance_id}/restart", tag="instances", body=RestartOrder, returns=ModificationAnswer,
    status=201,
)  # fmt: skip
def restart(asked: Asked, instance_id: str) -> Any:
    """Begin a new case with the data of an ended one, if what it stands for can follow."""
    body = asked.body
    return asked.engine.restart(instance_id, body["at"], version=body["version"], reason=body["reason"])


def _changes(asked: Asked) -> list[Change]:
    return [Change(**change) for change in asked.body["changes"]]


def _migrate(asked: Asked, instance_id: str, *, dry_run: bool) -> Migration:
    body = asked.body
    return asked.engine.migrate(
        instance_id,
        body["version"],
        mapping=body["mapping"],
        recalculate=body["recalculate"],
        called=body["called"],
        reason=body.get("reason", ""),
        dry_run=dry_run,
    )
