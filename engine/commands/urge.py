"""Urge who has a task, or may take it (催办): limited in rate, kept in the history, and heard above in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.commands.on_task import is_mine, may_see, require_open
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.queries import instances
from engine.results.tasks import Task
from engine.seats import take_seat
from engine.store.instances import require_active, save_instance
from engine.store.journal import TABLE as HISTORY
from engine.store.journal import Journal
from engine.store.tasks import access_of, lock_task
from kernel.audit import record

ESCALATES_AT = 3
LONGEST = 200


@dataclass(frozen=True)
class Urged:
    """How often a task has been urged, when it may be again, and whether who stands above is told."""

    times: int
    again_at: datetime
    escalated: bool


@dataclass(frozen=True)
class Urge:
    """Whoever may see the case may urge, but not who could do the task himself; ``every`` is the least pause."""

    task_id: str
    every: timedelta
    note: str = ""

    def run(self, host: Host) -> Urged:
        """Raises `Missing`, `Stale` for a task that is done, `NotAllowed`, `Invalid` when it is too soon."""
        found = lock_task(host.session, self.task_id)
        row, task = found.record, found.task
        _sit(host, task)
        require_open(host, task)
        require_active(row)
        _require_other(host, task)
        if len(self.note) > LONGEST:
            raise Invalid("urge_note_length", field="note", longest=LONGEST)
        times = self._times(host)
        escalated = times == ESCALATES_AT
        journal = Journal(row, host.actor, host.clock)
        code = "task_urged_above" if escalated else "task_urged"
        told = {"element_id": task.element_id, "element_name": task.name, "task_id": task.id}
        journal.note(code, **told, times=times, note=self.note.strip() or None)
        save_instance(host.session, host.clock, row)
        journal.write(host.session)
        after = {"times": times, "escalated": escalated}
        record(host.session, host.actor, host.clock, "task:urge", "task", task.id, path=task.path, after=after)
        return Urged(times, host.clock.now() + self.every, escalated)

    def _times(self, host: Host) -> int:
        urged = HISTORY.c.code.in_(("task_urged", "task_urged_above"))
        query = select(HISTORY.c.at, HISTORY.c.actor_id).where(HISTORY.c.task_id == self.task_id, urged)
        earlier = host.session.execute(query.order_by(HISTORY.c.seq)).all()
        if earlier and earlier[-1].at + self.every > host.clock.now():
            last = earlier[-1]
            raise Invalid("urged_lately", by=last.actor_id, at=last.at, again_at=last.at + self.every)
        return len(earlier) + 1


def _sit(host: Host, task: Task) -> None:
    """Seat who could do the task for another there; whom four eyes keep out, where he sees the case from."""
    take_seat(host, task)
    barred = any(is_mine(host, person) for person in task.excluded)
    if barred or not may_see(host, task):
        host.leave_seat()
        instances.take_seat(host, task.instance_id)


def _require_other(host: Host, task: Task) -> None:
    """Nobody urges himself; who may take the task shall take it."""
    if is_mine(host, task.assignee):
        raise NotAllowed("urge_own")
    barred = any(is_mine(host, person) for person in task.excluded)
    if task.assignee is None and not barred and host.checker.may_work(host.actor, access_of(task)):
        raise NotAllowed("urge_takeable")
