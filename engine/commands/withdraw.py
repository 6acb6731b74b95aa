"""Take one's task or request back (撤回): at once while nobody has acted since, with consent afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from engine.commands.going_back import short
from engine.commands.on_task import is_mine, may_see, require_work
from engine.commands.withdrawing import Taken, sit_as_beginner
from engine.errors import Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.queries import instances
from engine.results.going_back import Withdrawal, WithdrawalRights
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.seats import take_seat
from engine.store.going_back import WITHDRAWALS, find_withdrawals, standing_steps
from engine.store.instances import InstanceRecord, lock_instance, read_instance, require_active
from engine.store.tasks import get_task
from kernel.ids import new_id


@dataclass(frozen=True)
class Withdraw:
    """Whoever did a task has it again, with his answers as a draft; what was reached since ends, or is undone."""

    task_id: str
    reason: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Stale` when somebody has acted, `Invalid`, `ChangeRefused`."""
        return _withdraw(Taken.lock(host, self.task_id), self.reason)


@dataclass(frozen=True)
class WithdrawRequest:
    """Who began a case and has no task of his own in it ends it; what it did since is undone."""

    instance_id: str
    reason: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Stale` when somebody has acted, `Invalid`, `ChangeRefused`."""
        return _withdraw(Taken.lock_request(host, self.instance_id), self.reason)


@dataclass(frozen=True)
class AskToWithdraw:
    """Ask whoever holds the case now to let it go back; one request at a time."""

    task_id: str
    reason: str

    def run(self, host: Host) -> Withdrawal:
        """Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`."""
        return _ask(Taken.lock(host, self.task_id), self.reason)


@dataclass(frozen=True)
class AskToWithdrawRequest:
    """Ask whoever holds the case now to let the request end; one at a time."""

    instance_id: str
    reason: str

    def run(self, host: Host) -> Withdrawal:
        """Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`."""
        return _ask(Taken.lock_request(host, self.instance_id), self.reason)


@dataclass(frozen=True)
class AnswerWithdrawal:
    """Who holds a task that would end lets the case go back, or refuses; granting is going back at once."""

    withdrawal_id: str
    grant: bool
    answer: str = ""

    def run(self, host: Host) -> Withdrawal:
        """Raises `Missing`, `NotAllowed`, `Stale` when it was answered before, `Invalid`, `ChangeRefused`."""
        asked = _withdrawal(host, self.withdrawal_id)
        row = lock_instance(host.session, asked.instance_id)
        asked = _withdrawal(host, self.withdrawal_id)
        _require_holder(host, row, asked)
        if asked.state != "asked":
            raise Stale("withdrawal_answered", state=asked.state, by=asked.answered_by, at=asked.answered_at)
        require_active(row)
        if not self.grant and not self.answer.strip():
            raise Invalid("reason_missing", field="answer")
        taken = _taken(host, row, asked)
        values = {
            "state": "granted" if self.grant else "refused", "answered_at": host.clock.now(),
            "answered_by": host.actor.id, "answered_for": host.actor.on_behalf_of, "answer": short(self.answer),
        }  # fmt: skip
        host.session.execute(update(WITHDRAWALS).where(WITHDRAWALS.c.id == asked.id).values(values))
        if self.grant:
            taken.take_back(asked.reason, asked_by=asked.by, asked_for=asked.on_behalf_of)
        else:
            said = {"person": asked.by, "principal": asked.on_behalf_of}
            taken.note("withdrawal_refused", reason=short(self.answer), **said)
            taken.save()
        return _withdrawal(host, asked.id)


def rights(host: Host, task: Task) -> WithdrawalRights:
    """Whether the actor can take his completed task back now, has to ask, or has asked."""
    theirs = is_mine(host, task.completed_by) or is_mine(host, task.on_behalf_of)
    if task.state != "completed" or not theirs:
        return WithdrawalRights("none")
    row = read_instance(host.session, task.instance_id)
    taken = Taken(host, row, task)
    if row.state != "active" or taken.target is None or not taken.ahead():
        return WithdrawalRights("none")
    return _rights(taken)


def request_rights(host: Host, instance_id: str) -> WithdrawalRights:
    """Whether who began a case can take it back now, has to ask, or has asked; raises `Missing`."""
    row = read_instance(host.session, instance_id)
    try:
        sit_as_beginner(host, row)
    except NotAllowed:
        return WithdrawalRights("none")
    if row.state != "active":
        return WithdrawalRights("none")
    own = Taken(host, row, None).own_step()
    task = get_task(host.session, own.step.task_id) if own is not None else None
    taken = Taken(host, row, task)
    return _rights(taken) if taken.ahead() else WithdrawalRights("none")


def to_answer(host: Host, task: Task) -> list[Withdrawal]:
    """The requests that the actor can answer as holder of an open task."""
    asked = find_withdrawals(host.session, task.instance_id, state="asked")
    if task.state != "open" or not asked:
        return []
    row = read_instance(host.session, task.instance_id)
    standing = {one.step.task_id for one in standing_steps(host.session, task.instance_id)}
    mine = [one for one in asked if _may_answer(host, task, one) and (one.task_id in standing or not one.task_id)]
    return [one for one in mine if task.id in {ahead.id for ahead in _taken(host, row, one).ahead()}]


def _withdraw(taken: Taken, reason: str) -> Instance:
    _require_reason(reason)
    acted = taken.acted()
    if acted is not None:
        task_id = taken.task.id if taken.task is not None else None
        raise Stale("withdraw_needs_consent", by=acted.actor_id, at=acted.at, task_id=task_id)
    return taken.take_back(reason)


def _ask(taken: Taken, reason: str) -> Withdrawal:
    host, task = taken.host, taken.task
    _require_reason(reason)
    if taken.acted() is None:
        raise Invalid("withdraw_without_asking", task_id=task.id if task is not None else None)
    known = _asked_now(taken)
    if known is not None:
        return known
    values: dict[str, Any] = {
        "id": new_id(), "instance_id": taken.row.id, "task_id": task.id if task is not None else None,
        "reason": short(reason), "state": "asked", "at": host.clock.now(), "by": host.actor.id,
        "on_behalf_of": host.actor.on_behalf_of, "answered_at": None, "answered_by": None, "answered_for": None,
        "answer": "",
    }  # fmt: skip
    host.session.execute(insert(WITHDRAWALS).values(values))
    taken.note("withdrawal_asked", reason=short(reason))
    taken.save()
    return Withdrawal(**values)


def _rights(taken: Taken) -> WithdrawalRights:
    task_id = taken.task.id if taken.task is not None else None
    asked = [one for one in find_withdrawals(taken.host.session, taken.row.id) if one.task_id == task_id]
    last = asked[-1] if asked else None
    if last is not None and last.state == "asked":
        return WithdrawalRights("asked", last, task_id)
    return WithdrawalRights("withdraw" if taken.acted() is None else "ask", last, task_id)


def _asked_now(taken: Taken) -> Withdrawal | None:
    task_id = taken.task.id if taken.task is not None else None
    asked = find_withdrawals(taken.host.session, taken.row.id, state="asked")
    return next((one for one in asked if one.task_id == task_id), None)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")


def _withdrawal(host: Host, withdrawal_id: str) -> Withdrawal:
    row = host.session.execute(select(WITHDRAWALS).where(WITHDRAWALS.c.id == withdrawal_id)).first()
    if row is None:
        raise Missing("withdrawal_missing", withdrawal_id=withdrawal_id)
    return Withdrawal(**{name: getattr(row, name) for name in Withdrawal.__annotations__})


def _taken(host: Host, row: InstanceRecord, asked: Withdrawal) -> Taken:
    return Taken(host, row, get_task(host.session, asked.task_id) if asked.task_id is not None else None)


def _may_answer(host: Host, task: Task, asked: Withdrawal) -> bool:
    """Whether the actor may decide the task as he may complete it, perhaps in the place of somebody.

    Nobody answers what he asked for, whether for himself or for another, nor what somebody asked for him.
    """
    take_seat(host, task)
    if _has_asked(host, asked):
        return False
    try:
        require_work(host, task)
    except NotAllowed:
        return False
    return task.assignee is None or is_mine(host, task.assignee)


def _has_asked(host: Host, asked: Withdrawal) -> bool:
    return is_mine(host, asked.by) or is_mine(host, asked.on_behalf_of)


def _require_holder(host: Host, row: InstanceRecord, asked: Withdrawal) -> None:
    """Seat who answers; raises `NotAllowed` for who asked and for who holds nothing, `Missing` for strangers."""
    if _has_asked(host, asked):
        raise NotAllowed("withdrawal_is_yours", withdrawal_id=asked.id)
    taken = _taken(host, row, asked)
    if asked.state == "asked":
        if any(_may_answer(host, one, asked) for one in taken.ahead()):
            return
        is_own = _has_asked(host, asked)
        host.leave_seat()
        if not _sees(host, row, taken):
            raise Missing("withdrawal_missing", withdrawal_id=asked.id)
        raise NotAllowed("withdrawal_is_yours" if is_own else "withdrawal_not_yours", withdrawal_id=asked.id)
    if not _sees(host, row, taken) and not is_mine(host, asked.answered_by):
        raise Missing("withdrawal_missing", withdrawal_id=asked.id)


def _sees(host: Host, row: InstanceRecord, taken: Taken) -> bool:
    """Whether the actor sees what is asked for, or belongs to the case's place."""
    if any(grant.covers(row.path) for grant in host.actor.grants):
        return True
    if taken.task is not None:
        return may_see(host, taken.task)
    try:
        instances.get(host, row.id)
    except Missing:
        return False
    return True
