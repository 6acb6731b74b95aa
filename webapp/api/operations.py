"""What operators did; who uses what; the end of history and what is held."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import HistoryProgress, LegalHold, Operation, OperationFilter, Page, Usage
from kernel.errors import NotAllowed
from ledger.staff.permissions import Permission
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.process_data import as_seen

OPERATION = answer_of(Operation)
HOLD = answer_of(LegalHold)
REASON = validate.Length(1, 400)


class OperationQuery(PageQuery):
    """Which acts."""

    actor = fields.String(load_default=None, metadata={"description": "Who did it, or for whom it was done"})
    action = fields.String(load_default=None)
    subject = fields.String(load_default=None)
    subject_id = fields.String(load_default=None)
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    since = fields.AwareDateTime(load_default=None)
    until = fields.AwareDateTime(load_default=None)


class OperationNote(Schema):
    """A note to an act."""

    text = fields.String(required=True)


class UsageQuery(Schema):
    """What is used."""

    kind = fields.String(required=True, validate=validate.OneOf(["process", "decision", "form", "handler"]))
    name = fields.String(required=True)


class Usages(Schema):
    """Versions of processes that use it."""

    used_by = fields.List(fields.Nested(answer_of(Usage)))


class HoldOrder(Schema):
    """One case, or all with a business key."""

    instance_id = fields.String(load_default=None, allow_none=True)
    business_key = fields.String(load_default=None, allow_none=True)
    reason = fields.String(required=True, validate=REASON)


class HoldEnd(Schema):
    """Why it is over."""

    reason = fields.String(required=True, validate=REASON)


class Holds(Schema):
    """Legal holds, the newest first."""

    holds = fields.List(fields.Nested(HOLD))


@endpoint(
    "GET", "/operations", tag="operations", query=OperationQuery, returns=page_of(OPERATION, "OperationPage")
)
def list_operations(asked: Asked) -> Any:
    """List what operators did, why, and on whose behalf."""
    q = asked.query
    wanted = OperationFilter(
        actor_id=q["actor"],
        action=q["action"],
        subject=q["subject"],
        subject_id=q["subject_id"],
        path=q["project"],
        since=q["since"],
        until=q["until"],
    )
    found = asked.engine.operations(wanted, Page(q["page"], q["size"]))
    return replace(found, rows=[_seen(asked, row) for row in found.rows])


@endpoint("POST", "/operations/{operation_id}/notes", tag="operations", body=OperationNote, returns=OPERATION)
def annotate_operation(asked: Asked, operation_id: str) -> Any:
    """Add a note to what somebody did."""
    return _seen(asked, asked.engine.annotate_operation(operation_id, asked.body["text"]))


@endpoint("GET", "/usage", tag="definitions", query=UsageQuery, returns=Usages)
def used_by(asked: Asked) -> Any:
    """List which processes use a process, decision, form or handler, with their open cases."""
    if not asked.actor.may_anywhere(Permission.ENGINE_VIEW):
        raise NotAllowed("permission_missing", permission=Permission.ENGINE_VIEW.value)
    return {"used_by": asked.engine.used_by(asked.query["kind"], asked.query["name"])}


@endpoint("GET", "/history", tag="operations", returns=answer_of(HistoryProgress))
def history_progress(asked: Asked) -> Any:
    """Show how far the clean-up of history is."""
    return asked.engine.history_progress()


@endpoint("GET", "/holds", tag="operations", returns=Holds)
def list_holds(asked: Asked) -> Any:
    """List what must stay."""
    return {"holds": asked.engine.find_holds()}


@endpoint("POST", "/holds", tag="operations", body=HoldOrder, returns=HOLD, status=201)
def place_hold(asked: Asked) -> Any:
    """Keep the history of a case, or of all cases with a business key."""
    body = asked.body
    return asked.engine.place_hold(
        body["reason"], instance_id=body["instance_id"], business_key=body["business_key"]
    )


@endpoint("POST", "/holds/{hold_id}/lift", tag="operations", body=HoldEnd, returns=HOLD)
def lift_hold(asked: Asked, hold_id: str) -> Any:
    """Let history go when its time is over."""
    return asked.engine.lift_hold(hold_id, asked.body["reason"])


def _seen(asked: Asked, row: Operation) -> Operation:
    before, after = (as_seen(asked.actor, values, row.scope) for values in (row.before, row.after))
    return replace(row, before=before, after=after)
