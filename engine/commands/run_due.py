"""Fire timers that are due, oldest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from engine.commands.clean_history import clean_up
from engine.commands.definition_control import turn_definition
from engine.commands.escalate import escalate
from engine.commands.kept_starts import start_kept
from engine.commands.offer_anew import offer_anew
from engine.commands.publish import deliver_thrown
from engine.commands.timer_starts import fire_start
from engine.errors import KeyturnError, StepFailed
from engine.host import Host
from engine.in_hand import take_in_hand
from engine.incidents import resolve_job
from engine.running.run import Run, as_system
from engine.store.instances import InstanceRecord, lock_free_instance
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import CLEAN_UP, DEFINITION_TURN, ESCALATION, OFFER_ANEW, START_KEPT, TIMER_START, JobRow
from engine.tracing import frames_of

JOBS = table_of(JobRow)
_LOOKED_AT = 20
_WITHOUT_CASE: dict[str, Callable[[Host, AnyRow], None]] = {
    TIMER_START: fire_start,
    START_KEPT: lambda host, job: start_kept(host, job, deliver_thrown),
    DEFINITION_TURN: turn_definition,
    CLEAN_UP: clean_up,
    OFFER_ANEW: offer_anew,
}


@dataclass(frozen=True)
class RunDue:
    """Picking costs by what is due, not by what waits; two workers never take the same job."""

    now: datetime
    limit: int = 1

    def run(self, host: Host) -> int:
        """How many were run; raises `StepFailed` naming the job when one fails."""
        done = 0
        while done < self.limit:
            found = self.next_due(host)
            if found is None:
                break
            take_in_hand(host.session, found[0].id)
            _fire(as_system(host), *found)
            if found[0].attempts:
                resolve_job(host.session, host.clock, found[0].id, "system")
            done += 1
        return done

    def next_due(self, host: Host) -> tuple[AnyRow, InstanceRecord | None] | None:
        """The oldest due timer that nobody else has, locked with its instance; None without one."""
        due = (JOBS.c.state == "waiting") & (JOBS.c.due_at <= self.now)
        ours = JOBS.c.kind.in_(("timer", ESCALATION, *_WITHOUT_CASE)) & JOBS.c.suspended.is_(False)
        oldest = select(JOBS.c.id, JOBS.c.instance_id).where(due, ours).order_by(JOBS.c.due_at, JOBS.c.id)
        for found in host.session.execute(oldest.limit(_LOOKED_AT)).all():
            # The instance comes first, as in every command: who locks its job before it meets them head-on.
            starts = found.instance_id is None
            record = None if starts else lock_free_instance(host.session, found.instance_id)
            if record is None and not starts:
                continue
            still = select(JOBS).where(JOBS.c.id == found.id, due, ours).with_for_update(skip_locked=True)
            job = host.session.execute(still).first()
            if job is not None:
                return job, record
        return None


def _fire(host: Host, job: AnyRow, record: InstanceRecord | None) -> None:
    if record is None:
        _WITHOUT_CASE[job.kind](host, job)
        return
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(state="done", done_at=host.clock.now()))
    if record.state != "active":
        return
    try:
        run = Run.of(host, record, job_id=job.id)
        if job.kind == ESCALATION:
            escalate(run, job)
            return
        waits = [wait for wait in run.case.waits() if wait.row == job.id]
    except Exception as fault:
        # A case that cannot even be read must be put off too, or it keeps all later timers from firing.
        raise _unreadable(record, job, fault) from fault
    if not waits:
        return
    with run.step(deliver_thrown) as case:
        run.services.note("timer_fired", waits[0].node, waits[0].token, None)
        case.fire(waits[0].token, {})


def _unreadable(record: InstanceRecord, job: AnyRow, fault: Exception) -> StepFailed:
    told = fault if isinstance(fault, KeyturnError) else None
    return StepFailed(
        instance_id=record.id,
        element_id=job.element_id or "",
        element_name=job.element_id or "",
        error_type=type(fault).__name__,
        message_code=told.code if told else "unexpected",
        message_params=told.params if told else {},
        definition_key=record.definition_key,
        scope=record.path,
        job_id=job.id,
        command=None,
        trace=frames_of(fault),
    )
