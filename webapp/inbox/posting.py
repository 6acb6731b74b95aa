"""What a form of a task brought: its answers by the task's form, and the revision it was read under."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request

from engine.api import TaskDetail
from forms.compile import exists, load
from forms.posted import read_posted
from forms.validator import FormValidator
from kernel.errors import AnswersInvalid
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.form_files import About, keep_files


def typed_answers(task_id: str) -> dict[str, object]:
    """What was posted, by the task's form; raises `Missing` for a task that is not the reader's to see."""
    with reading() as (session, actor):
        form_key = engine_for(session, actor, clock()).get_task(task_id).task.form_key
    if form_key is None or not exists(form_key):
        return {}
    return read_posted(load(form_key).model, request.form.items(multi=True))


def files_of_task(task_id: str) -> dict[str, object]:
    """The papers that came with a task's form, kept with its case. Raises `AnswersInvalid`, `NotAllowed`."""
    if not request.files:
        return {}
    with reading() as (session, actor):
        detail = engine_for(session, actor, clock()).get_task(task_id)
    form_key = detail.task.form_key
    if form_key is None or not exists(form_key):
        return {}
    return keep_files(form_key, About("case", detail.instance.id, detail.task.path))


def posted_revision() -> int | None:
    """The revision of the task when its form was drawn."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def says_the_same(task_id: str, typed: Mapping[str, Any]) -> bool:
    """Whether a form that comes once more says what its task was answered with."""
    with reading() as (session, actor):
        detail = engine_for(session, actor, clock()).get_task(task_id)
    form_key = detail.task.form_key
    if form_key is None or not exists(form_key):
        return True
    try:
        clean = FormValidator().validate(form_key, typed, detail.variables, clock())
    except AnswersInvalid:
        return False
    plain, said = json.loads(json.dumps(clean, default=str)), _said(detail)
    return all((value or None) == (said.get(name) or None) for name, value in plain.items())


def _said(detail: TaskDetail) -> dict[str, Any]:
    """What a completed task was answered with, or one whose holder decided before those after him."""
    waiting = [one.answers for one in detail.signings if one.part == "after" and one.state == "open"]
    return waiting[-1] if detail.task.state == "open" and waiting else detail.draft
