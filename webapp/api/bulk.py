"""One act on many tasks: order it, let it go on, see what came of each, stop it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.api import TaskFilter
from webapp.acting import acting
from webapp.api.endpoint import Asked, endpoint
from webapp.inbox.bulk import running
from webapp.inbox.bulk.choosing import MOST, all_found, ticked
from webapp.inbox.bulk.orders import ACTS, LONGEST, Order
from webapp.inbox.bulk.reporting import report

_SECONDS = 5.0


class WhichTasks(Schema):
    """A list of the caller's; what is left out does not narrow."""

    box = fields.String(load_default="group", validate=validate.OneOf(["mine", "group", "work"]))
    process = fields.String(load_default=None, metadata={"description": "Key of a process"})
    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    search = fields.String(load_default="", validate=validate.Length(max=80))


class BulkOrder(Schema):
    """What to do with the tasks named by ``ids``, or with all that ``which`` finds and the caller may act on."""

    act = fields.String(required=True, validate=validate.OneOf(ACTS))
    ids = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST))
    which = fields.Nested(WhichTasks, load_default=None, allow_none=True)
    revisions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        load_default=dict,
        metadata={"description": "By task, its revision when it was read: one that has changed since is refused"},
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST),
        metadata={"description": "One opinion or reason for all"},
    )
    assignee = fields.String(load_default=None, allow_none=True)


class RefusedTask(Schema):
    """A task that was not acted on, and why."""

    id = fields.String()
    label = fields.String()
    why = fields.String()


class BulkAnswer(Schema):
    """How far a run is: running, stopped or ended; ``capped`` says that the list held more than it takes."""

    id = fields.String()
    act = fields.String()
    state = fields.String()
    done = fields.Integer()
    waiting = fields.Integer()
    total = fields.Integer()
    capped = fields.Boolean()
    refused = fields.List(fields.Nested(RefusedTask))


@endpoint("POST", "/bulk", tag="tasks", body=BulkOrder, returns=BulkAnswer, status=201)
def begin_bulk(asked: Asked) -> Any:
    """Order one act on many tasks; nothing is done until it is told to go on."""
    body = asked.body
    order = Order(body["act"], body["words"].strip(), body["assignee"]).checked()
    chosen, found = ticked(body["ids"], body["revisions"]), 0
    if body["which"] is not None:
        chosen, found = all_found(asked.engine, _filter(body["which"]), order.act)
    run_id = running.begin(asked.session, asked.actor, asked.clock, order, chosen, found)
    return report(asked.session, asked.actor, run_id)


@endpoint("GET", "/bulk/{run_id}", tag="tasks", returns=BulkAnswer)
def get_bulk(asked: Asked, run_id: str) -> Any:
    """Show how far an act on many tasks is."""
    return report(asked.session, asked.actor, run_id)


@endpoint("POST", "/bulk/{run_id}/continue", tag="tasks", returns=BulkAnswer, acts=False)
def continue_bulk(asked: Asked, run_id: str) -> Any:
    """Go on for some seconds, each task by itself; ask again until nothing waits."""
    with acting() as (session, actor):
        running.go_on(session, actor, run_id)
    running.work(run_id, _SECONDS)
    return report(asked.session, asked.actor, run_id)


@endpoint("POST", "/bulk/{run_id}/stop", tag="tasks", returns=BulkAnswer)
def stop_bulk(asked: Asked, run_id: str) -> Any:
    """Begin no further task."""
    running.stop(asked.session, asked.actor, run_id)
    return report(asked.session, asked.actor, run_id)


def _filter(which: dict[str, Any]) -> TaskFilter:
    keys = (which["process"],) if which["process"] else ()
    return TaskFilter(box=which["box"], definition_keys=keys, path=which["project"], search=which["search"])
