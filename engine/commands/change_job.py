"""What an operator does with a timer, delivery or external step: let it run now or at another time, answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.commands.publish import deliver_thrown
from engine.commands.retry_incident import MOST_ATTEMPTS
from engine.commands.set_variables import opened
from engine.due import note_due
from engine.editing import require_reason, told
from engine.errors import Invalid, Missing, Stale
from engine.host import Host
from engine.incidents import resolve_job
from engine.queries import jobs as queries
from engine.results.jobs import Job
from engine.running.due_times import StandingClock
from engine.running.run import Run
from engine.store.instances import InstanceRecord, lock_instance, require_active
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from kernel.actor import ROOT
from kernel.audit import record

JOBS = table_of(JobRow)


@dataclass(frozen=True)
class FireJob:
    """Due now, with fresh attempts if they were used up; whoever runs jobs takes it next."""

    job_id: str
    reason: str

    def run(self, host: Host) -> Job:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` when it runs, is over or suspended."""
        held = _hold(host, self.job_id, self.reason)
        if held.job.suspended:
            raise Stale("job_suspended", job_id=self.job_id)
        return _move(host, held, host.clock.now(), "job:fire", self.reason)


@dataclass(frozen=True)
class SetJobDue:
    """Due at another instant; a timer's case shows it from then on."""

    job_id: str
    due_at: datetime
    reason: str

    def run(self, host: Host) -> Job:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` when it runs or is over."""
        held = _hold(host, self.job_id, self.reason)
        return _move(host, held, self.due_at, "job:set_due", self.reason)


@dataclass(frozen=True)
class RecalculateJob:
    """A timer's time anew from its diagram and today's process data, counted from when it began to wait."""

    job_id: str
    reason: str
    from_now: bool = False

    def run(self, host: Host) -> Job:
        """Raises `Missing`, `NotAllowed`, `Invalid` for what is no timer, `Stale`."""
        held = _hold(host, self.job_id, self.reason)
        if held.job.kind != "timer" or held.record is None:
            raise Invalid("job_no_timer", field="job_id")
        began = host.clock.now() if self.from_now else held.job.created_at
        run = opened(replace(host, clock=StandingClock(began)), held.record)
        token = run.case.token(held.job.token) if run.case.has(held.job.token) else None
        event = token.task_spec.waits_for if token is not None else None
        if token is None or event is None:
            raise Stale("job_over", state=held.job.state)
        due = run.services.plan_timer(event, token.data).due
        return _move(host, held, due, "job:recalculate", self.reason)


@dataclass(frozen=True)
class RetryJob:
    """What has used its attempts up gets new ones, at once or at an instant."""

    job_id: str
    reason: str
    attempts: int | None = None
    due_at: datetime | None = None

    def run(self, host: Host) -> Job:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` unless it has failed."""
        held = _hold(host, self.job_id, self.reason)
        if held.job.state != "failed":
            raise Stale("job_not_failed", state=held.job.state)
        if self.attempts is not None and not 1 <= self.attempts <= MOST_ATTEMPTS:
            raise Invalid("attempts_out_of_range", field="attempts", most=MOST_ATTEMPTS)
        if self.attempts is not None:
            host.session.execute(update(JOBS).where(JOBS.c.id == self.job_id).values(max_attempts=self.attempts))
        return _move(host, held, self.due_at or host.clock.now(), "job:retry", self.reason)


@dataclass(frozen=True)
class AnswerJob:
    """The answer of an outside system entered by hand, when the system acted and its answer was lost."""

    job_id: str
    result: dict[str, Any]
    reason: str

    def run(self, host: Host) -> Job:
        """Raises `Missing`, `NotAllowed`, `Invalid` for an answer the handler would not give, `Stale`."""
        held = _hold(host, self.job_id, self.reason)
        handler = host.registry.handlers.get(held.job.name)
        if held.job.kind != "external" or held.record is None or handler is None:
            raise Invalid("job_not_external", field="job_id")
        require_active(held.record)
        answer = handler.check_answer(self.result)
        values = {"state": "done", "done_at": host.clock.now(), "lock_owner": None, "locked_until": None}
        host.session.execute(update(JOBS).where(JOBS.c.id == self.job_id).values(values))
        resolve_job(host.session, host.clock, self.job_id, host.actor.id)
        run = Run.of(host, held.record)
        with run.step(deliver_thrown) as case:
            token = case.token(held.job.token)
            run.journal.note("answered_by_hand", element_id=token.task_spec.node.id, reason=self.reason)
            case.answer(token.id, run.services.results(token.task_spec.node, answer, token.data))
        _log(host, held, "job:answer", self.reason, after=told(host, answer, sorted(answer)))
        return queries.get(host, self.job_id)


@dataclass(frozen=True)
class _Held:
    """A job that is locked together with its case, if it has one."""

    job: AnyRow
    record: InstanceRecord | None

    @property
    def path(self) -> str:
        """Where it belongs."""
        return self.record.path if self.record is not None else ROOT


def _hold(host: Host, job_id: str, reason: str) -> _Held:
    """Lock the case first, then the job, like every other command."""
    require_reason(reason)
    seen = host.session.execute(select(JOBS.c.instance_id).where(JOBS.c.id == job_id)).first()
    if seen is None:
        raise Missing("job_missing", job_id=job_id)
    case = lock_instance(host.session, seen.instance_id) if seen.instance_id is not None else None
    held = _Held(host.session.execute(select(JOBS).where(JOBS.c.id == job_id).with_for_update()).one(), case)
    allowed = host.operates_house() if case is None else host.checker.may_operate(host.actor, held.path)
    if not allowed:
        raise Missing("job_missing", job_id=job_id)
    if held.job.state not in ("waiting", "failed"):
        raise Stale("job_over", state=held.job.state)
    if held.job.locked_until is not None and held.job.locked_until > host.clock.now():
        raise Stale("job_running", job_id=job_id)
    return held


def _move(host: Host, held: _Held, due: datetime, action: str, reason: str) -> Job:
    job = held.job
    again: dict[str, Any] = {"due_at": due}
    if job.state == "failed":
        again |= {"state": "waiting", "attempts": 0}
        resolve_job(host.session, host.clock, job.id, host.actor.id)
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(again))
    note_due(host.session, [due])
    if held.record is not None and job.kind == "timer":
        _tell_case(host, held.record, job, due, reason)
    _log(host, held, action, reason, {"due_at": job.due_at.isoformat()}, {"due_at": due.isoformat()})
    return queries.get(host, job.id)


def _tell_case(host: Host, row: InstanceRecord, job: AnyRow, due: datetime, reason: str) -> None:
    """The token keeps the time too: the turns of a cycle are counted from it."""
    run = opened(host, row)
    if not run.case.has(job.token):
        raise Stale("job_over", state=job.state)
    with run.step(deliver_thrown) as case:
        # A cycle goes on from where it was put.
        case.token(job.token).internal_data.update(due=due.isoformat(), begin=due.isoformat(), turn=0)
        run.journal.note(
            "timer_moved",
            element_id=job.element_id,
            before=job.due_at.isoformat(),
            after=due.isoformat(),
            reason=reason,
        )


def _log(
    host: Host,
    held: _Held,
    action: str,
    reason: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(
        host.session, host.actor, host.clock, action, "job", held.job.id, path=held.path,
        before=before, after=after, reason=reason,
    )  # fmt: skip
