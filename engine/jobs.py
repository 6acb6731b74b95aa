"""Jobs that work outside transactions: leased in one, run without any, finished or put off in another.

Delivery is at least once, so what runs must use the idempotency key. A worker that stalls beyond its lease can no
longer finish: its lock has another owner by then.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.commands.publish import deliver_thrown
from engine.due import note_due
from engine.errors import BusinessError, CannotGoOn, KeyturnError, Stale, StepFailed
from engine.handlers import HandlerRegistry, JobContext
from engine.host import Host
from engine.in_hand import take_in_hand
from engine.incidents import record_incident, resolve_job
from engine.results.incidents import Incident
from engine.running.run import Run, as_system
from engine.running.services import job_row
from engine.store.instances import LIVE, lock_instance
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from engine.tracing import frames_of
from kernel.clock import Clock, MovedClock

JOBS = table_of(JobRow)
_COUNTED = 1000
OUTSIDE = ("message_out", "external")


@dataclass(frozen=True)
class LeasedJob:
    """A job that one worker holds. ``attempt`` counts from 1, ``owner`` names the lease, not only the worker."""

    id: str
    kind: str
    name: str
    payload: dict[str, Any]
    idempotency_key: str
    attempt: int
    due_at: datetime
    owner: str
    instance_id: str | None
    token: int | None


@dataclass(frozen=True)
class Backlog:
    """Jobs that are due and not done: how many, at most 1,000, and since when the oldest has been due."""

    due: int
    oldest: datetime | None

    def late_seconds(self, now: datetime) -> float:
        """How late the oldest is."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


@dataclass(frozen=True)
class Outcome:
    """What running a job came to: a result, or a business error's code with its parameters."""

    result: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


def lease_next(
    session: Session, now: datetime, lease: timedelta, *, worker: str, kinds: tuple[str, ...] = OUTSIDE
) -> LeasedJob | None:
    """Take the oldest due job that nobody holds, for the time of a lease.

    A job whose lease ran out has cost an attempt, because whoever held it may have died of it; when that was the
    last one it waits for a person, lest it kill one worker after the other.
    """
    while row := _next_free(session, now, kinds):
        if row.lock_owner is None or row.attempts + 1 < row.max_attempts:
            return _lease(session, row, now, lease, worker)
        lost = CannotGoOn("worker_lost", tries=row.max_attempts)
        record_incident(session, MovedClock(now), _failure(session, row, lost))
    return None


def _next_free(session: Session, now: datetime, kinds: tuple[str, ...]) -> AnyRow | None:
    free = or_(JOBS.c.locked_until.is_(None), JOBS.c.locked_until < now)
    due = (JOBS.c.state == "waiting") & (JOBS.c.due_at <= now) & JOBS.c.kind.in_(kinds)
    query = (
        select(JOBS)
        .where(due, free, JOBS.c.suspended.is_(False))
        .order_by(JOBS.c.due_at, JOBS.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.execute(query).first()


def _lease(session: Session, row: AnyRow, now: datetime, lease: timedelta, worker: str) -> LeasedJob:
    attempts = row.attempts + (row.lock_owner is not None)
    # The lease is its own, so that not even the same worker can finish under a lease that it once lost.
    owner = f"{worker[:70]}#{secrets.token_hex(4)}"
    held = {"lock_owner": owner, "locked_until": now + lease, "attempts": attempts}
    session.execute(update(JOBS).where(JOBS.c.id == row.id).values(held))
    return LeasedJob(
        row.id, row.kind, row.name, dict(row.payload), row.idempotency_key, attempts + 1, row.due_at, owner,
        row.instance_id, row.token,
    )  # fmt: skip


def order_delivery(session: Session, now: datetime, name: str, payload: dict[str, Any], *, key: str) -> None:
    """Write an outgoing job that belongs to no case, once per key."""
    known = select(JOBS.c.id).where(JOBS.c.idempotency_key == key)
    if session.execute(known).first() is None:
        session.execute(insert(JOBS).values(job_row("message_out", name, now, payload, key)))
        note_due(session, [now])


def any_due(session: Session, now: datetime) -> bool:
    """Whether anything is due that nobody holds: a look at the index, without a lock."""
    free = or_(JOBS.c.locked_until.is_(None), JOBS.c.locked_until < now)
    due = (JOBS.c.state == "waiting") & (JOBS.c.due_at <= now) & JOBS.c.suspended.is_(False)
    return bool(session.execute(select(exists().where(due, free))).scalar())


def backlog(session: Session, now: datetime) -> Backlog:
    """How much is due and not done; looks at the due index and at no more than a thousand rows."""
    due = (JOBS.c.state == "waiting") & (JOBS.c.due_at <= now) & JOBS.c.suspended.is_(False)
    some = select(JOBS.c.due_at).where(due).order_by(JOBS.c.due_at, JOBS.c.id).limit(_COUNTED).subquery()
    count, oldest = session.execute(select(func.count(), func.min(some.c.due_at)).select_from(some)).one()
    return Backlog(count, oldest)


def run(job: LeasedJob, registry: HandlerRegistry, clock: Clock) -> Outcome:
    """Run a leased job outside any transaction; whatever it raises besides `BusinessError` is a failure."""
    context = JobContext(job.id, job.kind, job.idempotency_key, job.attempt, job.due_at, clock)
    if job.kind == "message_out":
        kind = registry.job_kinds.get(job.name)
        if kind is None:
            raise CannotGoOn("job_kind_missing", kind=job.name)
        kind.run(job.payload, context)
        return Outcome()
    handler = registry.handlers.get(job.name)
    if handler is None:
        raise CannotGoOn("handler_missing", handler=job.name)
    try:
        return Outcome(handler.dump(handler.run(handler.load(job.payload["input"]), context)))
    except BusinessError as fault:
        return Outcome(error=fault.code, params=dict(fault.params))


def finish(host: Host, job: LeasedJob, outcome: Outcome) -> None:
    """Mark a job done and its earlier failures mended; the instance of an external step goes on with its answer.

    A suspended one takes the answer, which comes but once, and stays where that puts it until it is resumed.
    Raises `Stale` when the lease was lost, `StepFailed` when the instance cannot go on.
    """
    take_in_hand(host.session, job.id)
    waits = job.instance_id if job.kind == "external" else None
    record = lock_instance(host.session, waits) if waits is not None else None
    _close(host, job)
    if job.attempt > 1:
        resolve_job(host.session, host.clock, job.id, "system")
    if record is None or record.state not in LIVE or job.token is None:
        return
    step = Run.of(as_system(host), record, job_id=job.id)
    with step.step(deliver_thrown) as case:
        if not case.has(job.token):
            return
        token = case.token(job.token)
        case.at = token.task_spec.node
        if outcome.error is not None:
            case.faults.throw_error(token, outcome.error, outcome.params)
        else:
            case.answer(job.token, step.services.results(token.task_spec.node, outcome.result, token.data))


def fail(session: Session, clock: Clock, job: LeasedJob, fault: BaseException) -> Incident:
    """Put a failed job off, longer each time; with its attempts used up it waits for a person.

    Raises `Stale` when the lease was lost.
    """
    row = session.execute(select(JOBS).where(JOBS.c.id == job.id).with_for_update()).one()
    if row.lock_owner != job.owner or row.state != "waiting":
        raise Stale("lease_lost", job_id=job.id, worker=job.owner)
    return record_incident(session, clock, _failure(session, row, fault))


def put_off(session: Session, clock: Clock, job_id: str, fault: BaseException) -> None:
    """Put off a job of the transaction's own kind, such as a timer, that failed without the engine saying so."""
    row = session.execute(select(JOBS).where(JOBS.c.id == job_id).with_for_update()).one()
    if row.state == "waiting":
        record_incident(session, clock, _failure(session, row, fault))


def _close(host: Host, job: LeasedJob) -> None:
    held = (JOBS.c.id == job.id) & (JOBS.c.lock_owner == job.owner) & (JOBS.c.state == "waiting")
    done = {"state": "done", "done_at": host.clock.now(), "lock_owner": None, "locked_until": None}
    closed = host.session.execute(update(JOBS).where(held).values(done).returning(JOBS.c.id)).first()
    if closed is None:
        raise Stale("lease_lost", job_id=job.id, worker=job.owner)


def _failure(session: Session, row: AnyRow, fault: BaseException) -> StepFailed:
    known = None
    if row.instance_id is not None:
        where = INSTANCES.c.id == row.instance_id
        known = session.execute(select(INSTANCES.c.definition_key, INSTANCES.c.path).where(where)).first()
    plain = fault if isinstance(fault, KeyturnError | CannotGoOn) else None
    return StepFailed(
        instance_id=row.instance_id,
        element_id=row.element_id or "",
        element_name=row.name,
        error_type=type(fault).__name__,
        message_code=plain.code if plain is not None else "unexpected",
        message_params=plain.params if plain is not None else {},
        definition_key=known.definition_key if known is not None else "",
        scope=known.path if known is not None else "/",
        job_id=row.id,
        read=row.payload.get("input", {}) if row.kind == "external" else row.payload,
        trace=frames_of(fault),
        retry_after=_asked_wait(fault),
    )


def _asked_wait(fault: BaseException) -> int | None:
    """How many seconds what was called asked to wait, where its error says so."""
    wait = getattr(fault, "retry_after", None)
    return wait if isinstance(wait, int) and wait > 0 else None
