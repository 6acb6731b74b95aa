"""What somebody may do with a task; the commands check the same again."""

from __future__ import annotations

from engine.host import Host
from engine.queries.task_visibility import people_of
from engine.results.tasks import Task, TaskRights
from engine.signing.holding import PLANNED, is_held
from engine.store.tasks import access_of


def rights(host: Host, task: Task) -> TaskRights:
    """The rights of the actor, and of whom he stands in for."""
    people = set(people_of(host.actor))
    is_open, is_theirs = task.state == "open", task.assignee in people
    barred = bool(people & set(task.excluded))
    works = is_open and not barred and host.checker.may_work(host.actor, access_of(task))
    prepared = task.delegation == "pending"
    owns = prepared and task.owner in people
    holds = works and (owns if prepared else task.assignee is None or is_theirs)
    free = not is_held(task)
    waits = not free or task.held == PLANNED
    return TaskRights(
        complete=holds and free,
        claim=works and task.assignee is None,
        unclaim=is_open and is_theirs and bool(task.candidates) and free and not prepared,
        barred=is_open and barred,
        hand_over=holds and free,
        delegate=holds and free,
        resolve=is_open and prepared and is_theirs,
        take_back=is_open and owns,
        add_signers=holds and free and not prepared and task.parent_id is None,
        withdraw_signing=is_open and waits and (is_theirs or host.checker.may_operate(host.actor, task.path)),
    )
