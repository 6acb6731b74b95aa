"""Take a group's task, or give it back."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import OpenTask, is_mine, open_task, require_work
from engine.errors import Invalid, NotAllowed, Stale
from engine.host import Host
from engine.results.tasks import Task
from engine.signing.holding import require_not_held
from engine.store.tasks import change_task


@dataclass(frozen=True)
class ClaimTask:
    """Two people claim at once: one wins, the other is told who.

    A substitute takes it for the person he stands in for, who has it when the rule has ended.
    """

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
        changed = change_task(host.session, task, assignee=host.duty)
        opened.note("task_claimed")
        opened.save()
        return changed


@dataclass(frozen=True)
class UnclaimTask:
    """The group sees the task again.

    While somebody prepares it, it goes back to its owner instead: whether the delegate gives it back unprepared or
    the owner takes it back.
    """

    task_id: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed` for another's task, `Invalid` where no group would see it."""
        opened = open_task(host, self.task_id)
        task = opened.task
        if task.delegation == "pending" and (is_mine(host, task.assignee) or is_mine(host, task.owner)):
            return _back_to_owner(opened)
        if not is_mine(host, task.assignee) and not host.checker.may_operate(host.actor, task.path):
            raise NotAllowed("task_of_another", task_id=task.id, assignee=task.assignee)
        if not task.candidates:
            raise Invalid("task_without_group", task_id=task.id)
        require_not_held(task)
        changed = change_task(host.session, task, assignee=None, owner=None, delegation=None, follow_up_at=None)
        opened.note("task_unclaimed", former=task.assignee, owner=task.owner)
        opened.save()
        return changed


def _back_to_owner(opened: OpenTask) -> Task:
    task, host = opened.task, opened.host
    changed = change_task(host.session, task, assignee=task.owner, delegation=None)
    gave_back = is_mine(host, task.assignee)
    code = "task_given_back" if gave_back else "task_taken_back"
    opened.note(code, delegate=task.assignee, owner=task.owner)
    opened.save()
    return changed
