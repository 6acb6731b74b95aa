"""Incidents: a step that failed for a technical reason, kept for a person to mend and retry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.orm import Session

from engine.errors import StepFailed
from engine.results.incidents import Incident
from engine.tables.columns import AnyRow, table_of
from engine.tables.instances import IncidentRow, InstanceRow
from engine.tables.tasks import TaskRow
from engine.tables.work import JobRow
from kernel.clock import Clock
from kernel.ids import new_id

__all__ = [
    "StepFailed",
    "back_off",
    "record_incident",
    "resolve_incidents_of",
    "resolve_job",
    "resolve_received",
    "resolve_starts",
    "to_incident",
]

INCIDENTS = table_of(IncidentRow)
JOBS = table_of(JobRow)
TASKS = table_of(TaskRow)
INSTANCES = table_of(InstanceRow)
_FIRST_DELAY = timedelta(seconds=30)
_LONGEST_DELAY = timedelta(hours=6)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 30 s, doubling, at most 6 hours."""
    doublings: int = 2 ** min(max(attempts - 1, 0), 20)
    return min(_FIRST_DELAY * doublings, _LONGEST_DELAY)


def record_incident(session: Session, clock: Clock, failure: StepFailed) -> Incident:
    """Write the incident of a failed step, in a transaction of its own after the rollback.

    A failed job is counted and put off; only when its attempts are used up does it wait for a person.
    """
    job_failed_for_good = _count_attempt(session, clock, failure)
    state = "open" if job_failed_for_good else "retrying"
    if failure.job_id is not None:
        _resolve(session, clock, INCIDENTS.c.job_id == failure.job_id, "system")
    task_id = (failure.command or {}).get("task_id")
    if task_id is not None:
        # The task before its incidents, as whoever completes it locks them.
        session.execute(update(TASKS).where(TASKS.c.id == task_id).values(troubled=True))
        _resolve(session, clock, INCIDENTS.c.task_id == task_id, "system")
    if failure.retried is not None:
        _resolve(session, clock, INCIDENTS.c.id == failure.retried, "system")
    if failure.instance_id is not None and failure.command is None and failure.job_id is None:
        # Whoever sent an event tries again and again; what it could not do stands there once.
        again = _nobodys(failure.instance_id) & (INCIDENTS.c.element_id == failure.element_id)
        _resolve(session, clock, again, "system")
    known = failure.instance_id and session.execute(select(exists().where(INSTANCES.c.id == failure.instance_id)))
    row = {
        "id": new_id(),
        "instance_id": failure.instance_id if known and known.scalar() else None,
        "job_id": failure.job_id,
        "task_id": task_id,
        "definition_key": failure.definition_key,
        "element_id": failure.element_id,
        "element_name": failure.element_name,
        "error_type": failure.error_type,
        "message_code": failure.message_code,
        "params": {name: _plain(value) for name, value in failure.message_params.items()},
        "command": failure.command,
        "state": state,
        "path": failure.scope,
        "created_at": clock.now(),
        "resolved_at": None,
        "resolved_by": None,
        "input": failure.read,
        "trace": list(failure.trace),
    }
    session.execute(insert(INCIDENTS).values(row))
    return to_incident(session.execute(select(INCIDENTS).where(INCIDENTS.c.id == row["id"])).one())


def resolve_incidents_of(session: Session, clock: Clock, *, task_id: str, actor_id: str) -> None:
    """Close the incidents of a task that has been completed after all."""
    _resolve(session, clock, INCIDENTS.c.task_id == task_id, actor_id)


def resolve_received(session: Session, clock: Clock, instance_id: str) -> None:
    """Close the incidents of events that an instance could not receive, now that it has received one."""
    _resolve(session, clock, _nobodys(instance_id), "system")


def _nobodys(instance_id: str) -> ColumnElement[bool]:
    """The incidents of a case that no job and no person's act would repeat."""
    unheld = INCIDENTS.c.job_id.is_(None) & INCIDENTS.c.task_id.is_(None)
    return (INCIDENTS.c.instance_id == instance_id) & unheld


def resolve_job(session: Session, clock: Clock, job_id: str, actor_id: str) -> None:
    """Close the incidents of a job that has got new attempts or an answer."""
    _resolve(session, clock, INCIDENTS.c.job_id == job_id, actor_id)


def resolve_starts(session: Session, clock: Clock, command: Mapping[str, Any]) -> None:
    """Close the incidents of a start that the same person has now repeated, lest a retry start it twice."""
    where = (INCIDENTS.c.definition_key == command["key"]) & INCIDENTS.c.instance_id.is_(None)
    query = select(INCIDENTS.c.id, INCIDENTS.c.command).where(where, INCIDENTS.c.state == "open")
    repeated = [row.id for row in session.execute(query) if row.command == command]
    if repeated:
        _resolve(session, clock, INCIDENTS.c.id.in_(repeated), str(command["actor_id"]))


def to_incident(row: AnyRow) -> Incident:
    """A row as callers see it."""
    return Incident(
        id=row.id,
        instance_id=row.instance_id,
        job_id=row.job_id,
        definition_key=row.definition_key,
        element_id=row.element_id,
        element_name=row.element_name,
        error_type=row.error_type,
        message_code=row.message_code,
        params=dict(row.params),
        state=row.state,
        scope=row.path,
        created_at=row.created_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        retryable=row.state != "resolved" and (row.job_id is not None or row.command is not None),
        note=row.note,
        noted_by=row.noted_by,
        noted_at=row.noted_at,
    )


def _count_attempt(session: Session, clock: Clock, failure: StepFailed) -> bool:
    if failure.job_id is None:
        return True
    job = session.execute(select(JOBS).where(JOBS.c.id == failure.job_id)).first()
    if job is None or job.state != "waiting":
        return True
    attempts = job.attempts + 1
    over: bool = attempts >= job.max_attempts
    values = {
        "attempts": attempts,
        "state": "failed" if over else "waiting",
        "due_at": clock.now() + max(back_off(attempts), timedelta(seconds=failure.retry_after or 0)),
        "last_error": failure.message_code,
        "lock_owner": None,
        "locked_until": None,
    }
    session.execute(update(JOBS).where(JOBS.c.id == job.id).values(values))
    return over


def _resolve(session: Session, clock: Clock, where: Any, actor_id: str) -> None:
    values = {"state": "resolved", "resolved_at": clock.now(), "resolved_by": actor_id}
    session.execute(update(INCIDENTS).where(where, INCIDENTS.c.state != "resolved").values(values))


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) or value is None else str(value)
