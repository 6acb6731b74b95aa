"""Let somebody prepare a task; its owner keeps the duty and completes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import is_mine, open_task, require_work, with_another
from engine.entering import entered
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.people import person_at
from engine.results.tasks import Task
from engine.signing.holding import require_not_held
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
        _require_right(host, task)
        require_not_held(task)
        owner = task.owner or task.assignee or host.duty
        if is_mine(host, self.delegate_id) or self.delegate_id == owner:
            raise Invalid("delegate_to_self", field="delegate_id")
        person_at(host, self.delegate_id, task, field="delegate_id")
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
        fields = entered(host, task.form_key, prepared, {})
        opened.note("task_resolved", delegate=task.assignee, owner=task.owner, **fields)
        opened.save()
        return changed


def _require_right(host: Host, task: Task) -> None:
    """Its owner may ask somebody else, and whoever prepares it may pass that on."""
    if task.delegation == "pending" and is_mine(host, task.owner):
        return
    require_work(host, task)
    if task.assignee is not None and not is_mine(host, task.assignee):
        raise with_another(task)
