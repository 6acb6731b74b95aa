"""Who is behind a request: Flask-Login keeps the sign-in, every page but the open ones asks for it.

The cookie holds the staff id and the account's sign-in epoch; a reset or changed password raises the epoch and so
ends all other sign-ins. Rights are read anew at each request: a revoked role has no effect a second later.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.staff.queries import actor_for, get_account
from webapp.current import set_actor
from webapp.db import Database

OPEN_ENDPOINTS = frozenset(
    {"static", "account.sign_in", "language.switch", "notifications.ask_to_stop", "notifications.stop"}
)
OPEN_BLUEPRINTS = frozenset({"health", "api", "api_docs", "links", "old_links", "portal", "styleguide"})
_WHILE_CHANGING = frozenset({"account.change_password", "account.sign_out", "static", "language.switch"})


@dataclass(frozen=True)
class SignedIn:
    """The person of a sign-in, in the form Flask-Login wants."""

    actor: Actor
    language: str
    epoch: int
    must_change_password: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.actor.id}:{self.epoch}"


def database() -> Database:
    """The database of this application."""
    found: Database = current_app.extensions["keyturn.database"]
    return found


def load(cookie: str) -> SignedIn | None:
    """The person a cookie stands for, or None once the account or the sign-in has ended."""
    staff_id, _, epoch = cookie.partition(":")
    with database().reading() as session:
        account = get_account(session, staff_id)
        if account is None or str(account.sign_in_epoch) != epoch:
            return None
        actor = actor_for(session, staff_id, database().clock)
        return SignedIn(actor, account.language, account.sign_in_epoch, account.must_change_password)


def remember(staff_id: str, epoch: int) -> None:
    """Sign somebody in for this browser."""
    user = load(f"{staff_id}:{epoch}")
    if user is not None:
        login_user(user)
        set_actor(user.actor, language=user.language)


def forget() -> None:
    """Sign out."""
    logout_user()
    g.pop("actor", None)


def _guard() -> Response | None:
    if request.endpoint is None or request.blueprint in OPEN_BLUEPRINTS:
        return None
    user = current_user._get_current_object()
    if isinstance(user, SignedIn):
        set_actor(user.actor, language=user.language)
        if user.must_change_password and request.endpoint not in _WHILE_CHANGING:
            return redirect(url_for("account.change_password"))
        return None
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    return _ask_to_sign_in()


def _ask_to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    address = url_for("account.sign_in", next=wanted if wanted not in ("", "/") else None)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def install(app: Flask) -> None:
    """Guard every page of the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # Phones change their address; the epoch ends stolen sign-ins.
    manager.user_loader(load)
    app.before_request(_guard)
