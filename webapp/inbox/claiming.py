"""Taking tasks of a group and giving them back, one at a time."""

from __future__ import annotations

import json

from flask import Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _

from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.pane import in_pane
from webapp.language import safe_path


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


def _back(message: str, page: str) -> Response:
    """A list is told to fetch its part anew, a page is loaded again."""
    if in_pane() or not request.headers.get("HX-Request"):
        flash(message, "success")
        return redirect(safe_path(request.form.get("next"), page))  # type: ignore[return-value]
    answer = make_response("", 204)
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": message, "tone": "success"}, "inbox-changed": ""})
    return answer
