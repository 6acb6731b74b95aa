"""Asking the application as somebody: what it answers in the words of the tables, and that nothing is kept.

Each person is signed in once and sends every form with a token that is good. What an act would keep is taken back
and only noted, so that everybody finds the company as it was founded. A page is drawn for the first person of each
place who gets it and not again for the others: who may open it is decided before it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from flask import Flask, templating
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.webapp.permissions.world import World
from webapp.api import auth
from webapp.desks import build_app
from webapp.pace import PaceOfProcess
from webapp.settings import Settings

OUTCOMES = {401: "sign in", 403: "no", 404: "absent"}
SAYS = {403: "You may not do this", 404: "Nothing is here"}
FORGERY = "a" * 40  # What stands in a cookie for the token of its forms.
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
_UNDRAWN = "(drawn before)"


@dataclass
class Drawing:
    """Which pages were drawn, by the line that is walked and the place of who asks."""

    asked: str = ""
    always: bool = False
    drawn: set[tuple[str, str]] = field(default_factory=set)

    def wanted(self, template: str) -> bool:
        """Whether this page is still to be drawn."""
        seen = (self.asked, template) in self.drawn
        self.drawn.add((self.asked, template))
        return self.always or not seen


@dataclass
class Walk:
    """The application with everybody signed in."""

    app: Flask
    world: World
    drawing: Drawing
    kept: list[str]
    cookies: dict[str, str]
    token: str

    def ask(self, method: str, path: str, who: str | None, *, place: str = "", **sent: Any) -> TestResponse:
        """Open a page or send a form as somebody, or (None) without a sign-in."""
        self.kept.clear()
        self.drawing.asked = f"{method} {path} {place}"
        headers = {"X-CSRFToken": self.token, "Accept-Language": "en", "Cookie": self.cookies[who or ""]}
        return self._open(method, path, headers | sent.pop("headers", {}), sent)

    def call(self, method: str, path: str, secret: str | None, **sent: Any) -> TestResponse:
        """A request to the API with somebody's token, or (None) without one."""
        self.kept.clear()
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
        return self._open(method, path, headers, sent)

    def _open(self, method: str, path: str, headers: Mapping[str, str], sent: Mapping[str, Any]) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, headers=headers, **sent)

    def outcome(self, name: str, answer: TestResponse, shown: str | None = None) -> str:
        """In the words of the table; ``shown`` is what a list must name, or it shows nothing."""
        status = answer.status_code
        assert status < 500, f"{name} fails: {answer.text}"
        found = OUTCOMES.get(status, "yes")
        if found == "yes":
            return _what_is_shown(answer, shown)
        assert not self.kept, f"{name} refuses and keeps what it did: {self.kept}"
        self._require_words(name, answer)
        return found

    def _require_words(self, name: str, answer: TestResponse) -> None:
        if answer.is_json:
            assert answer.get_json()["code"], f"{name} refuses without a code"
        elif answer.text != _UNDRAWN:
            words = (SAYS.get(answer.status_code, ""), 'role="alert"', "This link cannot be used")
            said = any(one in answer.text for one in words)
            assert said, f"{name} refuses and does not say so: {answer.text}"
            assert "Traceback" not in answer.text, f"{name} shows where it failed"


def _what_is_shown(answer: TestResponse, shown: str | None) -> str:
    if answer.status_code == 302 and "/sign-in" in answer.location:
        return "sign in"
    told = answer.get_json(silent=True)
    if isinstance(told, dict) and told.get("rows") == []:
        return "empty"
    return "empty" if shown is not None and shown not in answer.text else "yes"


@contextmanager
def walking(world: World, patch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """The whole application over the company, for as long as a test walks through it."""
    database = world.house.database
    app = build_app(Settings(testing=True, requests_per_minute=10**6), database)
    app.extensions["keyturn.links_pace"] = PaceOfProcess(10**6)
    _read_rights_once(app, patch)
    drawing, kept, written = Drawing(), [], []
    patch.setattr(templating, "_render", _drawer(drawing, templating._render))
    patch.setattr(Session, "commit", _taker_back(kept, written))

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("BEGIN"):
            written.clear()
        elif _WRITES.match(statement):
            written.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    seal = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    people = [{"_user_id": f"{actor.id}:0", "_fresh": True} for _, _, actor in world.everybody()]
    cookies = {
        one.get("_user_id", "")[:36]: f"keyturn_session={seal.dumps(one | {'csrf_token': FORGERY})}"
        for one in [*people, {}]
    }
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(FORGERY)
    yield Walk(app, world, drawing, kept, cookies, str(token))
    event.remove(database.engine, "before_cursor_execute", note)


def _read_rights_once(app: Flask, patch: pytest.MonkeyPatch) -> None:
    """Nobody's rights change on the way, so a person's are read at the first request alone."""
    manager = app.login_manager  # type: ignore[attr-defined]
    patch.setattr(manager, "_user_callback", cache(manager._user_callback))
    known: dict[str, Any] = {}
    account_of_token, actor_for = auth.account_of_token, auth.actor_for

    def account(session: Session, clock: Any, secret: str) -> Any:
        if secret not in known:
            known[secret] = account_of_token(session, clock, secret)
        return known[secret]

    def actor(session: Session, staff_id: str, clock: Any) -> Any:
        if staff_id not in known:
            known[staff_id] = actor_for(session, staff_id, clock)
        return known[staff_id]

    patch.setattr(auth, "account_of_token", account)
    patch.setattr(auth, "actor_for", actor)


def _drawer(drawing: Drawing, draw: Callable[..., str]) -> Callable[..., str]:
    def drawn(app: Flask, template: Any, context: dict[str, Any]) -> str:
        return draw(app, template, context) if drawing.wanted(template.name or "") else _UNDRAWN

    return drawn


def _taker_back(kept: list[str], written: list[str]) -> Callable[[Session], None]:
    def commit(session: Session) -> None:
        session.flush()
        kept.extend(written)
        session.rollback()

    return commit
