"""The inbox as its reader arranged it: stars, snoozed tasks, columns, saved filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from webapp.api.endpoint import Asked, endpoint
from webapp.inbox import columns, saved
from webapp.inbox.filters import BOXES
from webapp.inbox.listing import asked as list_asked


class Follow(Schema):
    """Whether it is to be followed."""

    on = fields.Boolean(load_default=True)


class Snooze(Schema):
    """Until when a task is out of the way; null brings it back."""

    until = fields.AwareDateTime(required=True, allow_none=True)


class Columns(Schema):
    """The columns of a box in their order; none brings the usual ones back."""

    columns = fields.List(fields.String(validate=validate.OneOf(sorted(columns.COLUMNS))), required=True)


class ShareSchema(Schema):
    """To whom a filter is shared: a role at an organisation node, or a person."""

    role = fields.String(load_default=None, allow_none=True)
    path = fields.String(load_default=None, allow_none=True)
    person_id = fields.String(load_default=None, allow_none=True)


class FilterBody(Schema):
    """A filter to save: ``criteria`` are the arguments of the list's address."""

    name = fields.String(required=True)
    colour = fields.String(load_default="blue", validate=validate.OneOf(saved.COLOURS))
    criteria = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    shares = fields.List(fields.Nested(ShareSchema), load_default=list)


class FilterSchema(FilterBody):
    """A saved filter."""

    id = fields.String()
    owner_id = fields.String()
    is_mine = fields.Boolean()


class Filters(Schema):
    """All saved filters of the reader."""

    rows = fields.List(fields.Nested(FilterSchema))


class FilterCount(Schema):
    """How many tasks a filter has, counted up to a cap; ``count`` above 1000 means more than 1000."""

    count = fields.Integer()


@dataclass(frozen=True)
class _Rows:
    rows: list[saved.Saved]


@endpoint("POST", "/tasks/{task_id}/follow", tag="inbox", body=Follow, status=204)
def follow_task(asked: Asked, task_id: str) -> Any:
    """Follow a task, or no longer."""
    asked.engine.follow_task(task_id, on=asked.body["on"])


@endpoint("POST", "/instances/{instance_id}/follow", tag="inbox", body=Follow, status=204)
def follow_case(asked: Asked, instance_id: str) -> Any:
    """Follow a case with all its tasks, or no longer."""
    asked.engine.follow_case(instance_id, on=asked.body["on"])


@endpoint("POST", "/tasks/{task_id}/see", tag="inbox", status=204)
def see_task(asked: Asked, task_id: str) -> Any:
    """Note that a task has been opened."""
    asked.engine.see_task(task_id)


@endpoint("POST", "/tasks/{task_id}/snooze", tag="inbox", body=Snooze, status=204)
def snooze_task(asked: Asked, task_id: str) -> Any:
    """Put a task off until an instant, or bring it back."""
    asked.engine.set_follow_up(task_id, asked.body["until"])


@endpoint("GET", "/inbox/{box}/columns", tag="inbox", returns=Columns)
def get_columns(asked: Asked, box: str) -> Any:
    """Show the columns that the reader chose for a box."""
    return {"columns": columns.chosen(asked.session, asked.actor.id, _box(box)) or ()}


@endpoint("PUT", "/inbox/{box}/columns", tag="inbox", body=Columns, status=204)
def choose_columns(asked: Asked, box: str) -> Any:
    """Choose the columns of a box."""
    columns.choose(asked.session, asked.actor.id, _box(box), asked.body["columns"])


@endpoint("GET", "/inbox/filters", tag="inbox", returns=Filters)
def list_filters(asked: Asked) -> Any:
    """List the filters that are the reader's own or shared to the reader."""
    return _Rows(saved.filters_of(asked.session, asked.actor))


@endpoint("POST", "/inbox/filters", tag="inbox", body=FilterBody, returns=FilterSchema, status=201)
def save_filter(asked: Asked) -> Any:
    """Save a filter under a name."""
    return _saved(asked, "")


@endpoint("PUT", "/inbox/filters/{filter_id}", tag="inbox", body=FilterBody, returns=FilterSchema)
def change_filter(asked: Asked, filter_id: str) -> Any:
    """Change a filter of one's own."""
    return _saved(asked, filter_id)


@endpoint("DELETE", "/inbox/filters/{filter_id}", tag="inbox", status=204)
def remove_filter(asked: Asked, filter_id: str) -> Any:
    """Take a filter of one's own away."""
    saved.remove(asked.session, asked.actor, filter_id)


@endpoint("GET", "/inbox/filters/{filter_id}/count", tag="inbox", returns=FilterCount)
def count_filter(asked: Asked, filter_id: str) -> Any:
    """Count the tasks of a filter."""
    found = saved.filter_of(asked.session, asked.actor, filter_id)
    return {"count": asked.engine.count_tasks(list_asked(found.wanted))}


def _saved(asked: Asked, filter_id: str) -> saved.Saved:
    body = asked.body
    shares = [saved.Share(**share) for share in body["shares"]]
    kept = saved.save(
        asked.session,
        asked.actor,
        asked.clock,
        name=body["name"],
        colour=body["colour"],
        criteria=body["criteria"],
        shares=shares,
        filter_id=filter_id,
    )
    return saved.filter_of(asked.session, asked.actor, kept)


def _box(box: str) -> str:
    return box if box in BOXES else "mine"
