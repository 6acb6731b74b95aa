"""Let somebody prepare a task; its owner keeps the duty and completes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import is_mine, open_task, require_work
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.results import Task
from engine.store.tasks import change_task
from engine.values import checked


@dataclass(frozen=True)
class DelegateTask:
    """The delegate becomes assignee but cannot complete."""

    task_id: str
    delegate_id: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid` for delegating to oneself."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_work(host, task)
        if task.assignee is not None and not is_mine(host, task.assignee):
            raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)
        if is_mine(host, self.delegate_id):
            raise Invalid("delegate_to_self", field="delegate_id")
        if self.delegate_id in task.excluded:
            raise NotAllowed("four_eyes", task_id=task.id, person=self.delegate_id)
        owner = task.owner or task.assignee or host.actor.id
        changed = change_task(host.session, task, owner=owner, assignee=self.delegate_id, delegation="pending")
        opened.note("task_delegated", owner=owner, delegate=self.delegate_id)
        opened.save()
        return changed


@dataclass(frozen=True)
class ResolveTask:
    """The owner gets the task back with what the delegate prepared."""

    task_id: str
    answers: dict[str, Any]

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid` when nothing was delegated."""
        opened = open_task(host, self.task_id)
        task = opened.task
        if task.delegation != "pending":
            raise Invalid("task_not_delegated", task_id=task.id)
        if not is_mine(host, task.assignee):
            raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)
        prepared = checked(self.answers, "answers")
        values: dict[str, Any] = {"assignee": task.owner, "delegation": "resolved"}
        if prepared:
            values["draft"] = prepared
        changed = change_task(host.session, task, **values)
        opened.note("task_resolved", delegate=task.assignee, owner=task.owner)
        opened.save()
        return changed
