"""End an instance with everything that waits in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, update

from engine.commands.on_task import require_operate
from engine.errors import Invalid, Stale
from engine.host import Host
from engine.results.instances import Instance
from engine.running.ending import end_case
from engine.store.instances import LIVE, InstanceRecord, lock_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import table_of
from engine.tables.work import ESCALATION, JobRow, SubscriptionRow
from kernel.audit import record

JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)


@dataclass(frozen=True)
class CancelInstance:
    """Its tasks, timers and subscriptions go; messages already on their way outside are still delivered."""

    instance_id: str
    reason: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Invalid` without a reason, `Stale` when it has ended."""
        if not self.reason.strip():
            raise Invalid("reason_missing", field="reason")
        row = lock_instance(host.session, self.instance_id)
        require_operate(host, row.path)
        if row.state not in LIVE:
            raise Stale("instance_not_active", instance_id=row.id, state=row.state, at=row.changed_at)
        _end(host, row, self.reason)
        record(
            host.session, host.actor, host.clock, "instance:cancel", "instance", row.id, path=row.path,
            reason=self.reason,
        )  # fmt: skip
        return row.result()


def _end(host: Host, row: InstanceRecord, reason: str) -> None:
    now, session = host.clock.now(), host.session
    open_tasks = (TASKS.c.instance_id == row.id) & (TASKS.c.state == "open")
    closed = {"state": "cancelled", "completed_at": now, "revision": TASKS.c.revision + 1}
    session.execute(update(TASKS).where(open_tasks).values(closed))
    waiting = (JOBS.c.instance_id == row.id) & JOBS.c.kind.in_(("timer", "external", ESCALATION))
    not_over = JOBS.c.state.in_(("waiting", "failed"))
    session.execute(update(JOBS).where(waiting, not_over).values(state="cancelled", done_at=now))
    session.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.instance_id == row.id))
    journal = Journal(row, host.actor, host.clock)
    journal.note("instance_cancelled", reason=reason)
    end_case(host, row, "cancelled", reason)
    save_instance(session, host.clock, row)
    journal.write(session)
