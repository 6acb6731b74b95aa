"""Hand a task over to somebody else for good."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import OpenTask, is_mine, open_task, require_hold
from engine.errors import Invalid
from engine.host import Host
from engine.people import person_at, works_by_role
from engine.results.tasks import Task
from engine.signing.holding import require_not_held
from engine.store.holders import had_before
from engine.store.tasks import change_task
from kernel.audit import record


@dataclass(frozen=True)
class HandOver:
    """Whoever has the task, or may take it, gives it to another person, who then has it alone (转办).

    Who may do the step by role or by name needs no reason. Anybody else who sees the node does, and so does
    somebody who had this very step before: it must not go round in circles unsaid.
    """

    task_id: str
    to: str
    reason: str = ""

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed` (also against four eyes), `Invalid` for the person or reason."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_hold(host, task)
        require_not_held(task)
        self._require_fit(opened)
        changed = change_task(host.session, task, assignee=self.to, owner=None, delegation=None, follow_up_at=None)
        reason = self.reason.strip() or None
        opened.note("task_handed_over", former=task.assignee, assignee=self.to, reason=reason)
        opened.save()
        record(
            host.session, host.actor, host.clock, "task:hand_over", "task", task.id, path=task.path,
            before={"assignee": task.assignee}, after={"assignee": self.to}, reason=reason,
        )  # fmt: skip
        return changed

    def _require_fit(self, opened: OpenTask) -> None:
        host, task = opened.host, opened.task
        if is_mine(host, self.to) or self.to == task.assignee:
            raise Invalid("hand_over_to_holder", field="to", staff=self.to)
        person = person_at(host, self.to, task, field="to")
        if self.reason.strip():
            return
        if not works_by_role(host, person, task):
            raise Invalid("hand_over_outsider", field="reason", staff=self.to)
        if had_before(host.session, task, self.to):
            raise Invalid("hand_over_back", field="reason", staff=self.to)
