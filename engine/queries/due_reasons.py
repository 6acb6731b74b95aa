"""Why a task or a timer is due when it is: when it began, by which text, and where time counts for it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from engine.errors import CannotGoOn, Missing
from engine.host import Host
from engine.queries import instances, tasks
from engine.results.waiting import DueReason
from engine.running.due_times import StandingClock
from engine.running.run import Run
from engine.running.timer_plans import timer_text
from engine.store.instances import read_instance
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from engine.timers import is_duration, parse_cycle

JOBS = table_of(JobRow)


def of_task(host: Host, task_id: str) -> DueReason:
    """For a task; raises `Missing` for what the actor may not see."""
    task = tasks.one(host, task_id)
    columns = (TASKS.c.due_rule, TASKS.c.warn_rule, TASKS.c.warn_at)
    row = host.session.execute(select(*columns).where(TASKS.c.id == task_id)).one()
    may = task.state == "open" and host.checker.may_operate(host.actor, task.path)
    return DueReason(
        task.instance_id, task.element_id, task.name, task.path, task.created_at, task.due_at, row.due_rule,
        warn_rule=row.warn_rule, warn_at=row.warn_at, task_id=task.id, may_change=may,
    )  # fmt: skip


def of_timer(host: Host, instance_id: str, job_id: str) -> DueReason:
    """For a timer that a case waits for; raises `Missing`."""
    case = instances.get(host, instance_id)
    wanted = (JOBS.c.id == job_id) & (JOBS.c.instance_id == instance_id) & (JOBS.c.kind == "timer")
    job = host.session.execute(select(JOBS).where(wanted, JOBS.c.state.in_(("waiting", "failed")))).first()
    if job is None:
        raise Missing("job_missing", job_id=job_id)
    found = DueReason(
        instance_id, job.element_id or "", job.element_id or "", case.scope, job.created_at, job.due_at, None
    )
    try:
        return _with_rule(host, found, job)
    except CannotGoOn:
        return found  # What it was counted by has been changed since; the instant stands.


def _with_rule(host: Host, found: DueReason, job: AnyRow) -> DueReason:
    run = Run.of(
        replace(host, clock=StandingClock(job.created_at)), read_instance(host.session, found.instance_id)
    )
    token = run.case.token(job.token) if run.case.has(job.token) else None
    event = token.task_spec.waits_for if token is not None else None
    if token is None or event is None:
        return found
    found = replace(found, element_name=token.task_spec.node.name or found.element_id)
    rule, known = timer_text(event, token.data, run.services.expressions), token.internal_data
    if event.timer_kind != "cycle":
        return replace(found, rule=rule)
    every, begin, turn = parse_cycle(rule)[2], known.get("begin"), known.get("turn", 0)
    if not is_duration(every) or not begin or not turn:
        return found
    return replace(found, rule=every, begin=found.begin.fromisoformat(begin), times=turn)
