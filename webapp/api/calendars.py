"""Business calendars: list and make them, choose one for a place, load the holidays of a further year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from kernel.calendar.file import read_days
from kernel.errors import Invalid
from ledger.calendars import operations, queries
from ledger.calendars.operations import Loaded
from webapp.api.endpoint import Asked, endpoint
from webapp.api.shapes import answer_of

_MOST_DAYS = 400


class NamedCalendarShape(Schema):
    """A calendar; ``week`` holds seven texts of blocks, Monday first."""

    id = fields.String()
    code = fields.String()
    name = fields.String()
    state = fields.Boolean()
    week = fields.List(fields.String())
    revision = fields.Integer()


class Calendars(Schema):
    """All calendars."""

    calendars = fields.List(fields.Nested(NamedCalendarShape))


class NewCalendar(Schema):
    """A calendar to be made."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    week = fields.List(fields.String(), required=True, validate=validate.Length(equal=7))
    state = fields.Boolean(load_default=True)


class CalendarChange(Schema):
    """Name and week anew; ``revision`` is the one that was read."""

    name = fields.String(required=True)
    week = fields.List(fields.String(), required=True, validate=validate.Length(equal=7))
    state = fields.Boolean(required=True)
    revision = fields.Integer(required=True)


class Choice(Schema):
    """By which calendar a place counts; null for the one of the place above."""

    project = fields.String(required=True, metadata={"description": "Path of an organisation node"})
    calendar_id = fields.String(required=True, allow_none=True)


class OwnDay(Schema):
    """A day of a place's or a calendar's own."""

    project = fields.String(load_default=None, metadata={"description": "Path of an organisation node"})
    calendar_id = fields.String(load_default=None)
    day = fields.Date(required=True)
    working = fields.Boolean(required=True)
    name = fields.String(required=True)
    blocks = fields.String(load_default="")


class OwnDayShape(Schema):
    """A day that was set."""

    id = fields.String()
    day = fields.Date()
    working = fields.Boolean()


class DaysQuery(Schema):
    """Of which place, from when to when."""

    project = fields.String(required=True, metadata={"description": "Path of an organisation node"})
    since = fields.Date(required=True)
    until = fields.Date(required=True)


class DayShape(Schema):
    """A day as a place counts it: workday, weekend, holiday or makeup."""

    day = fields.Date()
    kind = fields.String()
    blocks = fields.List(fields.String())
    names = fields.Dict(keys=fields.String())
    source = fields.String()


class Days(Schema):
    """Days in order."""

    zone = fields.String()
    days = fields.List(fields.Nested(DayShape))


@endpoint("GET", "/calendars", tag="calendars", returns=Calendars)
def list_calendars(asked: Asked) -> Any:
    """List the calendars of the house."""
    return {"calendars": queries.list_calendars(asked.session)}


@endpoint("GET", "/calendars/days", tag="calendars", query=DaysQuery, returns=Days)
def list_days(asked: Asked) -> Any:
    """Show what the days of a place are, at most 400 at once."""
    since, until = asked.query["since"], asked.query["until"]
    if not timedelta() <= until - since <= timedelta(days=_MOST_DAYS):
        raise Invalid("invalid", field="until")
    found = queries.calendar_at(asked.session, asked.query["project"])
    return {"zone": found.zone, "days": [found.calendar.day(day) for day in _from_to(since, until)]}


def _from_to(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


@endpoint("POST", "/calendars", tag="calendars", body=NewCalendar, returns=NamedCalendarShape, status=201)
def add_calendar(asked: Asked) -> Any:
    """Make a calendar."""
    return operations.add_calendar(asked.session, asked.actor, asked.clock, **asked.body)


@endpoint(
    "POST", "/calendars/{calendar_id}/change", tag="calendars", body=CalendarChange, returns=NamedCalendarShape
)
def change_calendar(asked: Asked, calendar_id: str) -> Any:
    """Change name and week of a calendar; due times that stand already stay."""
    return operations.change_calendar(asked.session, asked.actor, asked.clock, calendar_id, **asked.body)


@endpoint("POST", "/calendars/choice", tag="calendars", body=Choice)
def choose_calendar(asked: Asked) -> Any:
    """Let a place and all below it count by a calendar."""
    body = asked.body
    operations.choose_calendar(
        asked.session, asked.actor, asked.clock, path=body["project"], calendar_id=body["calendar_id"]
    )


@endpoint("POST", "/calendars/days", tag="calendars", body=OwnDay, returns=OwnDayShape, status=201)
def set_day(asked: Asked) -> Any:
    """Set a day of a place's or a calendar's own."""
    body = dict(asked.body)
    path = body.pop("project")
    return operations.set_day(asked.session, asked.actor, asked.clock, path=path, **body)


@endpoint("DELETE", "/calendars/days/{day_id}", tag="calendars")
def remove_day(asked: Asked, day_id: str) -> Any:
    """Take a day back."""
    operations.remove_day(asked.session, asked.actor, asked.clock, day_id)


@endpoint("POST", "/calendars/holidays", tag="calendars", returns=answer_of(Loaded))
def load_holidays(asked: Asked) -> Any:
    """Load the holidays of a year from the form field `file`; the field `replace=true` replaces what differs."""
    file = request.files.get("file")
    if file is None:
        raise Invalid("file_missing", field="file")
    operations.require_house(asked.actor)
    name = (file.filename or "file").rpartition("/")[2]
    days = read_days(file.read(), name)
    replace = request.form.get("replace") == "true"
    return operations.load_days(asked.session, asked.actor, asked.clock, days, name, replace=replace)
