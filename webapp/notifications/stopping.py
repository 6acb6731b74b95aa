"""No more mails of some kinds (退订): by the signed link in each mail, without signing in."""

from __future__ import annotations

from flask import g, make_response, render_template
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.notices.kinds import KINDS
from ledger.notices.settings import stop_mail
from ledger.staff.models import Staff
from ledger.staff.queries import get_account
from webapp.csrf import csrf
from webapp.notifications.addresses import read_stop
from webapp.notifications.pages import pages
from webapp.security import database


@pages.get("/notifications/stop/<signed>")
def ask_to_stop(signed: str) -> Response:
    """Ask whether to stop."""
    person, kinds = _read(signed)
    return _page(person, kinds, stopped=False)


@pages.post("/notifications/stop/<signed>")
@csrf.exempt
def stop(signed: str) -> Response:
    """Stop; a second time changes nothing. Mail programs post here by themselves when told to (RFC 8058)."""
    person, kinds = _read(signed)
    actor = Actor(person.id, person.display_name)
    with database().unit_of_work(actor) as session:
        for kind in kinds:
            stop_mail(session, actor, database().clock, KINDS[kind])
    return _page(person, kinds, stopped=True)


def _read(signed: str) -> tuple[Staff, list[str]]:
    wanted = read_stop(database().vault, signed)
    with database().reading() as session:
        person = get_account(session, wanted[0]) if wanted else None
    if wanted is None or person is None:
        raise Missing("link_unknown")
    g.actor_language = person.language
    refresh()
    return person, wanted[1]


def _page(person: Staff, kinds: list[str], *, stopped: bool) -> Response:
    name = str(_(", ")).join(KINDS[kind].named(person.language) for kind in kinds)
    answer = make_response(render_template("notifications/stop.html", kind_name=name, stopped=stopped))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
