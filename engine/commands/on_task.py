"""What commands on an open task begin with: lock its instance, then read it fresh, then check rights."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Missing, NotAllowed, Stale
from engine.host import Host
from engine.queries.turns import who_moved, why_cancelled
from engine.results.tasks import Task
from engine.seats import take_seat
from engine.store.instances import InstanceRecord, require_active, save_instance
from engine.store.journal import Journal
from engine.store.tasks import access_of, lock_task


@dataclass
class OpenTask:
    """An open task of a running instance, locked for this transaction, as `LockedTask` says."""

    host: Host
    record: InstanceRecord
    task: Task
    token: int
    troubled: bool
    attachments: tuple[str, ...]
    has_work: bool
    journal: Journal

    def note(self, code: str, **params: object) -> None:
        """Note a history event about the task."""
        task = self.task
        self.journal.actor = self.host.actor  # Who operates has left the seat that the task gave him.
        self.journal.note(code, element_id=task.element_id, element_name=task.name, task_id=task.id, **params)

    def save(self) -> None:
        """Write history and the instance's revision."""
        save_instance(self.host.session, self.host.clock, self.record)
        self.journal.write(self.host.session)


def open_task(host: Host, task_id: str) -> OpenTask:
    """Lock and read, and seat a substitute in the place that the task is his from.

    Raises `NotAllowed` for somebody of the same node who is no candidate, `Missing` for anybody from elsewhere,
    `Stale` when the task or its instance is no longer open.
    """
    found = lock_task(host.session, task_id)
    require_seen(host, found.task)
    require_open(host, found.task)
    require_active(found.record)
    return OpenTask(host, **vars(found), journal=Journal(found.record, host.actor, host.clock))


def require_seen(host: Host, task: Task) -> None:
    """Seat a substitute; raise `NotAllowed` for who is no candidate at the same node, `Missing` for others."""
    take_seat(host, task)
    if may_see(host, task):
        return
    if any(grant.covers(task.path) for grant in host.actor.grants):
        raise NotAllowed("not_a_candidate", task_id=task.id)
    raise Missing("task_missing", task_id=task.id)


def require_open(host: Host, task: Task) -> None:
    """Raise `Stale` for a task that is done or no longer needed, with who did what when."""
    if task.state == "open":
        return
    at = task.completed_at
    if task.state == "completed":
        raise Stale("task_closed", state=task.state, by=task.completed_by, at=at)
    code, cause = why_cancelled(host.session, task)
    raise Stale(code, state=task.state, at=at, **cause)


def may_see(host: Host, task: Task) -> bool:
    """Whether the actor works on, owns, oversees or may operate the task."""
    if any(is_mine(host, person) for person in (task.owner, task.completed_by, task.on_behalf_of)):
        return True
    return host.checker.may_work(host.actor, access_of(task)) or host.checker.may_oversee(host.actor, task.path)


def require_work(host: Host, task: Task) -> None:
    """Raise `NotAllowed` unless the actor may work on the task; four eyes beat every right."""
    for person in (host.actor.id, host.actor.on_behalf_of):
        if person is not None and person in task.excluded:
            raise NotAllowed("four_eyes", task_id=task.id, person=person)
    if not host.checker.may_work(host.actor, access_of(task)):
        raise NotAllowed("not_a_candidate", task_id=task.id)


def require_decision(host: Host, opened: OpenTask, revision: int | None = None) -> None:
    """Raise unless the actor may decide the task as he may complete it."""
    task = opened.task
    if revision is not None and revision != task.revision:
        raise _changed(host, opened)
    if task.delegation == "pending" and not is_mine(host, task.owner):
        raise NotAllowed("task_delegated", task_id=task.id, owner=task.owner)
    require_work(host, task)
    taken = task.assignee is not None and task.delegation != "pending" and not is_mine(host, task.assignee)
    if taken and not host.actor.is_system:
        raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)


def _changed(host: Host, opened: OpenTask) -> Stale:
    """Why a form is out of date: somebody else has the task now, or its facts are others."""
    task, moved = opened.task, None
    if task.assignee is not None and not is_mine(host, task.assignee):
        moved = who_moved(host.session, task)
    if moved is None:
        return Stale("task_changed", at=opened.record.changed_at, revision=task.revision)
    if moved["by"] == task.assignee:
        return Stale("task_claimed", by=moved["by"], at=moved["at"])
    return Stale("task_moved", assignee=task.assignee, by=moved["by"], at=moved["at"])


def require_operate(host: Host, path: str) -> None:
    """Raise `NotAllowed` unless the person may operate at a node; operating is nobody's to hand on."""
    host.leave_seat()
    if not host.checker.may_operate(host.actor, path):
        raise NotAllowed("operate_missing", path=path)


def require_oversee(host: Host, path: str) -> None:
    """Raise `NotAllowed` unless the person oversees the tasks at a node, which is nobody's to hand on."""
    host.leave_seat()
    if not host.checker.may_oversee(host.actor, path):
        raise NotAllowed("oversee_missing", path=path)


def require_hold(host: Host, task: Task) -> None:
    """Raise `NotAllowed` unless the task is the actor's, or is nobody's and the actor may take it.

    A task that somebody prepares is its owner's.
    """
    if task.delegation == "pending" and is_mine(host, task.owner):
        return
    require_work(host, task)
    if task.delegation == "pending":
        raise NotAllowed("task_delegated", task_id=task.id, owner=task.owner)
    if task.assignee is not None and not is_mine(host, task.assignee):
        raise with_another(task)


def with_another(task: Task) -> NotAllowed:
    """The refusal for a task that somebody else has."""
    return NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)


def is_mine(host: Host, person: str | None) -> bool:
    """Whether a person is the actor or whom the actor stands in for."""
    return person is not None and person in (host.actor.id, host.actor.on_behalf_of)
