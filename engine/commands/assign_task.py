"""Give a task to a person."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import open_task, require_operate
from engine.errors import NotAllowed
from engine.host import Host
from engine.results import Task
from engine.store.tasks import change_task
from kernel.audit import record


@dataclass(frozen=True)
class AssignTask:
    """The former assignee loses it at once; who gave it and why is kept. None gives it back to the group."""

    task_id: str
    assignee: str | None
    reason: str = ""

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, and `NotAllowed` without the right or against four eyes."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_operate(host, task.path)
        if self.assignee in task.excluded:
            raise NotAllowed("four_eyes", task_id=task.id, person=self.assignee)
        changed = change_task(host.session, task, assignee=self.assignee, owner=None, delegation=None)
        opened.note("task_assigned", former=task.assignee, assignee=self.assignee, reason=self.reason or None)
        opened.save()
        record(
            host.session, host.actor, host.clock, "task:assign", "task", task.id, path=task.path,
            before={"assignee": task.assignee}, after={"assignee": self.assignee}, reason=self.reason or None,
        )  # fmt: skip
        return changed
