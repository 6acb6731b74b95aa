"""Give a task to a person."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import open_task, require_oversee
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.people import person_at, works_by_role
from engine.results.tasks import Task
from engine.signing.holding import is_held
from engine.store.tasks import change_task
from kernel.audit import record


@dataclass(frozen=True)
class AssignTask:
    """The former assignee loses it at once; who gave it and why is kept. None gives it back to the group.

    Who operates may give it to anybody whom four eyes allow; who only oversees, to those who may do the step by
    role or by name: overseeing must not hand out rights.
    """

    task_id: str
    assignee: str | None
    reason: str = ""

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `Invalid`, and `NotAllowed` without the right or against four eyes."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_oversee(host, task.path)
        if self.assignee in task.excluded:
            raise NotAllowed("four_eyes_of", task_id=task.id, staff=self.assignee)
        if self.assignee is not None and not host.checker.may_operate(host.actor, task.path):
            self._require_candidate(host, task, self.assignee)
        if self.assignee is None and not task.candidates:
            raise Invalid("task_without_group", task_id=task.id)
        if task.assignee == self.assignee:
            return task
        # What its former holder put off is not put off for the next; one that others decide sleeps on.
        awake = {} if is_held(task) else {"follow_up_at": None}
        changed = change_task(host.session, task, assignee=self.assignee, owner=None, delegation=None, **awake)
        opened.note("task_assigned", former=task.assignee, assignee=self.assignee, reason=self.reason or None)
        opened.save()
        record(
            host.session, host.actor, host.clock, "task:assign", "task", task.id, path=task.path,
            before={"assignee": task.assignee}, after={"assignee": self.assignee}, reason=self.reason or None,
        )  # fmt: skip
        return changed

    def _require_candidate(self, host: Host, task: Task, staff_id: str) -> None:
        person = person_at(host, staff_id, task, field="staff_id")
        if not works_by_role(host, person, task):
            raise Invalid("assignee_no_candidate", field="staff_id", staff=staff_id)
