"""The part of the engine's face for who oversees tasks: how much is open, who has it, by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.commands.assign_task import AssignTask
from engine.commands.set_candidates import SetCandidates
from engine.commands.set_task import RecalculateDue, SetDue, SetPriority
from engine.face.commanding import Commanding
from engine.queries import tasks
from engine.queries.workload import workload
from engine.results.tasks import Task
from engine.results.workload import Workload


class Overseeing(Commanding):
    """Commands and queries about the tasks of others."""

    def workload(self, path: str | None = None, definition_keys: tuple[str, ...] = ()) -> Workload:
        """The open tasks that the actor oversees, by group and by person."""
        return workload(self.host, path, definition_keys)

    def find_overseen(self, task_ids: Iterable[str]) -> list[Task]:
        """Those of several tasks that are open and overseen by the actor."""
        return tasks.find_overseen(self.host, list(task_ids))

    def assign(self, task_id: str, assignee: str | None, *, reason: str = "") -> Task:
        """Give a task to a person (needs the right to oversee it)."""
        return AssignTask(task_id, assignee, reason).run(self.host)

    def set_candidates(
        self, task_id: str, groups: Sequence[str] = (), people: Sequence[str] = (), *, reason: str
    ) -> Task:
        """Offer a task to other roles and people, for who oversees it; whoever had it loses it at once."""
        return SetCandidates(task_id, tuple(groups), tuple(people), reason).run(self.host)

    def set_priority(self, task_id: str, priority: int) -> Task:
        """Change a task's priority (0 to 100)."""
        return SetPriority(task_id, priority).run(self.host)

    def set_due(self, task_id: str, due_at: datetime | None) -> Task:
        """Change a task's due instant."""
        return SetDue(task_id, due_at).run(self.host)

    def recalculate_due(self, task_id: str) -> Task:
        """Count a task's due time anew from its diagram, today's process data and today's calendar."""
        return RecalculateDue(task_id).run(self.host)
