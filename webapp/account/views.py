"""Signing in and out, and changing one's own password."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from kernel.actor import SYSTEM
from ledger.staff.errors import PasswordRefused
from ledger.staff.operations import set_language
from ledger.staff.sign_in import SignInRefused, StaffSignIn
from ledger.staff.sign_in import change_password as change
from ledger.staff.sign_in import sign_in as check
from webapp.current import current_actor
from webapp.formatting import moment
from webapp.language import language_chosen, safe_path
from webapp.page import home_url
from webapp.security import database, forget, remember
from webapp.wording import word

pages = Blueprint("account", __name__)

Answer = str | tuple[str, int] | Response


@pages.get("/")
def home() -> Answer:
    """The reader's first desk."""
    first = home_url()
    return redirect(first) if first != "/" else render_template("account/home.html")


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Answer:
    """The sign-in page."""
    target = safe_path(request.values.get("next"), "/")
    if request.method == "GET":
        return redirect(target) if current_actor() else _sign_in_page(target)
    username, password = request.form.get("username", ""), request.form.get("password", "")
    with database().unit_of_work(SYSTEM) as session:
        outcome = check(session, database().clock, username=username, password=password)
    if isinstance(outcome, SignInRefused):
        return _sign_in_page(target, username, _refusal(outcome)), 429 if outcome.reason == "locked" else 422
    return _welcome(outcome, target)


def _welcome(outcome: StaffSignIn, target: str) -> Response:
    remember(outcome.staff_id, outcome.epoch)
    generate_csrf()
    if outcome.must_change_password:
        return redirect(url_for("account.change_password"))
    return redirect(target)


def _refusal(outcome: SignInRefused) -> str:
    if outcome.reason == "locked":
        return _(
            "Too many wrong passwords. Try again after %(at)s, or ask an administrator to reset the password.",
            at=moment(outcome.retry_at),
        )
    return _("The user name or the password is wrong.")


def _sign_in_page(target: str, username: str = "", refused: str = "") -> str:
    fields = [
        {"name": "username", "kind": "text", "label": _("User name"), "value": username, "required": True,
         "autocomplete": "username", "autofocus": not username},
        {"name": "password", "kind": "password", "label": _("Password"), "required": True,
         "autocomplete": "current-password", "autofocus": bool(username)},
    ]  # fmt: skip
    demo: Callable[[], list[tuple[str, str, str]]] | None = current_app.extensions.get("keyturn.demo_accounts")
    accounts = demo() if demo else []
    return render_template("sign_in.html", fields=fields, next=target, refused=refused, accounts=accounts)


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this sign-in."""
    forget()
    return redirect(url_for("account.sign_in"))


@pages.route("/account/password", methods=["GET", "POST"])
def change_password() -> Answer:
    """Change one's own password; asked of everybody whose password an administrator has set."""
    actor = current_actor()
    if actor is None:
        return redirect(url_for("account.sign_in"))
    if request.method == "GET":
        return _password_page({})
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _password_page({"again": _("The two new passwords differ.")}), 422
    try:
        with database().unit_of_work(actor) as session:
            epoch = change(session, actor, database().clock, old=old, new=new).sign_in_epoch
    except PasswordRefused as refused:
        return _password_page({str(refused.field): word(refused.code, refused.params)}), 422
    remember(actor.id, epoch)
    flash(_("Your password has been changed. Other sign-ins of yours have ended."), "success")
    return redirect("/")


_LABELS = {
    "old": lazy_gettext("Present password"),
    "new": lazy_gettext("New password"),
    "again": lazy_gettext("New password once more"),
}


def _password_page(errors: dict[str, str]) -> str:
    fields = [
        {"name": name, "kind": "password", "label": label, "required": True, "error": errors.get(name),
         "autocomplete": "current-password" if name == "old" else "new-password"}
        for name, label in _LABELS.items()
    ]  # fmt: skip
    return render_template("account/password.html", fields=fields)


@language_chosen.connect
def _remember_language(_sender: object, *, language: str) -> None:
    actor = current_actor()
    if actor is not None:
        with database().unit_of_work(actor) as session:
            set_language(session, actor, language=language)
