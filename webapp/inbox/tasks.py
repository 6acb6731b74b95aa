"""The page of a task: look, decide, complete, comment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from engine.api import Page as PageNumber
from engine.api import Stale, Task, TaskFilter
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing
from webapp.acting import acting, clock, reader, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.inbox.blueprint import pages
from webapp.inbox.came_from import came_from, next_in_list
from webapp.inbox.lost import lost_page
from webapp.inbox.posting import files_of_task, posted_revision, says_the_same, typed_answers
from webapp.inbox.rows import task_name
from webapp.inbox.task_values import task_values
from webapp.process_data import without_customers
from webapp.wording import word

Answer = str | tuple[str, int] | Response


@pages.get("/tasks/<task_id>")
def task(task_id: str) -> Answer:
    """A task with what decides, its form, its diagram, its history; one that was lost says what took it away."""
    with reading() as (session, actor):
        try:
            values = task_values(session, actor, task_id)
        except Missing as gone:
            return lost_page(task_id, gone)
        following = _next_task(task_id, values["task"]) if request.args.get("done") else None
        return render_template("inbox/task.html", **values, following=following)


@pages.post("/tasks/<task_id>")
def complete(task_id: str) -> Answer:
    """Complete it with what was typed; whatever refuses it keeps what was typed."""
    try:
        typed = typed_answers(task_id)
    except Missing as gone:
        return lost_page(task_id, gone)
    try:
        typed |= files_of_task(task_id)
        with acting() as (session, actor):
            engine_for(session, actor, clock()).complete(task_id, typed, revision=posted_revision())
    except AnswersInvalid as refused:
        return _again(task_id, typed, errors=refused.errors), 422
    except Missing as gone:
        if gone.code == "task_missing":
            raise
        return _refused(task_id, typed, gone)
    except KeyturnError as refused:
        if _was_mine(refused) and says_the_same(task_id, typed):
            return _to_done(task_id)
        return _refused(task_id, typed, refused)
    return _to_done(task_id)


def _was_mine(refused: KeyturnError) -> bool:
    """Whether the same person completed the task, perhaps by this very form sent twice."""
    return isinstance(refused, Stale) and refused.code == "task_closed" and refused.params.get("by") == reader().id


def _again(task_id: str, typed: Mapping[str, Any], **more: Any) -> str:
    refusal = more.pop("refusal", None)
    with reading() as (session, actor):
        values = task_values(session, actor, task_id, typed=typed, **more)
        return render_template("inbox/task.html", **values, refusal=refusal, typed=typed, following=None)


def _refused(task_id: str, typed: Mapping[str, Any], refused: KeyturnError) -> Answer:
    """The page again with who was quicker, or what stands against it, and what was typed."""
    sentence = word(refused.code, refused.params, field=refused.field)
    errors = None
    if isinstance(refused, Invalid) and refused.field:
        errors = {refused.field: [(refused.code, dict(refused.params))]}
    return _again(task_id, typed, refusal=sentence, errors=errors), status_of(refused)


def _to_done(task_id: str) -> Response:
    return redirect(url_for("inbox.task", task_id=task_id, done=1))  # type: ignore[return-value]


def _next_task(task_id: str, done: Task) -> dict[str, str] | None:
    """What to offer next: of the same case, else of the list one came from or of all one's work; never a must."""
    source = came_from()
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        first = PageNumber(1, 1)
        of_case = engine.find_tasks(TaskFilter(box="work", instance_id=done.instance_id), first).rows
        listed = None
        if not of_case and source is not None:
            listed = next_in_list(session, engine, actor, source, task_id)
        if listed is not None:
            found, source = [listed[0]], listed[1]
        else:
            found = of_case or engine.find_tasks(TaskFilter(box="work"), first).rows
        if not found or found[0].id == task_id:
            return None
        facts = without_customers(actor, found[0].facts, found[0].path)
        about = [str(facts[name]) for name in ("unit", "customer") if facts.get(name)]
        along = source.along() if source is not None else {}
        return {
            "name": task_name(found[0]),
            "about": " · ".join(about),
            "url": url_for("inbox.task", task_id=found[0].id, **along),
            "of": "case" if of_case else "list",
        }
