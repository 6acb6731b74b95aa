"""Ask colleagues for a piece of work under one's task (子任务); where that is the rule, the task waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import open_task, require_hold
from engine.commands.start_process import StartProcess
from engine.errors import Invalid
from engine.host import Host
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.store.sub_tasks import count_open, put_under
from kernel.audit import record

MOST = 50


@dataclass(frozen=True)
class AskForWork:
    """Whoever has a task begins a case of the process ``key`` under it, at its place: for others to do.

    What is asked for stands in the same inbox under its own process's rules; nobody sees more of the task by it.
    """

    task_id: str
    key: str
    answers: dict[str, Any]

    def run(self, host: Host) -> Instance:
        """The new case. Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`, `AnswersInvalid`, `StepFailed`."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_hold(host, task)
        if count_open(host.session, task.id) >= MOST:
            raise Invalid("sub_tasks_too_many", task_id=task.id, most=MOST)
        begun = StartProcess(self.key, self.answers, None, None, task.path).run(host)
        put_under(host.session, begun.id, task.id, host.actor, host.clock.now())
        opened.note("work_asked", case=begun.id)
        opened.save()
        record(
            host.session, host.actor, host.clock, "task:ask_for_work", "task", task.id, path=task.path,
            after={"instance": begun.id, "process": self.key},
        )  # fmt: skip
        return begun


def require_work_done(host: Host, task: Task) -> None:
    """Raise `Invalid` while work under a task is open, where its place has such a task wait."""
    left = count_open(host.session, task.id)
    if left and host.directory.waits_for_work(task.path):
        raise Invalid("sub_tasks_open", task_id=task.id, count=left)
