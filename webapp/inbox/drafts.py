"""Half-filled forms, kept on the server while somebody types; the answer is the line that says so."""

from __future__ import annotations

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for

from kernel.errors import Missing, NotAllowed, Stale
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.lost import why_lost
from webapp.inbox.posting import typed_answers
from webapp.language import safe_path
from webapp.wording import word


@pages.post("/tasks/<task_id>/draft")
def save_draft(task_id: str) -> Response:
    """Keep what stands in the form; who is too late is told at once, and goes on seeing what was typed."""
    try:
        typed = typed_answers(task_id)
    except Missing as gone:
        return _line(refusal=why_lost(task_id, gone))
    if all(value in ("", None, []) for value in typed.values()):
        typed = {}
    try:
        with acting() as (session, actor):
            draft = engine_for(session, actor, clock()).save_draft(task_id, typed)
    except (Stale, NotAllowed) as refused:
        return _line(refusal=word(refused.code, refused.params))
    return _line(saved_at=draft.saved_at)


@pages.post("/tasks/<task_id>/draft/drop")
def drop_draft(task_id: str) -> Response:
    """Begin anew: what was typed goes, the form stands as the process brought it."""
    with acting() as (session, actor):
        engine_for(session, actor, clock()).save_draft(task_id, {})
    return redirect(safe_path(request.form.get("next"), url_for("inbox.task", task_id=task_id)))  # type: ignore[return-value]


def _line(*, saved_at: datetime | None = None, refusal: str | None = None) -> Response:
    page = render_template("inbox/_draft.html", saved_at=saved_at, refused=refusal)
    return make_response(page, 409 if refusal is not None else 200)
