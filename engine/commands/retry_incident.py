"""Run again what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.commands.complete_task import CompleteTask
from engine.commands.start_process import StartProcess
from engine.due import note_due
from engine.errors import Invalid, Missing, Stale
from engine.host import Host
from engine.in_hand import retry_in_hand
from engine.incidents import INCIDENTS, JOBS, to_incident
from engine.results.incidents import Incident
from engine.store.instances import lock_instance
from engine.tables.columns import AnyRow
from kernel.actor import Actor
from kernel.audit import record

MOST_ATTEMPTS = 50


@dataclass(frozen=True)
class RetryIncident:
    """A job is due at once, or at ``due_at``, with fresh attempts; a command is run as the person who gave it."""

    incident_id: str
    attempts: int | None = None
    due_at: datetime | None = None
    reason: str = ""

    def run(self, host: Host) -> Incident:
        """Raises `Missing`, `NotAllowed`, `Stale` when it is resolved, `Invalid`, `StepFailed` again."""
        row = open_incident(host, self.incident_id)
        if row.job_id is None and (self.attempts is not None or self.due_at is not None):
            raise Invalid("incident_runs_at_once", field="attempts" if self.attempts is not None else "due_at")
        values = {"state": "resolved", "resolved_at": host.clock.now(), "resolved_by": host.actor.id}
        host.session.execute(update(INCIDENTS).where(INCIDENTS.c.id == row.id).values(values))
        if row.job_id is not None:
            release_job(host, row.job_id, self.attempts, self.due_at)
        elif row.command is not None:
            retry_in_hand(host.session, row.id)
            _again(host, row.command)
        else:
            raise Invalid("incident_not_retryable", incident_id=row.id)
        record(
            host.session, host.actor, host.clock, "incident:retry", "incident", row.id, path=row.path,
            after={"attempts": self.attempts, "due_at": self.due_at and self.due_at.isoformat()},
            reason=self.reason or None,
        )  # fmt: skip
        return to_incident(host.session.execute(select(INCIDENTS).where(INCIDENTS.c.id == row.id)).one())


def open_incident(host: Host, incident_id: str) -> AnyRow:
    """Lock an incident for this transaction; raises `Missing`, `NotAllowed`, `Stale` when it is resolved."""
    session, wanted = host.session, INCIDENTS.c.id == incident_id
    seen = session.execute(
        select(INCIDENTS.c.instance_id, INCIDENTS.c.job_id, INCIDENTS.c.path).where(wanted)
    ).first()
    if seen is None or not host.checker.may_operate(host.actor, seen.path):
        raise Missing("incident_missing", incident_id=incident_id)
    # The case first, then the job, then what is said of them: everybody else locks them in this order.
    case = _case_of_job(host, seen.job_id) or seen.instance_id
    if case is not None:
        lock_instance(session, case)
    if seen.job_id is not None:
        session.execute(select(JOBS.c.id).where(JOBS.c.id == seen.job_id).with_for_update())
    row = session.execute(select(INCIDENTS).where(wanted).with_for_update()).one()
    if row.state == "resolved":
        raise Stale("incident_resolved", by=row.resolved_by, at=row.resolved_at)
    return row


def _case_of_job(host: Host, job_id: str | None) -> str | None:
    """What failed may be a step of another case, which the job's own one told something."""
    if job_id is None:
        return None
    found: str | None = host.session.execute(select(JOBS.c.instance_id).where(JOBS.c.id == job_id)).scalar()
    return found


def release_job(host: Host, job_id: str, attempts: int | None, due_at: datetime | None) -> None:
    """Let a job run again with fresh attempts, the declared number unless told; raises `Invalid`."""
    again: dict[str, Any] = {"state": "waiting", "attempts": 0, "due_at": due_at or host.clock.now()}
    if attempts is not None:
        if not 1 <= attempts <= MOST_ATTEMPTS:
            raise Invalid("attempts_out_of_range", field="attempts", most=MOST_ATTEMPTS)
        again["max_attempts"] = attempts
    stuck = (JOBS.c.id == job_id) & JOBS.c.state.in_(("failed", "waiting"))
    host.session.execute(update(JOBS).where(stuck).values(again))
    note_due(host.session, [again["due_at"]])


def _again(host: Host, command: dict[str, Any]) -> None:
    # The act stays the person's own, four eyes included; the operator's retry stands in the audit.
    person = Actor(
        command["actor_id"], command["actor_name"], is_system=True, on_behalf_of=command["on_behalf_of"]
    )
    theirs = host.acting_as(person)
    if command["name"] == "complete":
        CompleteTask(command["task_id"], command["answers"]).run(theirs)
        return
    StartProcess(
        command["key"], command["variables"], command["business_key"], command["version"], command["scope"]
    ).run(theirs)
