"""User tasks: list, look, claim, hand on, complete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Draft, DueReason, Page, SubTask, Task, TaskFilter
from kernel.actor import Actor
from webapp.api.endpoint import Asked, endpoint
from webapp.api.instances import INSTANCE, seen
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.process_data import as_seen

TASK = answer_of(Task)
DRAFT = answer_of(Draft)
BOXES = (
    "mine", "group", "delegated", "followed", "snoozed", "done", "substituting", "all", "overseen",
)  # fmt: skip
SORTS = ("due", "created", "priority", "follow_up", "completed", "name", "process")
_KEY = rf"-?(?:{'|'.join(SORTS)}|fact:\w{{1,60}})"
SORT = rf"{_KEY}(?:,{_KEY}){{0,3}}$"


class TaskQuery(PageQuery):
    """Which tasks."""

    box = fields.String(load_default="mine", validate=validate.OneOf(BOXES))
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    version = fields.Integer(load_default=None, metadata={"description": "Of the process; left out: all versions"})
    instance = fields.String(load_default=None)
    unread = fields.Boolean(load_default=False)
    search = fields.String(load_default="", validate=validate.Length(max=80))
    due_before = fields.AwareDateTime(load_default=None)
    sort = fields.String(
        load_default="due",
        validate=validate.Regexp(SORT),
        metadata={"description": f"Up to four of {', '.join(SORTS)} or fact:<name>, each with - for descending"},
    )


class Assignment(Schema):
    """To whom a task is given."""

    staff_id = fields.String(required=True)


class Reassignment(Schema):
    """To whom a task is given, null for its group, and why."""

    staff_id = fields.String(required=True, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=400))


class Candidates(Schema):
    """To whom a task is offered: roles at its node (or `role@path` above it) and people, and why."""

    groups = fields.List(fields.String(), load_default=list)
    people = fields.List(fields.String(), load_default=list)
    reason = fields.String(required=True, validate=validate.Length(max=400))


class Work(Schema):
    """A piece of work to ask for: the answers of the process's start form."""

    process = fields.String(load_default="ad_hoc_task")
    answers = fields.Dict(keys=fields.String(), required=True)


class WorkAsked(Schema):
    """What was asked for under a task."""

    rows = fields.List(fields.Nested(answer_of(SubTask, leave_out=frozenset({"open_tasks"}))))


class HandingOver(Assignment):
    """To whom a task is handed over, and why; who lacks the role or had the step before needs a reason."""

    reason = fields.String(load_default="", validate=validate.Length(max=500))


class Completion(Schema):
    """The answers of a form; ``revision`` is the task's when it was read, so that a stale form is refused."""

    answers = fields.Dict(keys=fields.String(), required=True)
    revision = fields.Integer(load_default=None, allow_none=True)


class Typed(Schema):
    """A half-filled form; empty answers drop it."""

    answers = fields.Dict(keys=fields.String(), required=True)


class Deadline(Schema):
    """When a task is due."""

    due_at = fields.AwareDateTime(required=True, allow_none=True)


class TaskDetails(Schema):
    """A task with what it shows, and what the caller has typed and not sent."""

    task = fields.Nested(TASK)
    variables = fields.Dict(keys=fields.String())
    own_draft = fields.Nested(DRAFT, allow_none=True)


@endpoint("GET", "/tasks", tag="tasks", query=TaskQuery, returns=page_of(TASK, "TaskPage"))
def list_tasks(asked: Asked) -> Any:
    """List tasks of a box: one's own, one's groups', theirs whom one stands in for, all for those who operate."""
    q = asked.query
    wanted = TaskFilter(
        box=q["box"],
        definition_keys=(q["process"],) if q["process"] else (),
        path=q["project"],
        instance_id=q["instance"],
        search=q["search"],
        due_before=q["due_before"],
        versions=(q["version"],) if q["version"] is not None else (),
        unread=q["unread"],
        sort=("due", "-priority", "created") if q["sort"] == "due" else (*q["sort"].split(","), "created"),
    )
    found = asked.engine.find_tasks(wanted, Page(q["page"], q["size"]))
    return replace(found, rows=[seen_task(asked.actor, row) for row in found.rows])


@endpoint("GET", "/tasks/{task_id}", tag="tasks", returns=TaskDetails)
def get_task(asked: Asked, task_id: str) -> Any:
    """Show a task with the data it sees."""
    found = asked.engine.get_task(task_id)
    data = as_seen(found.actor, found.variables, found.task.path)
    return replace(found, task=seen_task(found.actor, found.task), variables=data)


@endpoint("POST", "/tasks/{task_id}/claim", tag="tasks", returns=TASK)
def claim(asked: Asked, task_id: str) -> Any:
    """Take a task of one of my groups."""
    return seen_task(asked.actor, asked.engine.claim(task_id))


@endpoint("POST", "/tasks/{task_id}/unclaim", tag="tasks", returns=TASK)
def unclaim(asked: Asked, task_id: str) -> Any:
    """Give a task back to its group."""
    return seen_task(asked.actor, asked.engine.unclaim(task_id))


@endpoint("POST", "/tasks/{task_id}/assign", tag="tasks", body=Reassignment, returns=TASK)
def assign(asked: Asked, task_id: str) -> Any:
    """Give a task to somebody, for who oversees it."""
    given = asked.engine.assign(task_id, asked.body["staff_id"], reason=asked.body["reason"])
    return seen_task(asked.actor, given)


@endpoint("POST", "/tasks/{task_id}/candidates", tag="tasks", body=Candidates, returns=TASK)
def set_candidates(asked: Asked, task_id: str) -> Any:
    """Offer a task to other roles and people, for who oversees it."""
    body = asked.body
    offered = asked.engine.set_candidates(task_id, body["groups"], body["people"], reason=body["reason"])
    return seen_task(asked.actor, offered)


@endpoint("POST", "/tasks/{task_id}/work", tag="tasks", body=Work, returns=INSTANCE, status=201)
def ask_for_work(asked: Asked, task_id: str) -> Any:
    """Ask colleagues for a piece of work under my task."""
    begun = asked.engine.ask_for_work(task_id, asked.body["process"], asked.body["answers"])
    return seen(asked.actor, begun)


@endpoint("GET", "/tasks/{task_id}/work", tag="tasks", returns=WorkAsked)
def sub_tasks(asked: Asked, task_id: str) -> Any:
    """List what was asked for under a task, and how it stands."""
    return {"rows": asked.engine.sub_tasks(task_id)}


@endpoint("POST", "/tasks/{task_id}/hand-over", tag="tasks", body=HandingOver, returns=TASK)
def hand_over(asked: Asked, task_id: str) -> Any:
    """Hand my task over to somebody else for good."""
    given = asked.engine.hand_over(task_id, asked.body["staff_id"], reason=asked.body["reason"])
    return seen_task(asked.actor, given)


@endpoint("GET", "/tasks/{task_id}/due", tag="tasks", returns=answer_of(DueReason))
def why_due(asked: Asked, task_id: str) -> Any:
    """Show why a task is due when it is: when it began, by which rule, when it warns."""
    return asked.engine.why_due(task_id)


@endpoint("POST", "/tasks/{task_id}/due", tag="tasks", body=Deadline, returns=TASK)
def set_due(asked: Asked, task_id: str) -> Any:
    """Set another due time, or null for none; what warns and escalates moves with it."""
    return seen_task(asked.actor, asked.engine.set_due(task_id, asked.body["due_at"]))


@endpoint("POST", "/tasks/{task_id}/due/recalculate", tag="tasks", returns=TASK)
def recalculate_due(asked: Asked, task_id: str) -> Any:
    """Count the due time anew from the diagram, today's data and today's calendar."""
    return seen_task(asked.actor, asked.engine.recalculate_due(task_id))


@endpoint("POST", "/tasks/{task_id}/complete", tag="tasks", body=Completion, returns=INSTANCE)
def complete(asked: Asked, task_id: str) -> Any:
    """Complete a task with the answers of its form; the case goes on."""
    done = asked.engine.complete(task_id, asked.body["answers"], revision=asked.body["revision"])
    return replace(done, facts=as_seen(asked.actor, done.facts, done.scope))


@endpoint("POST", "/tasks/{task_id}/draft", tag="tasks", body=Typed, returns=DRAFT)
def save_draft(asked: Asked, task_id: str) -> Any:
    """Keep a half-filled form of one's own; it is no step of the case."""
    return asked.engine.save_draft(task_id, asked.body["answers"])


def seen_task(actor: Actor, task: Task) -> Task:
    """A task without the facts that the caller may not see."""
    return replace(task, facts=as_seen(actor, task.facts, task.path))
