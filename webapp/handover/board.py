"""The live board of a hand-over day: who is expected, here, done; it looks again by itself."""

from __future__ import annotations

from datetime import date

from flask import render_template, request

from ledger.handover import batches, queries
from ledger.inventory.models import Building
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.handover.desk import labels_of, pages, today_at


@pages.get("/batches/<batch_id>/board")
def board(batch_id: str) -> str:
    """The board; only its figures and slots when it looks again."""
    with reading() as (session, actor):
        row = batches.get_batch(session, actor, batch_id)
        today = today_at(session, row.project_id)
        day = queries.day_of(session, row, _asked_day(min(max(today, row.first_on), row.last_on)))
        building = session.get_one(Building, row.building_id)
        told = {
            "batch": row,
            "day": day,
            "today": today,
            "days": queries.days_of(session, batch_id),
            "labels": labels_of(session, actor, [one.case for one in day.expected]),
            "people": staff.names(session, {slot.staff_id for slot in day.slots}),
            "building": building.name,
            "may_work": actor.may(Permission.HANDOVER_WORK, row.path),
        }
    part = "handover/_board.html" if request.headers.get("HX-Request") else "handover/board.html"
    return render_template(part, **told)


def _asked_day(usual: date) -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return usual
