"""The buyer's page, opened by his link: choose or move the appointment, say how it was. Nobody is signed in."""

from __future__ import annotations

import dataclasses
import hashlib

from flask import Blueprint, Response, current_app, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from kernel.actor import SYSTEM, Actor
from kernel.errors import Invalid, KeyturnError, Missing, Stale
from ledger.customers.masking import mask_name
from ledger.finance.sale_labels import label_sales
from ledger.handover import appointments, keys, queries
from ledger.handover.kinds import OVER, Booker, CaseState
from ledger.handover.models import MoveInBatch, MoveInCase, MoveInSlot
from webapp.acting import clock, database
from webapp.errors import status_of
from webapp.handover.desk import today_at
from webapp.handover.tokens import case_of_token
from webapp.pace import PaceOfProcess
from webapp.request_log import request_id
from webapp.wording import word

pages = Blueprint("move_in", __name__, url_prefix="/h")
PER_MINUTE = 30
BUYER = dataclasses.replace(SYSTEM, name="buyer")


@pages.before_request
def keep_pace() -> None:
    """Nobody tries many links."""
    pace = current_app.extensions.setdefault("keyturn.move_in_pace", PaceOfProcess(PER_MINUTE))
    who = hashlib.sha256(f"move in {request.remote_addr}".encode()).hexdigest()[:36]
    if not pace.allows(who, clock().now()):
        raise TooManyRequests


@pages.after_request
def keep_secret(answer: Response) -> Response:
    """The address is a secret: no other site is told of it, and no search engine keeps it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<token>")
def show(token: str) -> Response:
    """Where the hand-over stands, and the slots that can be taken."""
    return _page(token)


@pages.post("/<token>")
def act(token: str) -> Response:
    """Take a slot, or say how satisfied he is."""
    try:
        with database().unit_of_work(_buyer(token), request_id=request_id()) as session:
            case = _case(session, token)
            actor = _buyer(token)
            if "satisfaction" in request.form:
                score = request.form.get("satisfaction", type=int) or 0
                keys.rate(session, actor, clock(), case_id=case.id, satisfaction=score)
            else:
                slot_id = request.form.get("slot_id", "")
                appointments.book(session, actor, clock(), case_id=case.id, slot_id=slot_id, by=Booker.BUYER)
    except (Invalid, Stale) as refused:
        sentence = word(refused.code, refused.params, field=refused.field)
        return _page(token, sentence, status_of(refused))
    return _page(token, done=True)


def _buyer(token: str) -> Actor:
    if case_of_token(database().vault, token) is None:
        raise Missing("link_unknown")
    return BUYER


def _case(session: Session, token: str) -> MoveInCase:
    case_id = case_of_token(database().vault, token)
    case = session.get(MoveInCase, case_id) if case_id else None
    if case is None:
        raise Missing("link_unknown")
    return case


def _page(token: str, problem: str = "", status: int = 200, *, done: bool = False) -> Response:
    with database().reading() as session:
        try:
            case = _case(session, token)
        except KeyturnError as refused:
            sentence = word(refused.code, refused.params)
            return make_response(render_template("links/refused.html", sentence=sentence, about=None), 404)
        label = label_sales(session, [case.sale_id])[case.sale_id]
        held = appointments.booked_of(session, case.id)
        books = case.state in (CaseState.NOTIFIED, CaseState.APPOINTED) and not case.on_hold
        told = {
            "case": case,
            "batch": session.get_one(MoveInBatch, case.batch_id),
            "label": label,
            "buyers": [mask_name(name) for name in label.buyer_names],
            "slot": session.get(MoveInSlot, held.slot_id) if held else None,
            "slots": offered(session, case) if books else [],
            "books": books,
            "rates": case.handed_over_on is not None and case.satisfaction is None,
            "over": case.state in OVER,
            "problem": problem,
            "done": done,
        }
        return make_response(render_template("handover/buyer.html", **told), status)


def offered(session: Session, case: MoveInCase) -> list[MoveInSlot]:
    """One slot for each hour: which of the staff receives him is not the buyer's to choose."""
    found: dict[tuple[object, str], MoveInSlot] = {}
    for slot in queries.slots_with_room(session, case.batch_id, today_at(session, case.project_id)):
        if appointments.slot_end(session, case, slot) > clock().now():
            found.setdefault((slot.on_date, slot.begins), slot)
    return list(found.values())
