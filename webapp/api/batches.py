"""Acts on many cases: order, follow, halt, let go on, take back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Batch, IncidentFilter, InstanceFilter, Page
from webapp.api.changes import Reason
from webapp.api.definitions import FindingAnswer
from webapp.api.endpoint import Asked, endpoint
from webapp.api.instances import STATES
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.wording import word

KINDS = ["migrate", "modify", "cancel", "suspend", "resume", "retry"]


class BatchAnswer(answer_of(Batch)):  # type: ignore[misc]
    """A batch and how far it is."""

    waiting = fields.Integer()


class ItemAnswer(Schema):
    """What came of one case."""

    position = fields.Integer()
    subject_id = fields.String()
    state = fields.String()
    result = fields.Dict(keys=fields.String())
    code = fields.String(allow_none=True)
    text = fields.Function(lambda item: word(item.code, item.params) if item.code else None)
    findings = fields.List(fields.Nested(FindingAnswer))
    at = fields.AwareDateTime(allow_none=True)


class Which(Schema):
    """Cases by what they are; what is left out does not narrow."""

    process = fields.String(load_default=None)
    version = fields.Integer(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    path = fields.String(load_default=None)
    waiting_at = fields.String(load_default=None)
    search = fields.String(load_default="", validate=validate.Length(max=80))


class Order(Reason):
    """What to do to which cases; for ``retry`` the ids are those of incidents."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    ids = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10_000))
    which = fields.Nested(Which, load_default=None, allow_none=True)
    params = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "For migrate version, mapping, recalculate, dry_run; for modify changes"},
    )


class ItemQuery(PageQuery):
    """Which items."""

    state = fields.String(load_default=None, validate=validate.OneOf(["waiting", "done", "failed"]))


class Again(Schema):
    """Whether failed items are tried again too."""

    failed = fields.Boolean(load_default=False)


@endpoint("GET", "/batches", tag="batches", query=PageQuery, returns=page_of(BatchAnswer, "BatchPage"))
def list_batches(asked: Asked) -> Any:
    """List orders on many cases, the newest first."""
    return asked.engine.batches(Page(asked.query["page"], asked.query["size"]))


@endpoint("POST", "/batches", tag="batches", body=Order, returns=BatchAnswer, status=201)
def start(asked: Asked) -> Any:
    """Order an act on many cases; workers do one after the other."""
    body = asked.body
    which = body["which"]
    is_retry = body["kind"] == "retry"
    return asked.engine.start_batch(
        body["kind"],
        reason=body["reason"],
        ids=tuple(body["ids"]),
        instances=_instances(which) if which is not None and not is_retry else None,
        incidents=_incidents(which) if which is not None and is_retry else None,
        params=body["params"],
    )


@endpoint("GET", "/batches/{batch_id}", tag="batches", returns=BatchAnswer)
def get_batch(asked: Asked, batch_id: str) -> Any:
    """Show how far a batch is."""
    return asked.engine.batch(batch_id)


@endpoint(
    "GET", "/batches/{batch_id}/items", tag="batches", query=ItemQuery, returns=page_of(ItemAnswer, "ItemPage")
)
def list_items(asked: Asked, batch_id: str) -> Any:
    """List what came of each case."""
    q = asked.query
    return asked.engine.batch_items(batch_id, Page(q["page"], q["size"]), state=q["state"])


@endpoint("POST", "/batches/{batch_id}/stop", tag="batches", returns=BatchAnswer)
def stop(asked: Asked, batch_id: str) -> Any:
    """Begin no further case."""
    return asked.engine.stop_batch(batch_id)


@endpoint("POST", "/batches/{batch_id}/continue", tag="batches", body=Again, returns=BatchAnswer)
def go_on(asked: Asked, batch_id: str) -> Any:
    """Let a stopped batch go on, or try failed cases again."""
    return asked.engine.continue_batch(batch_id, failed=asked.body["failed"])


@endpoint("POST", "/batches/{batch_id}/undo", tag="batches", body=Reason, returns=BatchAnswer, status=201)
def undo(asked: Asked, batch_id: str) -> Any:
    """Order the taking back of all that a batch did."""
    return asked.engine.undo_batch(batch_id, asked.body["reason"])


def _instances(which: dict[str, Any]) -> InstanceFilter:
    return InstanceFilter(
        definition_keys=(which["process"],) if which["process"] else (),
        version=which["version"],
        states=(which["state"],) if which["state"] else (),
        path=which["path"],
        waiting_at=which["waiting_at"],
        search=which["search"],
    )


def _incidents(which: dict[str, Any]) -> IncidentFilter:
    wanted = IncidentFilter(path=which["path"])
    return replace(wanted, definition_keys=(which["process"],)) if which["process"] else wanted
