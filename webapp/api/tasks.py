"""User tasks: list, look, claim, hand on, complete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import Instance, Page, Task, TaskFilter
from kernel.actor import Actor
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery
from webapp.api.shapes import answer_of, page_of
from webapp.process_data import as_seen

TASK = answer_of(Task)
INSTANCE = answer_of(Instance)
SORTS = ["due", "created", "priority", "fact:amount_fen"]


class TaskQuery(PageQuery):
    """Which tasks."""

    box = fields.String(load_default="mine", validate=validate.OneOf(["mine", "group", "done", "all"]))
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    instance = fields.String(load_default=None)
    search = fields.String(load_default="", validate=validate.Length(max=80))
    due_before = fields.AwareDateTime(load_default=None)
    sort = fields.String(load_default="due", validate=validate.OneOf(SORTS))


class Assignment(Schema):
    """To whom a task is given."""

    staff_id = fields.String(required=True)


class Completion(Schema):
    """The answers of a form; ``revision`` is the task's when it was read, so that a stale form is refused."""

    answers = fields.Dict(keys=fields.String(), required=True)
    revision = fields.Integer(load_default=None, allow_none=True)


class TaskDetails(Schema):
    """A task with what it shows."""

    task = fields.Nested(TASK)
    variables = fields.Dict(keys=fields.String())


@endpoint("GET", "/tasks", tag="tasks", query=TaskQuery, returns=page_of(TASK, "TaskPage"))
def list_tasks(asked: Asked) -> Any:
    """List tasks: mine, my groups', done, or all for those who operate."""
    q = asked.query
    wanted = TaskFilter(
        box=q["box"],
        definition_keys=(q["process"],) if q["process"] else (),
        path=q["project"],
        instance_id=q["instance"],
        search=q["search"],
        due_before=q["due_before"],
        sort=(q["sort"], "created"),
    )
    found = asked.engine.find_tasks(wanted, Page(q["page"], q["size"]))
    return replace(found, rows=[_seen(asked.actor, row) for row in found.rows])


@endpoint("GET", "/tasks/{task_id}", tag="tasks", returns=TaskDetails)
def get_task(asked: Asked, task_id: str) -> Any:
    """Show a task with the data it sees."""
    found = asked.engine.get_task(task_id)
    data = as_seen(asked.actor, found.variables, found.task.path)
    return replace(found, task=_seen(asked.actor, found.task), variables=data)


@endpoint("POST", "/tasks/{task_id}/claim", tag="tasks", returns=TASK)
def claim(asked: Asked, task_id: str) -> Any:
    """Take a task of one of my groups."""
    return _seen(asked.actor, asked.engine.claim(task_id))


@endpoint("POST", "/tasks/{task_id}/unclaim", tag="tasks", returns=TASK)
def unclaim(asked: Asked, task_id: str) -> Any:
    """Give a task back to its group."""
    return _seen(asked.actor, asked.engine.unclaim(task_id))


@endpoint("POST", "/tasks/{task_id}/assign", tag="tasks", body=Assignment, returns=TASK)
def assign(asked: Asked, task_id: str) -> Any:
    """Give a task to somebody."""
    return _seen(asked.actor, asked.engine.assign(task_id, asked.body["staff_id"]))


@endpoint("POST", "/tasks/{task_id}/complete", tag="tasks", body=Completion, returns=INSTANCE)
def complete(asked: Asked, task_id: str) -> Any:
    """Complete a task with the answers of its form; the case goes on."""
    done = asked.engine.complete(task_id, asked.body["answers"], revision=asked.body["revision"])
    return replace(done, facts=as_seen(asked.actor, done.facts, done.scope))


def _seen(actor: Actor, task: Task) -> Task:
    return replace(task, facts=as_seen(actor, task.facts, task.path))
