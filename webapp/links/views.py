"""The page behind a one-time link: opening it changes nothing, since scanners open it too; sending acts once."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask_babel import refresh
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from forms.describe import Refusals
from kernel.errors import AnswersInvalid, KeyturnError
from webapp.acting import clock
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.language import COOKIE, LANGUAGES
from webapp.links.naming import named
from webapp.links.opening import Opened, open_link, path_of, reader_of
from webapp.links.purposes import PURPOSES, Typed
from webapp.pace import Pace, PaceOfProcess, SharedPace
from webapp.request_log import request_id
from webapp.security import database
from webapp.settings import Settings
from webapp.wording import word

pages = Blueprint("links", __name__, url_prefix="/d")
PER_MINUTE = 30


@pages.before_request
def keep_pace() -> None:
    """Nobody tries many links."""
    who = hashlib.sha256(f"link {request.remote_addr}".encode()).hexdigest()[:36]
    if not _pace().allows(who, clock().now()):
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
    """The facts that decide and the form."""
    with database().reading() as session:
        _speak_to(session, token)
        try:
            return _page(session, open_link(session, clock(), token))
        except KeyturnError as refused:
            return _refused(refused, token)


@pages.post("/<token>")
def act(token: str) -> Response:
    """Act, once; whatever stands against it is said, and what was typed stays."""
    try:
        return _acted(token)
    except AnswersInvalid as refused:
        with database().reading() as session:
            _speak_to(session, token)
            opened = open_link(session, clock(), token)
            typed = PURPOSES[opened.link.purpose].typed(opened, request.form)
            return _page(session, opened, typed, refused.errors, 422)
    except KeyturnError as refused:
        return _refused(refused, token)


def _acted(token: str) -> Response:
    with database().reading() as session:
        _speak_to(session, token)
        actor = open_link(session, clock(), token).actor
    with database().unit_of_work(actor, request_id=request_id()) as session:
        opened = open_link(session, clock(), token, lock=True)
        link, purpose = opened.link, PURPOSES[opened.link.purpose]
        engine = engine_for(session, opened.actor, clock())
        link.decision = purpose.act(engine, opened, purpose.typed(opened, request.form))
        link.used_at = clock().now()
        done = named(link, opened.detail.task if opened.detail else None)
    return make_response(render_template("links/done.html", done=done, at=clock().now()))


def _page(
    session: Session,
    opened: Opened,
    typed: Typed | None = None,
    errors: Refusals | None = None,
    status: int = 200,
) -> Response:
    purpose = PURPOSES[opened.link.purpose]
    return make_response(
        render_template(purpose.template, **purpose.values(session, opened, typed, errors)), status
    )


def _refused(refused: KeyturnError, token: str) -> Response:
    sentence = word(refused.code, refused.params, field=refused.field)
    with database().reading() as session:
        about = path_of(session, token)
    return make_response(render_template("links/refused.html", sentence=sentence, about=about), status_of(refused))


def _speak_to(session: Session, token: str) -> None:
    """In the language of whose link it is, unless one was chosen on this device."""
    person = reader_of(session, token)
    if person is not None and request.cookies.get(COOKIE) not in LANGUAGES:
        g.actor_language = person.language
        refresh()


def _pace() -> Pace:
    known: Pace | None = current_app.extensions.get("keyturn.links_pace")
    if known is None:
        settings: Settings = current_app.extensions["keyturn.settings"]
        held: Database = database()
        known = SharedPace(held, PER_MINUTE) if settings.broker_url else PaceOfProcess(PER_MINUTE)
        current_app.extensions["keyturn.links_pace"] = known
    return known
