"""The page of a task: look, decide, complete, comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from engine.api import Page as PageNumber
from engine.api import Stale, Task, TaskFilter
from forms.compile import exists, load
from forms.posted import read_posted
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing
from webapp.acting import acting, clock, reader, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.inbox.blueprint import pages
from webapp.inbox.rows import task_name
from webapp.inbox.task_values import task_values
from webapp.once import once
from webapp.process_data import without_customers
from webapp.wording import word

Answer = str | tuple[str, int] | Response


@pages.get("/tasks/<task_id>")
def task(task_id: str) -> str:
    """A task with what decides, its form, its diagram, its history."""
    with reading() as (session, actor):
        values = task_values(session, actor, task_id)
        following = _next_task(task_id, values["task"]) if request.args.get("done") else None
        return render_template("inbox/task.html", **values, following=following)


@pages.post("/tasks/<task_id>")
def complete(task_id: str) -> Answer:
    """Complete it with what was typed; whatever refuses it keeps what was typed."""
    typed = _typed(task_id)
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).complete(task_id, typed, revision=_revision())
    except AnswersInvalid as refused:
        return _again(task_id, typed, errors=refused.errors), 422
    except Missing as gone:
        if gone.code == "task_missing":
            raise
        return _refused(task_id, typed, gone)
    except KeyturnError as refused:
        if _was_mine(refused):
            return _to_done(task_id)
        return _refused(task_id, typed, refused)
    return _to_done(task_id)


@pages.post("/tasks/<task_id>/comments")
def comment(task_id: str) -> Answer:
    """Say something that everybody sees who works on the case later."""
    address = url_for("inbox.task", task_id=task_id, _anchor="comments")

    def write() -> str:
        engine_for(session, actor, clock()).add_comment(task_id, request.form.get("text", ""))
        return address

    with acting() as (session, actor):
        once(session, actor, clock(), write)
    return redirect(address)  # type: ignore[return-value]


def _typed(task_id: str) -> dict[str, object]:
    """What was posted, by the task's form; raises `Missing` for a task that is not the reader's to see."""
    with reading() as (session, actor):
        form_key = engine_for(session, actor, clock()).get_task(task_id).task.form_key
    if form_key is None or not exists(form_key):
        return {}
    return read_posted(load(form_key).model, request.form.items(multi=True))


def _revision() -> int | None:
    sent = request.form.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _was_mine(refused: KeyturnError) -> bool:
    """Whether the same person completed the task a moment ago: the form was sent twice."""
    return isinstance(refused, Stale) and refused.code == "task_closed" and refused.params.get("by") == reader().id


def _again(task_id: str, typed: Mapping[str, Any], **more: Any) -> str:
    refusal = more.pop("refusal", None)
    with reading() as (session, actor):
        values = task_values(session, actor, task_id, typed=typed, **more)
        return render_template("inbox/task.html", **values, refusal=refusal, typed=typed, following=None)


def _refused(task_id: str, typed: Mapping[str, Any], refused: KeyturnError) -> Answer:
    """The page again with who was quicker, or what stands against it, and what was typed."""
    code = "task_cancelled" if refused.params.get("state") == "cancelled" else refused.code
    sentence = word(code, refused.params, field=refused.field)
    errors = None
    if isinstance(refused, Invalid) and refused.field:
        errors = {refused.field: [(refused.code, dict(refused.params))]}
    return _again(task_id, typed, refusal=sentence, errors=errors), status_of(refused)


def _to_done(task_id: str) -> Response:
    return redirect(url_for("inbox.task", task_id=task_id, done=1))  # type: ignore[return-value]


def _next_task(task_id: str, done: Task) -> dict[str, str] | None:
    """What to offer next: of the same case, else the first of the list; an offer, never a must."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        first = PageNumber(1, 1)
        of_case = engine.find_tasks(TaskFilter(box="work", instance_id=done.instance_id), first).rows
        found = of_case or engine.find_tasks(TaskFilter(box="work"), first).rows
        if not found or found[0].id == task_id:
            return None
        facts = without_customers(actor, found[0].facts, found[0].path)
        about = [str(facts[name]) for name in ("unit", "customer") if facts.get(name)]
        address = url_for("inbox.task", task_id=found[0].id)
        return {"name": task_name(found[0]), "about": " · ".join(about), "url": address}
