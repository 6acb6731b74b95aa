"""The part of the engine's face that answers about tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.face.commanding import Commanding
from engine.queries import due_reasons, substituting, tasks, turns
from engine.queries.rights import rights
from engine.results.paging import Page, PageOf
from engine.results.tasks import Task, TaskDetail, TaskFilter, TaskRights
from engine.results.waiting import DueReason


class ReadingTasks(Commanding):
    """Queries about tasks that the actor may see."""

    def find_tasks(self, task_filter: TaskFilter | None = None, page: Page | None = None) -> PageOf[Task]:
        """Tasks the viewer may see."""
        wanted = task_filter or TaskFilter()
        if wanted.box == substituting.BOX:
            return substituting.find(self.host, wanted, page or Page())
        return tasks.find(self.host, wanted, page or Page())

    def count_tasks(self, task_filter: TaskFilter) -> int:
        """How many tasks fit, counted up to `COUNT_CAP` + 1."""
        if task_filter.box == substituting.BOX:
            return substituting.count(self.host, task_filter)
        return tasks.count(self.host, task_filter)

    def substitutes_for(self) -> list[str]:
        """The ids of those whom the actor stands in for at this moment."""
        return [stand.principal.id for stand in self.host.stands()]

    def get_task(self, task_id: str) -> TaskDetail:
        """A task with its instance, variables and comments; raises `Missing` outside the actor's scope."""
        return tasks.get(self.host, task_id)

    def look_at(self, task_id: str) -> Task:
        """A task alone, in one statement; raises `Missing` outside the actor's scope."""
        return tasks.one(self.host, task_id)

    def why_cancelled(self, task: Task) -> tuple[str, dict[str, Any]]:
        """The code and parameters of what made a cancelled task unnecessary: a person, an event, the end."""
        return turns.why_cancelled(self.host.session, task)

    def rights_on(self, found: Sequence[Task]) -> list[TaskRights]:
        """What the actor may do with each of some tasks; the commands check the same again."""
        return [rights(self.host, task) for task in found]

    def why_due(self, task_id: str) -> DueReason:
        """Why a task is due when it is."""
        return due_reasons.of_task(self.host, task_id)
