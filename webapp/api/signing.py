"""Tasks that others take part in: people before, after and together with their holder, and who prepares them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import SigningState
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of
from webapp.api.tasks import TASK, Assignment, seen_task

SIGNING = answer_of(SigningState)
_PEOPLE = validate.Length(min=1, max=30)
_REASON = validate.Length(max=500)


class Signers(Schema):
    """Who decides before or after the holder of a task."""

    part = fields.String(required=True, validate=validate.OneOf(["before", "after"]))
    staff_ids = fields.List(fields.String(), required=True, validate=_PEOPLE)
    reason = fields.String(load_default="", validate=_REASON)


class Vote(Schema):
    """Who decides a task together, and by which rule; ``number`` counts votes (count) or per cent (percent)."""

    staff_ids = fields.List(fields.String(), required=True, validate=_PEOPLE)
    rule = fields.String(load_default="all", validate=validate.OneOf(["all", "any", "count", "percent"]))
    number = fields.Integer(load_default=0)
    reason = fields.String(load_default="", validate=_REASON)


class SigningWithdrawal(Schema):
    """Why those who have not decided are no longer asked."""

    reason = fields.String(required=True, validate=_REASON)


class Prepared(Schema):
    """What a delegate has filled in."""

    answers = fields.Dict(keys=fields.String(), load_default=dict)


class Signings(Schema):
    """The signings of a task, oldest first."""

    rows = fields.List(fields.Nested(SIGNING))


@endpoint("GET", "/tasks/{task_id}/signings", tag="tasks", returns=Signings)
def list_signings(asked: Asked, task_id: str) -> Any:
    """Show who decides a task with its holder, and how that stands."""
    return {"rows": asked.engine.get_task(task_id).signings}


@endpoint("POST", "/tasks/{task_id}/signers", tag="tasks", body=Signers, returns=TASK)
def add_signers(asked: Asked, task_id: str) -> Any:
    """Have people decide my task before or after me."""
    sent = asked.body
    changed = asked.engine.add_signers(task_id, sent["staff_ids"], part=sent["part"], reason=sent["reason"])
    return seen_task(asked.actor, changed)


@endpoint("POST", "/tasks/{task_id}/vote", tag="tasks", body=Vote, returns=TASK)
def open_vote(asked: Asked, task_id: str) -> Any:
    """Have several people decide my task together."""
    sent = asked.body
    changed = asked.engine.open_vote(
        task_id, sent["staff_ids"], rule=sent["rule"], number=sent["number"], reason=sent["reason"]
    )
    return seen_task(asked.actor, changed)


@endpoint("POST", "/tasks/{task_id}/signers/withdraw", tag="tasks", body=SigningWithdrawal, returns=TASK)
def withdraw_signing(asked: Asked, task_id: str) -> Any:
    """Do without the people who were asked and have not decided."""
    return seen_task(asked.actor, asked.engine.withdraw_signing(task_id, reason=asked.body["reason"]))


@endpoint("POST", "/tasks/{task_id}/delegate", tag="tasks", body=Assignment, returns=TASK)
def delegate(asked: Asked, task_id: str) -> Any:
    """Have somebody prepare my task; it stays mine."""
    return seen_task(asked.actor, asked.engine.delegate(task_id, asked.body["staff_id"]))


@endpoint("POST", "/tasks/{task_id}/resolve", tag="tasks", body=Prepared, returns=TASK)
def resolve(asked: Asked, task_id: str) -> Any:
    """Give a task back to its owner with what I have prepared."""
    return seen_task(asked.actor, asked.engine.resolve(task_id, asked.body["answers"]))
