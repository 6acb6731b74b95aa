"""Urge who has a task (催办): from the task's page, or from the page of the case that waits for it."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import Engine, Missing, Urged
from engine.news import tasks_by_id
from kernel.clock import Clock, business_date
from kernel.errors import KeyturnError
from ledger.organisation.parameters import URGE_AGAIN_HOURS
from ledger.organisation.queries import parameter
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.formatting import moment
from webapp.inbox.blueprint import pages
from webapp.language import safe_path
from webapp.once import once
from webapp.wording import word


def urge_task(engine: Engine, session: Session, now: Clock, task_id: str, note: str = "") -> Urged:
    """Urge by the rate of the task's place; raises what the command does."""
    task = tasks_by_id(session, [task_id]).get(task_id)
    if task is None:
        raise Missing("task_missing", task_id=task_id)
    hours = parameter(session, task.path, URGE_AGAIN_HOURS, business_date(now))
    return engine.urge(task_id, every=timedelta(hours=hours), note=note)


@pages.post("/tasks/<task_id>/urge")
def urge(task_id: str) -> Response:
    """Urge, and go back to where it was asked for."""
    back = safe_path(request.form.get("next"), url_for("inbox.index"))
    urged: list[Urged] = []

    def act() -> str:
        engine = engine_for(session, actor, clock())
        urged.append(urge_task(engine, session, clock(), task_id, request.form.get("note", "")))
        return back

    try:
        with acting() as (session, actor):
            once(session, actor, clock(), act)
    except KeyturnError as refused:
        if isinstance(refused, Missing):
            raise
        flash(word(refused.code, refused.params, field=refused.field), "danger")
        return redirect(back)
    if urged:
        flash(_said(urged[0]), "success")
    return redirect(back)


def _said(urged: Urged) -> str:
    if urged.escalated:
        return str(_("Urged for the third time; whoever answers for the role is told too."))
    return str(_("Urged. You can urge again after %(at)s.", at=moment(urged.again_at)))
