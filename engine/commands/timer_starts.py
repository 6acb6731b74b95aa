"""Timer start events: each is one job without an instance, which starts a case of the newest version when due.

A cycle's job is put off to its next turn in the transaction that starts the case, so no turn is lost or taken
twice; turns missed while nothing ran are made up for one by one, in order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from engine import cache
from engine.commands.publish import deliver_thrown
from engine.commands.start_record import begin_instance
from engine.definitions.model import Event, Node, ProcessModel
from engine.errors import CannotGoOn, DefinitionError, KeyturnError, StepFailed
from engine.expressions import Expressions
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.running.services import job_row
from engine.running.timer_plans import due_at_turn, plan_timer
from engine.spiff.services import TimerPlan
from engine.store.control import suspension_of
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import TIMER_START, JobRow, SubscriptionRow
from engine.tracing import frames_of
from kernel.actor import ROOT
from kernel.ids import new_id

JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
_ATTEMPTS = 5


def cancel_starts(host: Host, definitions: Select[tuple[str]]) -> None:
    """The timer starts of these definition versions are off; call it before their subscriptions go."""
    table = SUBSCRIPTIONS
    ours = (table.c.kind == TIMER_START) & table.c.definition_id.in_(definitions)
    jobs = list(host.session.execute(select(table.c.name).where(ours)).scalars())
    if jobs:
        where = JOBS.c.id.in_(jobs) & JOBS.c.state.in_(("waiting", "failed"))
        off = {"state": "cancelled", "done_at": host.clock.now()}
        host.session.execute(update(JOBS).where(where).values(off))


def schedule_starts(host: Host, definition_id: str, model: ProcessModel) -> None:
    """One job for each timer start event of a new version; raises `DefinitionError` for what is no time."""
    starts = [node for node in model.children(model.key) if node.kind == "startEvent"]
    for node in starts:
        if node.event is not None and node.event.kind == "timer":
            _schedule(host, definition_id, model.key, node, _plan(host, node, node.event))


def _plan(host: Host, node: Node, event: Event) -> TimerPlan:
    try:
        return plan_timer(event, {}, _expressions(host))
    except CannotGoOn as fault:
        raise DefinitionError([Finding(fault.code, ERROR, node.id, node.name, node.line, fault.params)]) from fault


def _schedule(host: Host, definition_id: str, key: str, node: Node, plan: TimerPlan) -> None:
    begin = (plan.begin or plan.due).isoformat()
    cycle = {"definition_id": definition_id, "every": plan.every, "more": plan.more}
    cycle |= {"begin": begin, "turn": plan.turn}
    unique = f"{TIMER_START}:{definition_id}:{node.id}"
    now = host.clock.now()
    job = job_row(TIMER_START, key, plan.due, cycle, unique, _ATTEMPTS)
    is_halted = suspension_of(host.session, key) is not None
    job |= {"element_id": node.id, "created_at": now, "suspended": is_halted}
    host.session.execute(insert(JOBS).values(job))
    # The subscription finds the job again when the version is replaced; the list of jobs may be long.
    row = {
        "id": new_id(),
        "kind": TIMER_START,
        "name": job["id"],
        "correlation": "",
        "instance_id": None,
        "definition_id": definition_id,
        "element_id": node.id,
        "token": None,
        "created_at": now,
    }
    host.session.execute(insert(SUBSCRIPTIONS).values(row))


def fire_start(host: Host, job: AnyRow) -> None:
    """Start a case by its timer and arm the next turn; raises `StepFailed`, which puts this turn off."""
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(_next_turn(host, job)))
    try:
        bundle = cache.bundle_of(host.session, job.payload["definition_id"])
    except KeyturnError as fault:
        raise _unreadable(job, fault) from fault
    begin_instance(host, bundle, {}, None, ROOT, deliver_thrown, start_at=job.element_id, job_id=job.id)


def _next_turn(host: Host, job: AnyRow) -> dict[str, Any]:
    every, more = job.payload["every"], job.payload["more"]
    if every is None or more == 0:
        return {"state": "done", "done_at": host.clock.now()}
    # Counted from the beginning, whatever retries have done to the job since.
    turn = job.payload["turn"] + 1
    due = due_at_turn(datetime.fromisoformat(job.payload["begin"]), every, turn, _expressions(host))
    payload = {**job.payload, "more": None if more is None else more - 1, "turn": turn}
    return {"due_at": due, "payload": payload, "attempts": 0, "last_error": None}


def _expressions(host: Host) -> Expressions:
    place = host.place(ROOT)
    return Expressions(host.clock, place.calendar, place.zone)


def _unreadable(job: AnyRow, fault: KeyturnError) -> StepFailed:
    return StepFailed(
        instance_id="",
        element_id=job.element_id or "",
        element_name=job.element_id or "",
        error_type=type(fault).__name__,
        message_code=fault.code,
        message_params=fault.params,
        definition_key=job.name,
        scope=ROOT,
        job_id=job.id,
        command=None,
        trace=frames_of(fault),
    )
