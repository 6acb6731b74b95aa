"""Proposed changes of marked records: list, look, propose, withdraw. A review is the completion of its task."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from ledger.reviews.models import STATES, ProposedChange
from ledger.reviews.operations import propose_change, withdraw_change
from ledger.reviews.queries import ChangeFilter, ChangeRow, find_changes, get_change
from ledger.reviews.registry import REVIEWABLE
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of

CHANGE = answer_of(ChangeRow, name="ProposedChange")


class ReviewQuery(PageQuery):
    """Which changes are asked for."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    kind = fields.String(load_default=None, validate=validate.OneOf(list(REVIEWABLE)))
    record_id = fields.String(load_default=None)


class ProposedChanges(Schema):
    """Proposed changes, the newest first; customers' numbers are masked."""

    rows = fields.List(fields.Nested(CHANGE))


class ChangeProposal(Schema):
    """A change of a record; ``values`` are those the fields are to take."""

    kind = fields.String(required=True, validate=validate.OneOf(list(REVIEWABLE)))
    record_id = fields.String(
        required=True,
        metadata={
            "description": "customers: their id; plans: <project id>:<code>; parameters: <node id>:<name>; "
            "message_texts: <template>/<channel>/<language>"
        },
    )
    values = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 500))
    confirmed = fields.Boolean(load_default=False, metadata={"description": "In spite of a likeness"})


@endpoint("GET", "/reviews", tag="reviews", query=ReviewQuery, returns=ProposedChanges)
def list_changes(asked: Asked) -> Any:
    """List proposed changes within one's scope."""
    where = ChangeFilter(asked.query["state"], asked.query["kind"], asked.query["record_id"])
    number, size = asked.query["page"], asked.query["size"]
    return {"rows": find_changes(asked.session, asked.actor, where, limit=size, offset=(number - 1) * size)}


@endpoint("GET", "/reviews/{change_id}", tag="reviews", returns=CHANGE)
def show_change(asked: Asked, change_id: str) -> Any:
    """Show a change with what differs from its record by now."""
    return get_change(asked.session, asked.actor, change_id)


@endpoint("POST", "/reviews", tag="reviews", body=ChangeProposal, returns=CHANGE, status=201)
def propose(asked: Asked) -> Any:
    """Propose a change; it takes effect when a second person completes its task with the decision `approved`."""
    return _shown(asked, propose_change(asked.session, asked.actor, asked.clock, **asked.body))


@endpoint("POST", "/reviews/{change_id}/withdraw", tag="reviews", returns=CHANGE)
def withdraw(asked: Asked, change_id: str) -> Any:
    """Take one's own change back."""
    return _shown(asked, withdraw_change(asked.session, asked.actor, asked.clock, change_id=change_id))


def _shown(asked: Asked, change: ProposedChange) -> ChangeRow:
    asked.session.flush()  # It is read back as everybody sees it.
    return get_change(asked.session, asked.actor, change.id)
