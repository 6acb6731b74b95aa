"""Who had a step: by the history of its task, and by what was completed at its element before."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.results.tasks import Task
from engine.store.journal import TABLE as HISTORY
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow

_HANDED = "task_handed_over"
_TOOK = ("task_claimed", "task_assigned", _HANDED)


def had_before(session: Session, task: Task, person: str) -> bool:
    """Whether somebody held this task earlier, or completed an earlier round of the same step of the case."""
    rounds = select(TASKS.c.completed_by).where(
        TASKS.c.instance_id == task.instance_id,
        TASKS.c.element_id == task.element_id,
        TASKS.c.state == "completed",
        TASKS.c.completed_by == person,
    )
    return held(session, task, person) or session.execute(rounds.limit(1)).first() is not None


def held(session: Session, task: Task, person: str) -> bool:
    """Whether somebody held this task earlier, or gave it on."""
    holders: set[str] = set()
    for event in _turns(session, task):
        former = event.actor_id if event.code == "task_claimed" else event.params.get("former")
        holders |= {former or event.actor_id, event.params.get("assignee") or ""}
    return person in holders


def was_handed(session: Session, task: Task, person: str) -> bool:
    """Whether somebody has a task because it was handed over to him, and nothing else came after that."""
    turns = _turns(session, task)
    return bool(turns) and turns[-1].code == _HANDED and turns[-1].params.get("assignee") == person


def _turns(session: Session, task: Task) -> list[AnyRow]:
    """What gave the task to whom, oldest first."""
    query = select(HISTORY.c.code, HISTORY.c.actor_id, HISTORY.c.params).where(
        HISTORY.c.instance_id == task.instance_id, HISTORY.c.task_id == task.id, HISTORY.c.code.in_(_TOOK)
    )
    return list(session.execute(query.order_by(HISTORY.c.seq)).all())
