"""Comments on a task or a case, and whom one may name in them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, redirect, render_template, request, url_for

from engine.api import Comment, Engine
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.blueprint import pages
from webapp.inbox.mentions import colleagues, posted_text
from webapp.language import safe_path
from webapp.lookup.finding import Choice
from webapp.once import once


@pages.post("/tasks/<task_id>/comments")
def comment(task_id: str) -> Response:
    """Say something that everybody sees who works on the case later."""
    address = url_for("inbox.task", task_id=task_id, _anchor="comments")
    return _say(address, lambda engine, text: engine.add_comment(task_id, text))


@pages.post("/cases/<instance_id>/comments")
def comment_on_case(instance_id: str) -> Response:
    """Say something about the case as a whole."""
    address = url_for("inbox.case", instance_id=instance_id, _anchor="comments")
    return _say(address, lambda engine, text: engine.comment_on_case(instance_id, text))


@pages.post("/comments/<comment_id>")
def edit_comment(comment_id: str) -> Response:
    """Word one's own comment anew."""
    address = safe_path(request.form.get("next"), url_for("inbox.index"))
    return _say(f"{address}#comments", lambda engine, text: engine.edit_comment(comment_id, text))


@pages.get("/cases/<instance_id>/colleagues")
def find_readers(instance_id: str) -> str:
    """Colleagues who may see the case, as choices."""
    text = request.args.get("q", "").strip()[:60]
    with reading() as (session, actor):
        found = colleagues(session, engine_for(session, actor, clock()), instance_id, text, clock())
        choices = [Choice(one.id, one.display_name, one.username) for one in found]
        return render_template("lookup/choices.html", choices=choices)


def _say(address: str, act: Callable[[Engine, str], Comment]) -> Response:
    def write() -> str:
        act(engine_for(session, actor, clock()), posted_text(session))
        return address

    with acting() as (session, actor):
        once(session, actor, clock(), write)
    return redirect(address)  # type: ignore[return-value]
