"""Taking tasks of a group and giving them back, one or many; each is a unit of work of its own."""

from __future__ import annotations

import json

from flask import Response, flash, make_response, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.errors import KeyturnError
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.listing import LEFT
from webapp.language import safe_path
from webapp.wording import word

_MOST = 100
_MOST_LEFT = 15


@pages.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take one task."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).claim(task_id)
    return _back(_("The task is yours now."), url_for("inbox.task", task_id=task_id))


@pages.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Response:
    """Give one task back to its group."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).unclaim(task_id)
    return _back(_("The task is back with its group."), url_for("inbox.task", task_id=task_id))


@pages.post("/inbox/claim")
def claim_many() -> Response:
    """Take the ticked tasks; what could not be taken is listed with its reason and stays ticked."""
    ids = list(dict.fromkeys(request.form.getlist("id")))[:_MOST]
    refused = [problem for problem in map(_try, ids) if problem is not None]
    taken = len(ids) - len(refused)
    if taken:
        flash(ngettext("%(num)d task is yours now.", "%(num)d tasks are yours now.", taken), "success")
    if refused:
        cookie[LEFT] = refused[:_MOST_LEFT]
    return redirect(_list_address("group"))  # type: ignore[return-value]


def _try(task_id: str) -> dict[str, str] | None:
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).claim(task_id)
    except KeyturnError as refusal:
        return {"id": task_id, "why": word(refusal.code, refusal.params, field=refusal.field)}
    return None


def _list_address(box: str) -> str:
    return safe_path(request.form.get("next"), url_for("inbox.index", box=box))


def _back(message: str, page: str) -> Response:
    """A list is told to fetch its part anew, a page is loaded again."""
    if not request.headers.get("HX-Request"):
        flash(message, "success")
        return redirect(safe_path(request.form.get("next"), page))  # type: ignore[return-value]
    answer = make_response("", 204)
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": message, "tone": "success"}, "inbox-changed": ""})
    return answer
