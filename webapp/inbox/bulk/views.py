"""The pages of a run: it begins with the list's form, shows how far it is, and leads back to the list."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Response, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import KeyturnError
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.inbox import saved
from webapp.inbox.blueprint import pages
from webapp.inbox.bulk import running
from webapp.inbox.bulk.choosing import all_found, ticked
from webapp.inbox.bulk.orders import Order
from webapp.inbox.bulk.reporting import report
from webapp.inbox.filters import task_filter
from webapp.language import safe_path
from webapp.once import once

REPORT = "inbox_bulk"
_SECONDS = 2.0


@pages.post("/inbox/bulk")
def bulk() -> Response:
    """Do one act with the ticked tasks, or with all that the list finds; what is refused stays ticked."""
    order = Order(request.form.get("act", ""), _words(), request.form.get("assignee") or None).checked()
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _begin(session, actor, order))
    run_id = address.rpartition("/")[2]
    if running.work(run_id, _SECONDS):
        return _to_list(run_id)
    return redirect(address)  # type: ignore[return-value]


@pages.get("/inbox/bulk/<run_id>")
def bulk_run(run_id: str) -> str:
    """How far a run is, and what came of each task."""
    with reading() as (session, actor):
        return render_template("inbox/bulk/run.html", bulk=report(session, actor, run_id), back=_back())


@pages.post("/inbox/bulk/<run_id>/go")
def bulk_go(run_id: str) -> Response | str:
    """Go on for a moment; a page that stands open asks again until nothing is left."""
    with acting() as (session, actor):
        running.run_of(session, actor, run_id)
        if request.form.get("again"):
            running.go_on(session, actor, run_id)
    ended = running.work(run_id, _SECONDS)
    if ended:
        cookie[REPORT] = run_id
    return _shown(run_id)


@pages.post("/inbox/bulk/<run_id>/stop")
def bulk_stop(run_id: str) -> Response | str:
    """Begin no further task."""
    with acting() as (session, actor):
        running.stop(session, actor, run_id)
    cookie[REPORT] = run_id
    return _shown(run_id)


def last_report(session: Session, actor: Actor) -> dict[str, object]:
    """For the list: the report of the run that just ended, once, and the tasks that stay ticked."""
    run_id = cookie.pop(REPORT, None)
    try:
        ended = report(session, actor, run_id) if isinstance(run_id, str) else None
    except KeyturnError:
        ended = None
    return {"bulk": ended, "left": ended.refused if ended is not None else None}


def _begin(session: Session, actor: Actor, order: Order) -> str:
    chosen, found = ticked(request.form.getlist("id"), _seen()), 0
    if request.form.get("all"):
        # What an address leaves blank takes a saved criterion away: dropping it would act on another list.
        arguments = dict(parse_qsl(request.form.get("where", ""), keep_blank_values=True))
        wanted = saved.asked_for(session, actor, arguments)
        zone = current_app.extensions["keyturn.settings"].zone
        engine = engine_for(session, actor, clock())
        chosen, found = all_found(engine, task_filter(wanted, clock(), zone), order.act)
    cookie["inbox_back"] = safe_path(request.form.get("next"), url_for("inbox.index"))
    run_id = running.begin(session, actor, clock(), order, chosen, found)
    return url_for("inbox.bulk_run", run_id=run_id)


def _words() -> str:
    act = request.form.get("act", "")
    return request.form.get(f"words-{act}", request.form.get("words", "")).strip()


def _seen() -> dict[str, int]:
    """The revisions under which the rows of the page were drawn, ``seen=<id>:<revision>`` each."""
    pairs = (text.partition(":") for text in request.form.getlist("seen"))
    return {task_id: int(number) for task_id, _, number in pairs if number.isdecimal() and len(number) < 10}


def _to_list(run_id: str) -> Response:
    cookie[REPORT] = run_id
    return redirect(_back())  # type: ignore[return-value]


def _back() -> str:
    return safe_path(cookie.get("inbox_back"), url_for("inbox.index"))


def _shown(run_id: str) -> Response | str:
    if not request.headers.get("HX-Request"):
        return redirect(url_for("inbox.bulk_run", run_id=run_id))  # type: ignore[return-value]
    with reading() as (session, actor):
        return render_template("inbox/bulk/_run.html", bulk=report(session, actor, run_id), back=_back())
