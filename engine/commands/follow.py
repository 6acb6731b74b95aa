"""Follow tasks and cases, and note what has been opened: marks of one's own, which no history tells."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import may_see
from engine.errors import Missing
from engine.host import Host
from engine.queries import instances
from engine.seats import take_seat
from engine.store import following
from engine.store.tasks import get_task
from engine.tables.following import WHOLE_CASE


@dataclass(frozen=True)
class FollowTask:
    """Follow (关注) one task, or no longer."""

    task_id: str
    on: bool

    def run(self, host: Host) -> None:
        """Raises `Missing` for a task that the actor may not see."""
        task = get_task(host.session, self.task_id)
        take_seat(host, task)
        if self.on and not may_see(host, task):
            raise Missing("task_missing", task_id=self.task_id)
        _set(host, task.instance_id, task.id, on=self.on)


@dataclass(frozen=True)
class FollowCase:
    """Follow a case with whatever it comes to, or no longer."""

    instance_id: str
    on: bool

    def run(self, host: Host) -> None:
        """Raises `Missing` for a case that the actor may not see."""
        instances.get(host, self.instance_id)
        _set(host, self.instance_id, WHOLE_CASE, on=self.on)


@dataclass(frozen=True)
class SeeTask:
    """Note that the actor has opened a task."""

    task_id: str

    def run(self, host: Host) -> None:
        """Raises `Missing` for a task that the actor may not see."""
        task = get_task(host.session, self.task_id)
        take_seat(host, task)
        if not may_see(host, task):
            raise Missing("task_missing", task_id=self.task_id)
        following.note_seen(host.session, host.actor.id, self.task_id, host.clock.now())


def _set(host: Host, instance_id: str, task_id: str, *, on: bool) -> None:
    person = host.actor.id
    if on:
        following.follow(host.session, person, instance_id, task_id, host.clock.now())
    else:
        following.unfollow(host.session, person, instance_id, task_id)
