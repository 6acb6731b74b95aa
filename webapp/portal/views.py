"""The views of a buyer's page. Opening a link changes nothing, since scanners do; its button uses it up."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as BaseResponse

from kernel.errors import KeyturnError, Missing
from ledger.customers.consents import PROGRESS, set_consent
from ledger.documents.queries import content_of
from ledger.finance.sale_labels import label_sales
from webapp.acting import clock
from webapp.csrf import csrf
from webapp.db import Database
from webapp.errors import status_of
from webapp.pace import Pace, PaceOfProcess, SharedPace
from webapp.portal.cards import is_card
from webapp.portal.errors import LinkUnknown, LinkUsed, VisitOver
from webapp.portal.page import page_values, papers_of
from webapp.portal.pages import pages
from webapp.portal.sending import ask_for_link, buyer_actor
from webapp.portal.tokens import find_link
from webapp.portal.visit import (
    VISIT,
    acting_visit,
    begin_visit,
    end_visit,
    held_session,
    is_visiting,
    look_at,
    note,
    reading_visit,
    speak_to,
)
from webapp.request_log import request_id
from webapp.response_headers import script_nonce
from webapp.security import database
from webapp.settings import Settings
from webapp.wording import word

PER_MINUTE = 30


@pages.before_request
def keep_pace() -> None:
    """Nobody tries many links."""
    who = hashlib.sha256(f"portal {request.remote_addr}".encode()).hexdigest()[:36]
    if not _pace().allows(who, clock().now()):
        raise TooManyRequests


@pages.after_request
def keep_secret(answer: Response) -> Response:
    """Nobody else is told of the address, frames the page or keeps it; nothing comes from or goes to elsewhere."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{script_nonce()}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    return answer


@pages.errorhandler(KeyturnError)
def refused(refusal: KeyturnError) -> Response:
    """Say why, and offer a new link where it is known whose it would be."""
    with database().reading() as session:
        again = _where_to_ask(session)
    sentence = word(refusal.code, refusal.params, field=refusal.field)
    page = render_template("portal/refused.html", sentence=sentence, again=again, code=refusal.code)
    return make_response(page, status_of(refusal))


@pages.get("/")
def home() -> str:
    """The buyer's page."""
    with reading_visit() as (session, visit):
        return render_template("portal/home.html", **page_values(session, visit))


@pages.get("/<token>")
def show(token: str) -> str | BaseResponse:
    """What the link opens, with the button that opens it."""
    with database().reading() as session:
        try:
            link = look_at(session, token)
        except LinkUsed:
            known = find_link(session, token)
            if known is not None and is_visiting(session, known.sale_id):
                return redirect(_home(), 303)
            raise
        label = label_sales(session, [link.sale_id])[link.sale_id]
        to = request.args.get("to") or None
        return render_template("portal/open.html", label=label, expires_at=link.expires_at, token=token, to=to)


@pages.post("/<token>")
@csrf.exempt
def enter(token: str) -> BaseResponse:
    """Use the link up and begin the visit, once."""
    with database().reading() as session:
        actor = buyer_actor(look_at(session, token).customer_id)
    with database().unit_of_work(actor, request_id=request_id()) as session:
        cookie, seconds = begin_visit(session, clock(), look_at(session, token, lock=True))
    answer = redirect(_home(), 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure
    answer.set_cookie(VISIT, cookie, max_age=seconds, path="/p", httponly=True, samesite="Lax", secure=secure)
    return answer


def _home() -> str:
    """The buyer's page, at the card that the link leads to."""
    to = request.args.get("to", "")
    return url_for("portal.home") + (f"#card-{to}" if is_card(to) else "")


@pages.post("/<token>/new")
@csrf.exempt
def ask_again(token: str) -> str:
    """Send a new link in the place of one that was used or is too old, to the registered number or address."""
    with database().reading() as session:
        link = find_link(session, token)
        if link is None:
            raise LinkUnknown
        sale_id, customer_id = link.sale_id, link.customer_id
    return _ask(sale_id, customer_id)


@pages.post("/new")
def ask_after_visit() -> str:
    """Send a new link to whoever visited from this browser before."""
    with database().reading() as session:
        held = held_session(session)
        if held is None:
            raise VisitOver
        sale_id, customer_id = held.sale_id, held.customer_id
    return _ask(sale_id, customer_id)


@pages.post("/leave")
def leave() -> str:
    """End the visit in this browser."""
    with acting_visit() as (session, visit):
        end_visit(session)
        note(session, clock(), visit.actor, visit.sale, "leave")
    return render_template("portal/left.html")


@pages.post("/messages")
def choose_messages() -> BaseResponse:
    """Messages about the steps: wanted or not."""
    given = request.form.get("wanted") == "1"
    with acting_visit() as (session, visit):
        set_consent(session, visit.actor, clock(), customer_id=visit.buyer.id, purpose=PROGRESS, given=given)
    flash(_("You will get messages.") if given else _("You will get no more messages."), "success")
    return redirect(url_for("portal.home") + "#messages", 303)


@pages.get("/papers/<document_id>")
def paper(document_id: str) -> Response:
    """A paper of this sale."""
    with acting_visit() as (session, visit):
        found = next((one for one in papers_of(session, visit.sale.id) if one.id == document_id), None)
        if found is None:
            raise Missing("portal_paper_missing")
        content = content_of(session, found)
        note(session, clock(), visit.actor, visit.sale, "read_paper", {"document_id": found.id})
        answer = Response(content, content_type=found.media_type)
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.filename)}"
    return answer


def _ask(sale_id: str, customer_id: str) -> str:
    with database().unit_of_work(buyer_actor(customer_id), request_id=request_id()) as session:
        speak_to(session, customer_id)
        channel = ask_for_link(session, clock(), sale_id=sale_id, customer_id=customer_id).channel
    return render_template("portal/sent.html", channel=channel)


def _where_to_ask(session: Session) -> str | None:
    """Where a new link can be asked for: by the known link of this address, or by this browser's last visit."""
    token = (request.view_args or {}).get("token")
    if token is not None:
        link = find_link(session, str(token)[:200])
        if link is not None:
            speak_to(session, link.customer_id)
        return url_for("portal.ask_again", token=token) if link is not None else None
    return url_for("portal.ask_after_visit") if held_session(session) is not None else None


def _pace() -> Pace:
    known: Pace | None = current_app.extensions.get("keyturn.portal_pace")
    if known is None:
        settings: Settings = current_app.extensions["keyturn.settings"]
        held: Database = database()
        known = SharedPace(held, PER_MINUTE) if settings.broker_url else PaceOfProcess(PER_MINUTE)
        current_app.extensions["keyturn.portal_pace"] = known
    return known
