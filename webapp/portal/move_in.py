"""The card of the hand-over: the appointment that stands, and the hours that can be taken."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.errors import Invalid, KeyturnError, Missing, Stale
from ledger.handover import appointments
from ledger.handover.cases import live_case_of
from ledger.handover.kinds import Booker, CaseState
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInSlot
from webapp.acting import clock
from webapp.handover.buyer import offered
from webapp.portal.cards import Card, portal_card
from webapp.portal.pages import pages
from webapp.portal.visit import Visit, acting_visit
from webapp.wording import word


@portal_card("move_in", order=10)
def appointment_card(session: Session, visit: Visit) -> Card | None:
    """While the hand-over waits for an appointment or has one."""
    case = live_case_of(session, visit.sale.id)
    if case is None or case.state not in (CaseState.NOTIFIED, CaseState.APPOINTED) or case.on_hold:
        return None
    held = appointments.booked_of(session, case.id)
    values = {
        "batch": session.get_one(MoveInBatch, case.batch_id),
        "slot": session.get(MoveInSlot, held.slot_id) if held else None,
        "slots": offered(session, case),
        "appoint_by": case.appoint_by,
    }
    todo = "" if held else _("Choose a day and an hour for taking over your home.")
    return Card(_("Your hand-over"), "portal/move_in.html", values, todo, "key")


@pages.post("/move-in/slot")
def take_slot() -> Response:
    """Take an hour, or another one than he has."""
    try:
        with acting_visit() as (session, visit):
            case: MoveInCase | None = live_case_of(session, visit.sale.id)
            if case is None:
                raise Missing("portal_nothing_to_choose")
            slot_id = request.form.get("slot_id", "")
            appointments.book(session, visit.actor, clock(), case_id=case.id, slot_id=slot_id, by=Booker.BUYER)
    except (Invalid, Stale) as refused:
        _say(refused)
    else:
        flash(_("Your appointment is kept."), "success")
    return redirect(url_for("portal.home") + "#card-move_in", 303)


def _say(refused: KeyturnError) -> None:
    flash(word(refused.code, refused.params, field=refused.field), "danger")
