"""In whose place somebody acts (代理): his own, or that of a person whom a rule lets him stand in for.

A seat is taken for one command on one task, and only when the task is his through the rule alone. There is no mode
that could be left on: the next command begins in his own place again.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.host import Host
from engine.results.tasks import Task
from engine.store.tasks import access_of
from kernel.actor import Actor

_Fits = Callable[[Host, Actor, Task], bool]


def take_seat(host: Host, task: Task) -> None:
    """Seat whoever gave the command in the place the task is his from."""
    host.leave_seat()
    if host.actor.is_system or host.substitutions is None:
        return
    for fits in (_holds, _works):
        if fits is _holds and task.assignee is None and task.completed_by is None:
            continue
        if fits(host, host.person, task):
            return
        stands = [one for one in host.stands() if one.covers(task.definition_key)]
        fitting = [one for one in stands if fits(host, one.principal, task)]
        if fitting:
            # Of several places the one that four eyes let decide.
            free = (one for one in fitting if one.principal.id not in task.excluded)
            host.take_seat(next(free, fitting[0]).seat_of(host.person))
            return


def _holds(_host: Host, actor: Actor, task: Task) -> bool:
    owner = task.owner if task.delegation == "pending" else None
    return actor.id in (task.assignee, owner, task.completed_by, task.on_behalf_of)


def _works(host: Host, actor: Actor, task: Task) -> bool:
    return host.checker.may_work(actor, access_of(task))
