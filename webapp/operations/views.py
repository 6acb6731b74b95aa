"""The pages of operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.api import Engine, InstanceFilter
from engine.api import Page as PageNumber
from kernel.errors import KeyturnError, Missing
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reader, reading
from webapp.engine_room import engine_for
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names
from webapp.language import safe_path
from webapp.once import once
from webapp.operations.naming import element_label, job_label
from webapp.process_data import without_customers
from webapp.wording import word

pages = Blueprint("operations", __name__, url_prefix="/operations")

STATES = ("active", "suspended", "completed", "cancelled", "failed")
SIZE = 50


@pages.before_request
def _require() -> None:
    """Without the right to view the engine the desk does not exist."""
    if not reader().may_anywhere(Permission.ENGINE_VIEW):
        raise Missing


@dataclass(frozen=True)
class Wanted:
    """Which cases are asked for."""

    text: str
    process: str
    state: str
    failing: bool

    @property
    def is_narrowed(self) -> bool:
        """Whether anything limits the list."""
        return bool(self.text or self.process or self.state or self.failing)


def _page() -> PageNumber:
    number = request.args.get("page", "1")
    return PageNumber(int(number) if number.isdecimal() and 0 < int(number[:6]) < 100_000 else 1, SIZE)


@pages.get("/cases")
def instances() -> str:
    """Cases by business key or fact, process, state."""
    state = request.args.get("state", "")
    wanted = Wanted(
        request.args.get("q", "").strip()[:100],
        request.args.get("process", "")[:255],
        state if state in STATES else "",
        request.args.get("failing") == "1",
    )
    asked = InstanceFilter(
        states=(wanted.state,) if wanted.state else (),
        definition_keys=(wanted.process,) if wanted.process else (),
        search=wanted.text,
        with_incidents=wanted.failing,
    )
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.find_instances(asked, _page())
        failing = {incident.instance_id for incident in engine.incidents()}
        return render_template(
            "operations/instances.html",
            wanted=wanted,
            found=found,
            states=STATES,
            processes=process_names(engine.find_definitions(kind="process")),
            names=names_of(session, {row.started_by for row in found.rows}),
            failing=failing,
            facts={row.id: without_customers(actor, row.facts, row.scope) for row in found.rows},
        )


@pages.get("/incidents")
def incidents() -> str:
    """What failed, why, and the button that runs it again."""
    whole = request.args.get("all") == "1"
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.incidents(state=None if whole else "open")
        return render_template(
            "operations/incidents.html",
            incidents=[
                (one, element_label(engine, one.definition_key, one.element_id, one.element_name)) for one in found
            ],
            processes=process_names(engine.find_definitions(kind="process")),
            names=names_of(session, {one.resolved_by for one in found}),
            whole=whole,
        )


@pages.post("/incidents/<incident_id>/retry")
def retry(incident_id: str) -> Response:
    """Run again what failed; a failure of the same kind is noted anew."""
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).retry(incident_id)
        flash(_("It is being run again."), "success")
    except Missing:
        raise
    except KeyturnError as refused:
        flash(word(refused.code, refused.params, field=refused.field), "danger")
    return _to(safe_path(request.form.get("next"), url_for("operations.incidents")))


@pages.get("/jobs")
def jobs() -> str:
    """Timers, deliveries and external steps that wait or have failed."""
    failed = request.args.get("failed") == "1"
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        found = engine.jobs(_page(), failed_only=failed)
        return render_template(
            "operations/jobs.html",
            found=found,
            jobs=[(job, job_label(engine, job)) for job in found.rows],
            about={job.id: (job.facts or {}).get("unit") or "" for job in found.rows},
            processes=process_names(engine.find_definitions(kind="process")),
            now=clock().now(),
            failed=failed,
        )


_ACTS: dict[str, Callable[[Engine, str, str], Any]] = {
    "suspend": lambda engine, instance_id, reason: engine.suspend(instance_id, reason),
    "resume": lambda engine, instance_id, reason: engine.resume(instance_id, reason),
    "cancel": lambda engine, instance_id, reason: engine.cancel(instance_id, reason),
}


@pages.post("/cases/<instance_id>/<act>")
def act(instance_id: str, act: str) -> Response:
    """Suspend, resume or cancel a case, with a reason."""
    do = _ACTS.get(act)
    if do is None:
        raise Missing
    address = url_for("inbox.case", instance_id=instance_id)

    def run() -> str:
        do(engine_for(session, actor, clock()), instance_id, request.form.get("reason", "").strip())
        return address

    with acting() as (session, actor):
        once(session, actor, clock(), run)
    flash(_("Done."), "success")
    return _to(address)


def _to(address: str) -> Response:
    return redirect(address)  # type: ignore[return-value]
