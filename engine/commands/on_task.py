"""What commands on an open task begin with: lock its instance, then read it fresh, then check rights."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Missing, NotAllowed, Stale
from engine.host import Host
from engine.results import Task
from engine.store.instances import InstanceRecord, require_active, save_instance
from engine.store.journal import Journal
from engine.store.tasks import access_of, lock_task


@dataclass
class OpenTask:
    """An open task of a running instance, locked for this transaction."""

    host: Host
    record: InstanceRecord
    task: Task
    token: int
    troubled: bool
    journal: Journal

    def note(self, code: str, **params: object) -> None:
        """Note a history event about the task."""
        task = self.task
        self.journal.note(code, element_id=task.element_id, element_name=task.name, task_id=task.id, **params)

    def save(self) -> None:
        """Write history and the instance's revision."""
        save_instance(self.host.session, self.host.clock, self.record)
        self.journal.write(self.host.session)


def open_task(host: Host, task_id: str) -> OpenTask:
    """Lock and read.

    Raises `NotAllowed` for somebody of the same node who is no candidate, `Missing` for anybody from elsewhere,
    `Stale` when the task or its instance is no longer open.
    """
    record, task, token, troubled = lock_task(host.session, task_id)
    if not may_see(host, task):
        if any(grant.covers(task.path) for grant in host.actor.grants):
            raise NotAllowed("not_a_candidate", task_id=task_id)
        raise Missing("task_missing", task_id=task_id)
    if task.state != "open":
        raise Stale("task_closed", state=task.state, by=task.completed_by, at=task.completed_at)
    require_active(record)
    return OpenTask(host, record, task, token, troubled, Journal(record, host.actor, host.clock))


def may_see(host: Host, task: Task) -> bool:
    """Whether the actor works on, owns, oversees or may operate the task."""
    if is_mine(host, task.owner) or is_mine(host, task.completed_by):
        return True
    return host.checker.may_work(host.actor, access_of(task)) or host.checker.may_operate(host.actor, task.path)


def require_work(host: Host, task: Task) -> None:
    """Raise `NotAllowed` unless the actor may work on the task; four eyes beat every right."""
    for person in (host.actor.id, host.actor.on_behalf_of):
        if person is not None and person in task.excluded:
            raise NotAllowed("four_eyes", task_id=task.id, person=person)
    if not host.checker.may_work(host.actor, access_of(task)):
        raise NotAllowed("not_a_candidate", task_id=task.id)


def require_operate(host: Host, path: str) -> None:
    """Raise `NotAllowed` unless the actor may operate at a node."""
    if not host.checker.may_operate(host.actor, path):
        raise NotAllowed("operate_missing", path=path)


def is_mine(host: Host, person: str | None) -> bool:
    """Whether a person is the actor or whom the actor stands in for."""
    return person is not None and person in (host.actor.id, host.actor.on_behalf_of)
