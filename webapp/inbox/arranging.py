"""What readers arrange for themselves: columns, stars, tasks put off until a day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.errors import Invalid, KeyturnError
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.formatting import local_time
from webapp.inbox import columns
from webapp.inbox.blueprint import pages
from webapp.inbox.filters import BOXES
from webapp.inbox.listing import LEFT
from webapp.language import safe_path
from webapp.wording import word

_MOST = 100
_MOST_LEFT = 15


@pages.post("/inbox/columns")
def choose_columns() -> Response:
    """Keep the columns of a box; ``usual`` brings the usual ones back."""
    box = request.form.get("box", "")
    keys = [] if request.form.get("usual") else request.form.getlist("column")
    if request.form.get("here"):
        # The list stands under columns of its filter or address: these are for this look alone.
        return redirect(_with_columns(_back_to_list(box), keys))  # type: ignore[return-value]
    with acting() as (session, actor):
        columns.choose(session, actor.id, box if box in BOXES else "mine", keys)
    return redirect(_back_to_list(box))  # type: ignore[return-value]


def _with_columns(address: str, keys: list[str]) -> str:
    parts = urlsplit(address)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "columns"]
    return urlunsplit(parts._replace(query=urlencode([*asked, ("columns", ",".join(keys))])))


@pages.post("/tasks/<task_id>/follow")
def follow_task(task_id: str) -> Response:
    """Follow a task, or no longer (``on`` empty)."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).follow_task(task_id, on=_on())
    return _done(_followed_words(), url_for("inbox.task", task_id=task_id))


@pages.post("/cases/<instance_id>/follow")
def follow_case(instance_id: str) -> Response:
    """Follow a case with all its tasks, or no longer."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).follow_case(instance_id, on=_on())
    return _done(_followed_words(), url_for("inbox.case", instance_id=instance_id))


@pages.post("/tasks/<task_id>/snooze")
def snooze(task_id: str) -> Response:
    """Put a task off until a day begins; without one it comes back at once."""
    until = _until()
    with acting() as (session, actor):
        engine_for(session, actor, clock()).set_follow_up(task_id, until)
    return _done(_("Put off.") if until else _("It is back in the list."), url_for("inbox.task", task_id=task_id))


@pages.post("/inbox/snooze")
def snooze_many() -> Response:
    """Put the ticked tasks off; what could not be put off is listed with its reason and stays ticked."""
    until, ids = _until(), list(dict.fromkeys(request.form.getlist("id")))[:_MOST]
    refused = [problem for problem in (_refusal(one, until) for one in ids) if problem is not None]
    put_off = len(ids) - len(refused)
    if put_off and until:
        flash(ngettext("%(num)d task is put off.", "%(num)d tasks are put off.", put_off), "success")
    elif put_off:
        flash(ngettext("%(num)d task is back.", "%(num)d tasks are back.", put_off), "success")
    if refused:
        cookie[LEFT] = refused[:_MOST_LEFT]
    return redirect(_back_to_list("mine"))  # type: ignore[return-value]


def _refusal(task_id: str, until: datetime | None) -> dict[str, str] | None:
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).set_follow_up(task_id, until)
    except KeyturnError as refusal:
        return {"id": task_id, "why": word(refusal.code, refusal.params, field=refusal.field)}
    return None


def begin_of(day: date) -> datetime:
    """The instant at which a day begins where the house is."""
    zone = ZoneInfo(current_app.extensions["keyturn.settings"].zone)
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def tomorrow() -> str:
    """The first day that something can be put off to, for date fields."""
    return (local_time(clock().now()) + timedelta(days=1)).date().isoformat()


def _until() -> datetime | None:
    """The day that was chosen; raises `Invalid` for one that is over or no day."""
    typed = request.form.get("until", "")
    if not typed:
        return None
    try:
        until = begin_of(date.fromisoformat(typed))
    except ValueError as problem:
        raise Invalid("snooze_day_wrong", field="until") from problem
    if until <= clock().now():
        raise Invalid("snooze_day_over", field="until")
    return until


def _on() -> bool:
    return bool(request.form.get("on"))


def _followed_words() -> str:
    return _("You follow it now.") if _on() else _("You follow it no longer.")


def _back_to_list(box: str) -> str:
    return safe_path(request.form.get("next"), url_for("inbox.index", box=box))


def _done(message: str, page: str) -> Response:
    """A list is told to fetch its part anew, a page is loaded again."""
    if not request.headers.get("HX-Request"):
        flash(message, "success")
        return redirect(safe_path(request.form.get("next"), page))  # type: ignore[return-value]
    answer = make_response("", 204)
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": message, "tone": "success"}, "inbox-changed": ""})
    return answer
