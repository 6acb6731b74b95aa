"""The part of the engine's face about what people watch: following, what they have opened, who began a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.commands.ask_for_work import AskForWork
from engine.commands.follow import FollowCase, FollowTask, SeeTask
from engine.commands.on_task import may_see
from engine.face.commanding import Commanding
from engine.queries import instances, sub_tasks
from engine.queries.lost import lost
from engine.results.instances import Instance
from engine.results.tasks import LostTask, Marks, SubTask, Task
from engine.seats import take_seat
from engine.store import following
from engine.store.snoozing import until_when


class Watching(Commanding):
    """Marks of the actor's own on tasks and cases."""

    def follow_task(self, task_id: str, *, on: bool = True) -> None:
        """Follow a task, or no longer; raises `Missing`."""
        FollowTask(task_id, on).run(self.host)

    def follow_case(self, instance_id: str, *, on: bool = True) -> None:
        """Follow a case with all its tasks, or no longer; raises `Missing`."""
        FollowCase(instance_id, on).run(self.host)

    def follows_case(self, instance_id: str) -> bool:
        """Whether the actor follows a case."""
        return following.follows_case(self.host.session, self.host.actor.id, instance_id)

    def see_task(self, task_id: str) -> None:
        """Note that the actor has opened a task; raises `Missing`."""
        SeeTask(task_id).run(self.host)

    def marks(self, tasks: Sequence[Task]) -> Marks:
        """What the actor has opened, follows and has put off among the tasks of a page; three statements."""
        session, person = self.host.session, self.host.actor.id
        seen = following.seen_among(session, person, [task.id for task in tasks])
        offered = [task.id for task in tasks if task.assignee is None]
        put_off = until_when(session, self.host.person.id, offered)
        return Marks(seen, following.followed_among(session, person, tasks), put_off)

    def may_open(self, task: Task) -> bool:
        """Whether the actor may look into a task, not only at the case it belongs to."""
        host = self.host
        take_seat(host, task)
        return may_see(host, task)

    def lost_task(self, task_id: str) -> LostTask:
        """What took from the actor a task that he worked on; raises `Missing` for any other."""
        return lost(self.host, task_id)

    def standing(self, cases: Sequence[Instance]) -> dict[str, list[Task]]:
        """Where some cases stand that were found before: their open tasks, by case; one statement."""
        return instances.standing(self.host, [case.id for case in cases])

    def ask_for_work(self, task_id: str, key: str, answers: Mapping[str, Any]) -> Instance:
        """Ask for a piece of work under a task that one has, by beginning a case of the process ``key``."""
        return AskForWork(task_id, key, dict(answers)).run(self.host)

    def sub_tasks(self, task_id: str) -> list[SubTask]:
        """What was asked for under a task and how it stands; raises `Missing`."""
        return sub_tasks.sub_tasks(self.host, task_id)

    def work_above(self, instance_id: str) -> str | None:
        """The task under which a case was begun, if the actor may see it; raises `Missing` for an unseen case."""
        return sub_tasks.work_above(self.host, instance_id)

    def starters(self, tasks: Sequence[Task]) -> dict[str, str]:
        """Who began the case of each of some tasks that were found before: case → person; one statement."""
        return instances.starters(self.host.session, {task.instance_id for task in tasks})
