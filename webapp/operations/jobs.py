"""The page of a timer, delivery or external step: let it run now or at another time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request, url_for

from engine.api import Engine
from kernel.errors import Missing
from webapp.acting import clock, reading
from webapp.engine_room import engine_for
from webapp.inbox.rows import process_names
from webapp.operations.acts import act_once
from webapp.operations.mending import asked_instant
from webapp.operations.naming import job_label
from webapp.operations.views import pages
from webapp.process_data import as_seen

_ACTS: dict[str, Callable[[Engine, str, str], Any]] = {
    "fire": lambda engine, job_id, reason: engine.fire_job(job_id, reason),
    "due": lambda engine, job_id, reason: engine.set_job_due(
        job_id, asked_instant("due_at") or engine.host.clock.now(), reason
    ),
    "recalculate": lambda engine, job_id, reason: engine.recalculate_job(job_id, reason),
    "retry": lambda engine, job_id, reason: engine.retry_job(job_id, reason),
}


@pages.get("/jobs/<job_id>")
def job(job_id: str) -> str:
    """When it is due, how often it was tried, and what can be done about it."""
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        one = engine.get_job(job_id)
        return render_template(
            "operations/job.html",
            job=one,
            name=job_label(engine, one),
            process=process_names(engine.find_definitions(kind="process")).get(one.definition_key or ""),
            fact=as_seen(actor, one.facts or {}, one.path or "/"),
            now=clock().now(),
        )


@pages.post("/jobs/<job_id>/<act>")
def act_on_job(job_id: str, act: str) -> Response:
    """Let it run now, at another time, as drawn, or with new tries; with a reason."""
    do = _ACTS.get(act)
    if do is None:
        raise Missing
    reason = request.form.get("reason", "").strip()
    return act_once(url_for("operations.job", job_id=job_id), lambda engine: do(engine, job_id, reason))
