"""Letting cases go back: return to an earlier step (退回), take one's task back (撤回)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import PassedStep, Return, Withdrawal, WithdrawalRights
from webapp.api.changes import Reason
from webapp.api.endpoint import Asked, endpoint
from webapp.api.instances import INSTANCE, seen
from webapp.api.shapes import answer_of
from webapp.process_data import as_seen

WITHDRAWAL = answer_of(Withdrawal)


class ReturnOrder(Reason):
    """To which passed task the case goes, and what comes after it; ``revision`` is the task's when it was read."""

    to_task = fields.String(required=True, metadata={"description": "Id of the passed task, from the choices"})
    way = fields.String(
        required=True,
        validate=validate.OneOf(["straight", "again"]),
        metadata={"description": "`straight` back here afterwards, or `again` through the steps between"},
    )
    revision = fields.Integer(load_default=None, allow_none=True)


class ReturnChoices(Schema):
    """The steps to which a case can be returned, in order."""

    steps = fields.List(fields.Nested(answer_of(PassedStep, leave_out=frozenset({"turn"}))))


class Steps(Schema):
    """The tasks that a case has passed, in order."""

    steps = fields.List(fields.Nested(answer_of(PassedStep, leave_out=frozenset({"turn"}))))


class Returns(Schema):
    """Where a case went back, oldest first."""

    returns = fields.List(fields.Nested(answer_of(Return)))


class WithdrawalAnswer(Schema):
    """Whether the task is let go, and words about it; a refusal needs some."""

    grant = fields.Boolean(required=True)
    answer = fields.String(load_default="", validate=validate.Length(max=500))


@endpoint("GET", "/tasks/{task_id}/return-choices", tag="tasks", returns=ReturnChoices)
def return_choices(asked: Asked, task_id: str) -> Any:
    """List the steps to which a task can return its case."""
    path = asked.engine.get_task(task_id).task.path
    return {"steps": [_seen(asked, one, path) for one in asked.engine.return_choices(task_id)]}


@endpoint("GET", "/instances/{instance_id}/steps", tag="instances", returns=Steps)
def steps(asked: Asked, instance_id: str) -> Any:
    """List the tasks that a case has passed with what was answered, those that it went back before as well."""
    path = asked.engine.get_instance(instance_id).scope
    return {"steps": [_seen(asked, one, path) for one in asked.engine.steps(instance_id)]}


def _seen(asked: Asked, step: PassedStep, path: str) -> PassedStep:
    answers, facts = (as_seen(asked.actor, shown, path) for shown in (step.answers, step.facts))
    return replace(step, answers=answers, facts=facts)


@endpoint("POST", "/tasks/{task_id}/return", tag="tasks", body=ReturnOrder, returns=INSTANCE)
def return_to(asked: Asked, task_id: str) -> Any:
    """Return a case to an earlier step."""
    body = asked.body
    case = asked.engine.return_to(
        task_id, body["to_task"], way=body["way"], reason=body["reason"], revision=body["revision"]
    )
    return seen(asked.actor, case)


@endpoint("GET", "/instances/{instance_id}/returns", tag="instances", returns=Returns)
def returns(asked: Asked, instance_id: str) -> Any:
    """Show where a case went back."""
    return {"returns": asked.engine.returns(instance_id)}


@endpoint("GET", "/tasks/{task_id}/withdrawal", tag="tasks", returns=answer_of(WithdrawalRights))
def withdrawal_rights(asked: Asked, task_id: str) -> Any:
    """Show whether I can take a task of mine back at once, or have to ask."""
    return asked.engine.withdrawal_rights(task_id)


@endpoint("POST", "/tasks/{task_id}/withdraw", tag="tasks", body=Reason, returns=INSTANCE)
def withdraw(asked: Asked, task_id: str) -> Any:
    """Take a task back that I completed, while nobody has acted since."""
    return seen(asked.actor, asked.engine.withdraw(task_id, asked.body["reason"]))


@endpoint("POST", "/tasks/{task_id}/withdrawal", tag="tasks", body=Reason, returns=WITHDRAWAL, status=201)
def ask_to_withdraw(asked: Asked, task_id: str) -> Any:
    """Ask whoever holds the case to let me have my task back."""
    return asked.engine.ask_to_withdraw(task_id, asked.body["reason"])


@endpoint("GET", "/instances/{instance_id}/withdrawal", tag="instances", returns=answer_of(WithdrawalRights))
def request_rights(asked: Asked, instance_id: str) -> Any:
    """Show whether I can take back what I began, or my last task in it, or have to ask."""
    return asked.engine.request_rights(instance_id)


@endpoint("POST", "/instances/{instance_id}/withdraw", tag="instances", body=Reason, returns=INSTANCE)
def withdraw_request(asked: Asked, instance_id: str) -> Any:
    """End a case that I began, while nobody has acted in it; what it did is undone."""
    return seen(asked.actor, asked.engine.withdraw_request(instance_id, asked.body["reason"]))


@endpoint(
    "POST", "/instances/{instance_id}/withdrawal", tag="instances", body=Reason, returns=WITHDRAWAL, status=201
)
def ask_to_withdraw_request(asked: Asked, instance_id: str) -> Any:
    """Ask whoever holds a case that I began to let it end."""
    return asked.engine.ask_to_withdraw_request(instance_id, asked.body["reason"])


@endpoint("POST", "/withdrawals/{withdrawal_id}/answer", tag="tasks", body=WithdrawalAnswer, returns=WITHDRAWAL)
def answer_withdrawal(asked: Asked, withdrawal_id: str) -> Any:
    """Let a task go back to who asks for it, or refuse."""
    body = asked.body
    return asked.engine.answer_withdrawal(withdrawal_id, grant=body["grant"], answer=body["answer"])
