"""Change a task's dates and priority."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.commands.on_task import OpenTask, is_mine, open_task, require_operate, require_work
from engine.definitions.model import UserTask
from engine.errors import Invalid
from engine.host import Host
from engine.results.tasks import Task
from engine.running.due_times import StandingClock, warning_time
from engine.running.escalating import move_stages
from engine.running.run import Run
from engine.running.waits import TaskWriter
from engine.store.snoozing import bring_back, put_off
from engine.store.tasks import change_task, warn_rule


@dataclass(frozen=True)
class SetDue:
    """The due instant is the process's promise: only who may operate changes it."""

    task_id: str
    due_at: datetime | None

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`."""
        opened = open_task(host, self.task_id)
        require_operate(host, opened.task.path)
        place, warn = host.place(opened.task.path), warn_rule(host.session, opened.task.id)
        begin = opened.task.created_at
        warn_at = warning_time(self.due_at, warn, begin, place) if self.due_at and warn else None
        return _set_due(opened, {"due_at": self.due_at, "due_rule": None, "warn_at": warn_at})


@dataclass(frozen=True)
class RecalculateDue:
    """The due time anew from diagram, today's process data and today's calendar, counted from the beginning."""

    task_id: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid` when the diagram gives none."""
        opened = open_task(host, self.task_id)
        require_operate(host, opened.task.path)
        run = Run.of(replace(host, clock=StandingClock(opened.task.created_at)), opened.record)
        token = run.case.token(opened.token)
        times = TaskWriter(run.case, run.services).times(token.task_spec.node.task or UserTask(), token.data)
        if times["due_at"] is None:
            raise Invalid("due_not_drawn", field="task_id")
        return _set_due(opened, {name: times[name] for name in ("due_at", "due_rule", "warn_rule", "warn_at")})


def _set_due(opened: OpenTask, values: dict[str, Any]) -> Task:
    """Change the due time and move what escalates with it."""
    host, before = opened.host, _iso(opened.task.due_at)
    changed = change_task(host.session, opened.task, **values)
    opened.note("task_due_set", before=before, after=_iso(values["due_at"]))
    opened.save()
    case = Run.of(host, opened.record).case
    settings = case.token(opened.token).task_spec.node.task if case.has(opened.token) else None
    if settings is not None and settings.escalations:
        move_stages(host, opened.record, opened.task.id, opened.token, values, settings)
    return changed


@dataclass(frozen=True)
class SetFollowUp:
    """Snooze: hidden from its holder's list until then; a group's task from the list of who put it off alone."""

    task_id: str
    follow_up_at: datetime | None

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`."""
        opened = open_task(host, self.task_id)
        require_work(host, opened.task)
        if opened.task.assignee is None:
            return self._for_one(host, opened)
        before = _iso(opened.task.follow_up_at)
        return _set(opened, "task_follow_up_set", before=before, follow_up_at=self.follow_up_at)

    def _for_one(self, host: Host, opened: OpenTask) -> Task:
        """A mark of the person's own, of which the case knows nothing; what hid it from all anybody takes off."""
        task, person = opened.task, host.person.id
        if self.follow_up_at is not None:
            put_off(host.session, person, task.id, self.follow_up_at)
            return replace(task, follow_up_at=self.follow_up_at)
        bring_back(host.session, person, task.id)
        if task.follow_up_at is None:
            return task
        return _set(opened, "task_follow_up_set", before=_iso(task.follow_up_at), follow_up_at=None)


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
