"""Whom a task can be given to: people of its node whom four eyes do not keep out."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.results.tasks import Task
from engine.store.holders import was_handed
from engine.store.tasks import access_of
from kernel.actor import Actor


def person_at(host: Host, staff_id: str, task: Task, *, field: str) -> Actor:
    """The person, who sees the task's node and may take part in it.

    Raises `Invalid` for nobody, a closed account or somebody from elsewhere, `NotAllowed` against four eyes.
    """
    person = host.directory.person(staff_id)
    if person is None:
        raise Invalid("person_missing", field=field)
    if staff_id in task.excluded:
        raise NotAllowed("four_eyes_of", task_id=task.id, staff=staff_id)
    if not any(grant.covers(task.path) for grant in person.grants):
        raise Invalid("person_elsewhere", field=field, staff=staff_id)
    return person


def works_by_role(host: Host, person: Actor, task: Task) -> bool:
    """Whether somebody may do the step without having been given it: a candidate by role or by name."""
    return host.checker.may_work(person, replace(access_of(task), assignee=None, owner=None))


def entitled(host: Host, task: Task) -> str | None:
    """Why the actor may decide a task that is his: ``role``, ``handed`` over to him, or None for neither."""
    if host.actor.is_system or works_by_role(host, host.actor, task):
        return "role"
    # A task that nobody has touched was handed over by nobody either.
    if task.revision == 1:
        return None
    return "handed" if was_handed(host.session, task, host.actor.id) else None
