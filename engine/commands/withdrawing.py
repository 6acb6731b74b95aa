"""What somebody wants back: a task that he completed, or the whole request that he began."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from engine.changing.calling_off import call_off
from engine.changing.migration import against
from engine.commands.by_hand import gone_on
from engine.commands.going_back import back_to, go, short
from engine.commands.on_task import is_mine, may_see
from engine.errors import ChangeRefused, Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.queries import instances
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.running.run import Run
from engine.seats import take_seat
from engine.store.going_back import Standing, elements_done, place_of, standing_steps
from engine.store.instances import InstanceRecord, lock_instance, require_active, save_instance
from engine.store.journal import TABLE as HISTORY
from engine.store.journal import Journal
from engine.store.tasks import COLUMNS, TABLE, get_task, to_task
from engine.tables.columns import AnyRow
from kernel.actor import SYSTEM
from kernel.audit import record

_ACTS = ("task", "sign", "vote")
# What others may have done without deciding anything.
_NO_ACTS = (
    "task_created", "task_claimed", "task_unclaimed", "task_passed", "task_raised", "task_urged",
    "task_urged_above", "task_copied", "task_read", "task_assigned", "task_offered", "task_follow_up_set",
)  # fmt: skip


class Taken:
    """A completed task with the case it belongs to; without a task the whole case, as its beginner's request."""

    def __init__(self, host: Host, row: InstanceRecord, task: Task | None) -> None:
        self.host = host
        self.row = row
        self.task = task
        self.standing = standing_steps(host.session, row.id)
        self.target = self._target()
        self.journal = Journal(row, host.actor, host.clock)

    def _target(self) -> Standing | None:
        task = self.task
        if task is None:
            return None
        return next((one for one in self.standing if one.step.task_id == task.id and not one.step.passed), None)

    @classmethod
    def lock(cls, host: Host, task_id: str) -> Taken:
        """The task of the actor with its instance locked; refuses what is nobody else's to take back."""
        task = get_task(host.session, task_id)
        row = lock_instance(host.session, task.instance_id)
        task = get_task(host.session, task_id)
        take_seat(host, task)
        if not may_see(host, task):
            raise Missing("task_missing", task_id=task_id)
        if task.state != "completed":
            raise Stale("withdraw_not_done", task_id=task_id, state=task.state)
        if not is_mine(host, task.completed_by) and not is_mine(host, task.on_behalf_of):
            raise NotAllowed("withdraw_of_another", task_id=task_id, by=task.completed_by)
        require_active(row)
        taken = cls(host, row, task)
        if taken.target is None:
            raise Stale("withdraw_gone_back", task_id=task_id)
        return taken

    @classmethod
    def lock_request(cls, host: Host, instance_id: str) -> Taken:
        """The request that the actor began, its instance locked; one with a task of his own goes back to that."""
        row = lock_instance(host.session, instance_id)
        sit_as_beginner(host, row)
        require_active(row)
        taken = cls(host, row, None)
        own = taken.own_step()
        if own is not None:
            raise Invalid("withdraw_your_task", task_id=own.step.task_id)
        return taken

    def own_step(self) -> Standing | None:
        """The last step of the actor's own that still stands."""
        own = [
            one
            for one in self.standing
            if not one.step.passed
            and not one.step.added
            and (is_mine(self.host, one.step.by) or is_mine(self.host, one.step.on_behalf_of))
        ]
        return own[-1] if own else None

    def acted(self) -> AnyRow | None:
        """The first act since of somebody else, or of somebody who stood in for one."""
        me = [person for person in (self.host.actor.id, self.host.actor.on_behalf_of) if person]
        since = self.target.seq if self.target is not None else 0
        for_whom = func.coalesce(HISTORY.c.on_behalf_of, HISTORY.c.actor_id)
        others = for_whom.not_in([*me, SYSTEM.id]) & or_(*map(HISTORY.c.code.startswith, _ACTS))
        query = (
            select(HISTORY.c.actor_id, HISTORY.c.at)
            .where(HISTORY.c.instance_id == self.row.id, HISTORY.c.seq > since, others)
            .where(HISTORY.c.code.not_in(_NO_ACTS))
            .order_by(HISTORY.c.seq)
            .limit(1)
        )
        return self.host.session.execute(query).first()

    def ahead(self) -> list[Task]:
        """The open tasks that the case has reached since."""
        where = (TABLE.c.instance_id == self.row.id) & (TABLE.c.state == "open")
        if self.task is not None:
            scope = place_of(self.host.session, self.task.id)[0] or 0
            where &= (TABLE.c.created_at >= self.task.completed_at) & (TABLE.c.scope_token >= scope)
        return [to_task(one) for one in self.host.session.execute(select(*COLUMNS).where(where))]

    def note(self, code: str, **params: Any) -> None:
        """A history event about the task, or about the request."""
        task = self.task
        if task is None:
            self.journal.note(f"request_{code}", **params)
        else:
            named = {"element_id": task.element_id, "element_name": task.name, "task_id": task.id}
            self.journal.note(code, **named, **params)

    def save(self) -> None:
        """Write the history and the instance's revision."""
        save_instance(self.host.session, self.host.clock, self.row)
        self.journal.write(self.host.session)

    def take_back(self, reason: str, *, asked_by: str | None = None, asked_for: str | None = None) -> Instance:
        """Go back to the task, or let the request end as if it had not been made."""
        host, task = self.host, self.task
        run = Run.of(host, self.row)
        told = {"reason": short(reason), "person": asked_by, "principal": asked_for}
        if task is None:
            self._call_off(run, told)
        else:
            target = self.target
            if target is None:
                raise Stale("withdraw_gone_back", task_id=task.id)
            code = "withdrawal_granted" if asked_by is not None else "task_withdrawn"
            named = {"element_id": task.element_id, "element_name": task.name, "task_id": task.id}
            run.journal.note(code, to_task=task.id, **named, **told)
            go(host, run, target, back_to(target), lambda: None)
        subject = ("task:withdraw", "task", task.id) if task else ("instance:withdraw", "instance", self.row.id)
        record(
            host.session, host.actor, host.clock, *subject, path=self.row.path,
            after={"asked_by": asked_by}, reason=short(reason),
        )  # fmt: skip
        return self.row.result(run.open_tasks)

    def _call_off(self, run: Run, told: dict[str, Any]) -> None:
        host = self.host
        run.called_off = {name: value for name, value in told.items() if value is not None}
        with host.session.begin_nested():
            findings = call_off(run.case, elements_done(host.session, self.row.id, 0), host.registry)
            findings = findings or gone_on(run)
            if not findings and not run.case.completed:
                waits = [wait.node for wait in run.case.waits()]
                findings = [against("call_off_waits", node) for node in waits]
            if findings:
                raise ChangeRefused(findings)


def sit_as_beginner(host: Host, row: InstanceRecord) -> None:
    """Seat whoever stands in for who began a case; raises `NotAllowed` for others who see it, `Missing` else."""
    host.leave_seat()
    if is_mine(host, row.started_by):
        return
    for stand in host.stands():
        if stand.principal.id == row.started_by and stand.covers(row.definition_key):
            host.take_seat(stand.seat_of(host.person))
            return
    instances.get(host, row.id)
    raise NotAllowed("withdraw_request_of_another", instance_id=row.id, by=row.started_by)
