"""Set another due time (改期): what warns and escalates moves with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from kernel.errors import Invalid
from ledger.calendars.queries import calendar_at
from ledger.staff.permissions import Permission
from webapp.inbox.acts.doing import Answer, carry_out
from webapp.inbox.acts.menu import Act, Seen, add_act
from webapp.inbox.blueprint import pages
from webapp.language import N_

KEY = "set_due"


def _offered(seen: Seen) -> bool:
    task = seen.detail.task
    return task.state == "open" and seen.actor.may(Permission.ENGINE_OPERATE, task.path)


def _values(seen: Seen) -> dict[str, Any]:
    """The due time on the wall clock of the task's place."""
    task = seen.detail.task
    zone = calendar_at(seen.session, task.path).zone
    local = task.due_at.astimezone(ZoneInfo(zone)) if task.due_at else None
    return {"due_local": f"{local:%Y-%m-%dT%H:%M}" if local else "", "due_zone": zone}


add_act(Act(KEY, N_("Another due time"), N_("Set it"), "calendar-event", _offered, _values, order=70))


@pages.post("/tasks/<task_id>/due")
def set_due(task_id: str) -> Answer:
    """Move the due time to the instant that was typed."""
    text, zone = request.form.get("due_at", "").strip(), request.form.get("due_zone", "")
    return carry_out(
        task_id,
        KEY,
        lambda engine: engine.set_due(task_id, _instant(text, _zone(zone))),
        done=_("The due time is moved, and what warns of it with it."),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError) as wrong:
        raise Invalid("zone_unknown", field="due_at", zone=name) from wrong


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Invalid("not_a_date", field="due_at") from wrong
