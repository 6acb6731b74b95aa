"""Halt an instance and let it go on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from engine.commands.on_task import require_operate
from engine.commands.publish import deliver_thrown
from engine.due import note_due
from engine.errors import Stale
from engine.host import Host
from engine.results.instances import Instance
from engine.running.run import Run, as_system
from engine.spiff.relink import go_on
from engine.store.instances import lock_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import open_task_ids
from engine.tables.columns import table_of
from engine.tables.work import JobRow
from kernel.audit import record

JOBS = table_of(JobRow)


@dataclass(frozen=True)
class SuspendInstance:
    """No task can be completed, no message is received, no timer fires."""

    instance_id: str
    reason: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Stale` unless it is active."""
        return _turn(host, self.instance_id, "active", "suspended", self.reason)


@dataclass(frozen=True)
class ResumeInstance:
    """Timers that fell due meanwhile fire once each, in order; messages that came meanwhile are received."""

    instance_id: str
    reason: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Stale` unless it is suspended, `StepFailed`."""
        turned = _turn(host, self.instance_id, "suspended", "active", self.reason)
        return _go_on(host, turned)


def _go_on(host: Host, turned: Instance) -> Instance:
    """Receive what was kept while it was suspended, and let go what a change of its version set free."""
    run = Run.of(as_system(host), lock_instance(host.session, turned.id))
    with run.step(deliver_thrown, ask_again=True) as case:
        go_on(case)
    return run.record.result(run.open_tasks)


def _turn(host: Host, instance_id: str, before: str, after: str, reason: str) -> Instance:
    row = lock_instance(host.session, instance_id)
    require_operate(host, row.path)
    if row.state != before:
        raise Stale("instance_in_other_state", instance_id=row.id, state=row.state, at=row.changed_at)
    row.state, row.reason = after, reason
    halted = (JOBS.c.instance_id == row.id) & (JOBS.c.state == "waiting") & (JOBS.c.kind != "message_out")
    host.session.execute(update(JOBS).where(halted).values(suspended=after == "suspended"))
    if after == "active":
        note_due(host.session, [host.clock.now()])
    journal = Journal(row, host.actor, host.clock)
    code = "instance_suspended" if after == "suspended" else "instance_resumed"
    journal.note(code, reason=reason)
    save_instance(host.session, host.clock, row)
    journal.write(host.session)
    record(
        host.session, host.actor, host.clock, code.replace("_", ":"), "instance", row.id, path=row.path,
        reason=reason,
    )  # fmt: skip
    return row.result(open_task_ids(host.session, row.id))
