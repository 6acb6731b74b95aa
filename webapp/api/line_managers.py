"""Line managers: who reports to whom, from a day on."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from engine.api import NotAllowed
from kernel.clock import business_date
from ledger.staff.managers import lines_on, manager_history, set_manager
from ledger.staff.permissions import Permission
from ledger.staff.queries import get_staff
from webapp.api.endpoint import Asked, endpoint


class LineQuery(Schema):
    """On which day; all lines, or those of one person."""

    on = fields.Date(load_default=None, metadata={"description": "Left out: today"})
    manager_id = fields.String(load_default=None, metadata={"description": "Only who reports to this person"})


class LineOrder(Schema):
    """Whom somebody reports to from a day on; what was said for later days is dropped."""

    manager_id = fields.String(required=True, allow_none=True, metadata={"description": "null: to nobody"})
    from_date = fields.Date(load_default=None, metadata={"description": "Left out: today"})


class LineShape(Schema):
    """Who reports to whom, both days inclusive."""

    staff_id = fields.String()
    manager_id = fields.String()
    from_date = fields.Date()
    to_date = fields.Date(allow_none=True)


class Lines(Schema):
    """Lines in force on a day, or all of one person, the latest first."""

    rows = fields.List(fields.Nested(LineShape))


@endpoint("GET", "/line-managers", tag="staff", query=LineQuery, returns=Lines)
def list_lines(asked: Asked) -> Any:
    """List who reports to whom on a day, among the people one may see."""
    if not asked.actor.may_anywhere(Permission.STAFF_VIEW):
        raise NotAllowed("permission_missing", permission=Permission.STAFF_VIEW.value)
    on = asked.query["on"] or business_date(asked.clock)
    return {"rows": lines_on(asked.session, asked.actor, on, manager_id=asked.query["manager_id"])}


@endpoint("GET", "/line-managers/{staff_id}", tag="staff", returns=Lines)
def list_history(asked: Asked, staff_id: str) -> Any:
    """List whom somebody reported, reports and will report to."""
    get_staff(asked.session, asked.actor, staff_id)
    return {"rows": manager_history(asked.session, staff_id)}


@endpoint("POST", "/line-managers/{staff_id}", tag="staff", body=LineOrder, returns=Lines)
def set_line(asked: Asked, staff_id: str) -> Any:
    """Say whom somebody reports to from a day on; a circle is refused."""
    get_staff(asked.session, asked.actor, staff_id)
    set_manager(asked.session, asked.actor, asked.clock, staff_id=staff_id, **asked.body)
    return {"rows": manager_history(asked.session, staff_id)}
