"""The card of the area settlement (面积补差): what was measured, and beyond the tolerance the buyer's choice."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import Task, TaskFilter
from kernel.clock import business_date
from kernel.errors import Missing
from ledger.surveys.kinds import CLOSED, Choice, SettlementState
from ledger.surveys.models import AreaSettlement
from webapp.acting import clock
from webapp.engine_room import engine_for
from webapp.portal.cards import Card, portal_card
from webapp.portal.pages import pages
from webapp.portal.visit import Visit, acting_visit

_ELEMENT = "choose"


@portal_card("area", order=20)
def area_card(session: Session, visit: Visit) -> Card | None:
    """While a settlement goes on."""
    row = _settlement(session, visit)
    if row is None or row.state is SettlementState.OPEN:
        return None
    asks = row.state is SettlementState.ASKING and row.choice is None
    todo = _("Tell us how the difference of the area shall be settled.") if asks else ""
    values = {"row": row, "asks": asks}
    return Card(_("The area of your home"), "portal/area.html", values, todo, "ruler-2")


@pages.post("/area/choice")
def choose_area() -> Response:
    """Keep the home or rescind: the clerk's task is done by the buyer's own word."""
    wanted = request.form.get("choice", "")
    with acting_visit() as (session, visit):
        row = _settlement(session, visit)
        task = _task(session, visit, row) if row is not None else None
        if task is None or wanted not in set(Choice):
            raise Missing("portal_nothing_to_choose")
        today = business_date(clock(), visit.project.zone).isoformat()
        answers = {"choice": wanted, "answered_on": today, "answer_note": _("by his page")}
        engine_for(session, visit.actor, clock()).complete(task.id, answers)
    flash(_("We have noted your choice."), "success")
    return redirect(url_for("portal.home") + "#card-area", 303)


def _settlement(session: Session, visit: Visit) -> AreaSettlement | None:
    query = select(AreaSettlement).where(
        AreaSettlement.sale_id == visit.sale.id,
        AreaSettlement.state.not_in(CLOSED),
        AreaSettlement.is_followed.is_(False),
    )
    return session.scalars(query).one_or_none()


def _task(session: Session, visit: Visit, row: AreaSettlement) -> Task | None:
    if row.instance_id is None:
        return None
    wanted = TaskFilter(box="all", instance_id=row.instance_id, states=("open",))
    found = engine_for(session, visit.actor, clock()).find_tasks(wanted).rows
    return next((task for task in found if task.element_id == _ELEMENT), None)
