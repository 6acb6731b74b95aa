"""Who does the reader's tasks while he is away (代理), and whose tasks he does."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ledger.staff.substitutions import revoke_substitution
from webapp.account.views import pages
from webapp.acting import acting, clock, reader, reading
from webapp.entries import Entries
from webapp.substituting import try_to_add, values_of

Answer = str | tuple[str, int] | Response


@pages.get("/account/substitution")
def substitution() -> str:
    """The reader's rules, running, to come and ended, and the form for a new one."""
    return _page(Entries())


@pages.post("/account/substitution")
def substitute() -> Answer:
    """Let somebody do the reader's tasks from a day to a day."""
    entries = Entries()
    done = try_to_add(reader().id, url_for("account.substitution"), entries)
    return done if done is not None else (_page(entries), 422)


@pages.post("/account/substitution/<rule_id>/revoke")
def revoke_substitute(rule_id: str) -> Response:
    """End one of the reader's rules at once."""
    with acting() as (session, actor):
        revoke_substitution(session, actor, clock(), substitution_id=rule_id)
    flash(_("The substitution has ended."), "success")
    return redirect(url_for("account.substitution"))


def _page(entries: Entries) -> str:
    with reading() as (session, actor):
        return render_template("account/substitution.html", **values_of(session, actor, actor.id, entries))
