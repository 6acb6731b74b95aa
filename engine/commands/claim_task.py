"""Take a group's task, or give it back."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import is_mine, open_task, require_work
from engine.errors import NotAllowed, Stale
from engine.host import Host
from engine.results import Task
from engine.store.tasks import change_task


@dataclass(frozen=True)
class ClaimTask:
    """Two people claim at once: one wins, the other is told who."""

    task_id: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `NotAllowed`, and `Stale` naming who has it."""
        opened = open_task(host, self.task_id)
        task = opened.task
        if is_mine(host, task.assignee):
            return task
        if task.assignee is not None:
            raise Stale("task_claimed", by=task.assignee, at=opened.record.changed_at)
        require_work(host, task)
        changed = change_task(host.session, task, assignee=host.actor.id)
        opened.note("task_claimed")
        opened.save()
        return changed


@dataclass(frozen=True)
class UnclaimTask:
    """The group sees the task again."""

    task_id: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, and `NotAllowed` for somebody else's task."""
        opened = open_task(host, self.task_id)
        task = opened.task
        if not is_mine(host, task.assignee) and not host.checker.may_operate(host.actor, task.path):
            raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)
        changed = change_task(host.session, task, assignee=None, owner=None, delegation=None)
        opened.note("task_unclaimed", former=task.assignee)
        opened.save()
        return changed
