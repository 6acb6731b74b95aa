"""Telling people that a task is late or about to be, as its diagram orders it (预警与逾期提醒)."""

from __future__ import annotations

from engine.api import Task, TaskLate
from kernel.facts import Telling, on
from ledger.notices.operations import Telling as Told
from ledger.notices.operations import notify

_KINDS = {"warning": "due", "breach": "late"}
_CALLED = ("sale_no", "subject", "unit")


@on(TaskLate)
def tell_late(fact: TaskLate, telling: Telling) -> None:
    """Each by the channels of their choice, once for each stage and due time; who is no member of staff is not."""
    task = fact.task
    params = {
        "task": task.name,
        "case": _called(task),
        "due_at": task.due_at.isoformat() if task.due_at else "",
        "instance_id": task.instance_id,
        "task_id": task.id,
    }
    kind, key = _KINDS[fact.at], f"{task.id}:{params['due_at'][:19]}"
    labels = {"en": task.name, **task.labels}
    told = [
        Told(kind, person, key, task.path, params, labels, task_id=task.id, case_id=task.instance_id)
        for person in fact.people
    ]
    notify(telling.session, telling.clock, told)


def _called(task: Task) -> str:
    """What people call the case: its paper, its unit, else its number."""
    names = (task.facts.get(name) for name in _CALLED)
    return next((str(name) for name in names if name), task.business_key or task.name)
