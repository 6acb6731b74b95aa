"""The page of a task that is no longer the reader's: what took it from him, what he had typed, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from engine.api import Missing
from engine.results.tasks import LostTask
from forms.compile import exists, load
from forms.posted import read_posted
from kernel.actor import Actor
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox import answering
from webapp.inbox.people import names_of
from webapp.wording import state_name, word


def lost_page(task_id: str, gone: Missing) -> tuple[str, int]:
    """What happened to a task that its reader worked on; raises ``gone`` when he never did."""
    with reading() as (session, actor):
        lost = _lost(session, actor, task_id, gone)
        asked = answering.draw(session, actor, lost.form_key, {}, typed=_typed(lost))
        page = render_template(
            "inbox/lost.html", task=lost, what=sentence(lost), answered=asked.answered if asked else []
        )
        return page, 409 if request.method == "POST" else 200


def why_lost(task_id: str, gone: Missing) -> str:
    """The sentence alone; raises ``gone`` when the reader never worked on it."""
    with reading() as (session, actor):
        return sentence(_lost(session, actor, task_id, gone))


def sentence(lost: LostTask) -> str:
    """What took the task away, in words."""
    role = lost.params.get("role")
    return word(lost.code, {**lost.params, **({"role": state_name(f"role.{role}")} if role else {})})


def _lost(session: Session, actor: Actor, task_id: str, gone: Missing) -> LostTask:
    try:
        lost = engine_for(session, actor, clock()).lost_task(task_id)
    except Missing:
        raise gone from None
    names_of(session, [lost.params.get("by"), lost.params.get("assignee")])
    return lost


def _typed(lost: LostTask) -> Mapping[str, Any]:
    """What was sent just now, else what was kept on the server."""
    if request.method != "POST" or lost.form_key is None or not exists(lost.form_key):
        return lost.answers
    return read_posted(load(lost.form_key).model, request.form.items(multi=True))
