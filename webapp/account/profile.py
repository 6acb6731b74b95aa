"""The reader's own page: name, roles, language, password, and the API tokens that act in their name."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from kernel.clock import business_date
from kernel.errors import Invalid, Missing
from ledger.organisation.queries import names_of_paths
from ledger.staff.queries import get_account, roles_of
from ledger.staff.tokens import IssuedToken, issue_token, list_tokens, revoke_token
from webapp.account.views import pages
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.language import LANGUAGES
from webapp.once import once

Answer = str | tuple[str, int] | Response
_DAYS = (30, 90, 365)


@pages.get("/account/profile")
def profile() -> str:
    """Who the reader is here, what roles they hold, which tokens are theirs."""
    return _page({}, None)


def _page(errors: dict[str, str], issued: IssuedToken | None) -> str:
    with reading() as (session, actor):
        account = get_account(session, actor.id)
        if account is None:
            raise Missing("staff_missing")
        roles = roles_of(session, actor.id, business_date(clock()))
        return render_template(
            "account/profile.html",
            account=account,
            roles=roles,
            places=names_of_paths(session, {held.path for held in roles}),
            tokens=list_tokens(session, actor),
            now=clock().now(),
            issued=issued,
            fields=_fields(errors),
            languages=LANGUAGES,
        )


def _fields(errors: dict[str, str]) -> list[dict[str, Any]]:
    lifetimes = [(str(days), ngettext("%(num)d day", "%(num)d days", days)) for days in _DAYS]
    return [
        {"name": "name", "kind": "text", "label": _("What it is for"), "required": True, "max_length": 60,
         "autocomplete": "off", "error": errors.get("name")},
        {"name": "days", "kind": "select", "label": _("In force for"), "required": True, "value": "90",
         "options": lifetimes},
    ]  # fmt: skip


@pages.post("/account/tokens")
def issue_api_token() -> Answer:
    """Issue a token; its secret is shown on this answer and nowhere else."""
    made: list[IssuedToken] = []
    days = request.form.get("days", "90")
    try:
        with acting() as (session, actor):

            def act() -> str:
                lifetime = int(days) if days in map(str, _DAYS) else 90
                made.append(issue_token(session, actor, clock(), name=request.form.get("name", ""), days=lifetime))
                return url_for("account.profile")

            address = once(session, actor, clock(), act)
    except Invalid as refused:
        entries = Entries()
        entries.refuse(refused)
        return _page(entries.errors, None), 422
    if not made:
        flash(_("The token was shown once already. If it is lost, revoke it and issue another."), "warning")
        return redirect(address)
    answer = make_response(_page({}, made[0]))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/account/tokens/<token_id>/revoke")
def revoke_api_token(token_id: str) -> Response:
    """Revoke one of the reader's own tokens."""
    with acting() as (session, actor):
        revoke_token(session, actor, clock(), token_id=token_id)
    flash(_("The token is revoked."), "success")
    return redirect(url_for("account.profile"))
