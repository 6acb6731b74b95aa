"""The card of the hand-over: the appointment that stands, the hours that can be taken, and how it was."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.errors import Invalid, KeyturnError, Missing, Stale
from ledger.handover import appointments, keys, queries
from ledger.handover.kinds import Booker, CaseState
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInSlot
from ledger.handover.queries import case_of_sale
from webapp.acting import clock
from webapp.handover.desk import today_at
from webapp.portal.cards import Card, portal_card
from webapp.portal.pages import pages
from webapp.portal.visit import Visit, acting_visit
from webapp.wording import word

_BOOKS = (CaseState.NOTIFIED, CaseState.APPOINTED)


@portal_card("move_in", order=10)
def hand_over_card(session: Session, visit: Visit) -> Card | None:
    """While the hand-over waits for an appointment or has one, and after it until the buyer said how it was."""
    case = case_of_sale(session, visit.actor, visit.sale.id)
    if case is None:
        return None
    if case.handed_over_on is not None and case.satisfaction is None and case.state is not CaseState.WITHDRAWN:
        todo = _("Say how satisfied you are with the hand-over.")
        return Card(_("How it was"), "portal/move_in_rating.html", {"on": case.handed_over_on}, todo, "key")
    if case.state not in _BOOKS:
        return None
    return _appointment(session, case)


def _appointment(session: Session, case: MoveInCase) -> Card:
    held = appointments.booked_of(session, case.id)
    values = {
        "batch": session.get_one(MoveInBatch, case.batch_id),
        "slot": session.get(MoveInSlot, held.slot_id) if held else None,
        "slots": [] if case.on_hold else offered(session, case),
        "appoint_by": case.appoint_by,
        "on_hold": case.on_hold,
    }
    todo = "" if held or case.on_hold else _("Choose a day and an hour for taking over your home.")
    return Card(_("Your hand-over"), "portal/move_in.html", values, todo, "key")


def offered(session: Session, case: MoveInCase) -> list[MoveInSlot]:
    """One slot for each hour: which of the staff receives him is not the buyer's to choose."""
    found: dict[tuple[object, str], MoveInSlot] = {}
    for slot in queries.slots_with_room(session, case.batch_id, today_at(session, case.project_id)):
        if appointments.slot_end(session, case, slot) > clock().now():
            found.setdefault((slot.on_date, slot.begins), slot)
    return list(found.values())


@pages.post("/move-in/slot")
def take_slot() -> Response:
    """Take an hour, or another one than he has."""
    slot_id = request.form.get("slot_id", "")

    def book(session: Session, visit: Visit, case: MoveInCase) -> None:
        appointments.book(session, visit.actor, clock(), case_id=case.id, slot_id=slot_id, by=Booker.BUYER)

    return _done(book, _("Your appointment is kept."))


@pages.post("/move-in/rating")
def rate() -> Response:
    """Say from 1 to 5 how it was, once."""
    score = request.form.get("satisfaction", type=int) or 0

    def say(session: Session, visit: Visit, case: MoveInCase) -> None:
        keys.rate(session, visit.actor, clock(), case_id=case.id, satisfaction=score)

    return _done(say, _("Thank you, it is noted."))


def _done(act: Callable[[Session, Visit, MoveInCase], None], sentence: str) -> Response:
    try:
        with acting_visit() as (session, visit):
            case = case_of_sale(session, visit.actor, visit.sale.id)
            if case is None:
                raise Missing("portal_nothing_to_choose")
            act(session, visit, case)
    except (Invalid, Stale) as refused:
        _say(refused)
    else:
        flash(sentence, "success")
    return redirect(url_for("portal.home") + "#card-move_in", 303)


def _say(refused: KeyturnError) -> None:
    flash(word(refused.code, refused.params, field=refused.field), "danger")
