"""Change a task's dates and priority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.commands.on_task import OpenTask, is_mine, open_task, require_operate, require_work
from engine.errors import Invalid
from engine.host import Host
from engine.results import Task
from engine.store.tasks import change_task


@dataclass(frozen=True)
class SetDue:
    """The due instant is the process's promise: only who may operate changes it."""

    task_id: str
    due_at: datetime | None

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`."""
        opened = open_task(host, self.task_id)
        require_operate(host, opened.task.path)
        return _set(opened, "task_due_set", before=_iso(opened.task.due_at), due_at=self.due_at)


@dataclass(frozen=True)
class SetFollowUp:
    """Snooze: hidden from the worker's list until then."""

    task_id: str
    follow_up_at: datetime | None

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`."""
        opened = open_task(host, self.task_id)
        require_work(host, opened.task)
        before = _iso(opened.task.follow_up_at)
        return _set(opened, "task_follow_up_set", before=before, follow_up_at=self.follow_up_at)


@dataclass(frozen=True)
class SetPriority:
    """From 0 to 100; the higher comes first."""

    task_id: str
    priority: int

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid`."""
        if not 0 <= self.priority <= 100:
            raise Invalid("priority_out_of_range", field="priority", lowest=0, highest=100)
        opened = open_task(host, self.task_id)
        if not is_mine(host, opened.task.assignee):
            require_operate(host, opened.task.path)
        return _set(opened, "task_priority_set", before=opened.task.priority, priority=self.priority)


def _set(opened: OpenTask, code: str, *, before: Any, **values: Any) -> Task:
    changed = change_task(opened.host.session, opened.task, **values)
    (value,) = values.values()
    opened.note(code, before=before, after=_iso(value))
    opened.save()
    return changed


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
