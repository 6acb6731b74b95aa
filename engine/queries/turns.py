"""What turned a task away from somebody who was about to act on it, read from the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.results.tasks import Task
from engine.store.journal import TABLE as HISTORY

_BY_EVENT = ("timer_fired", "event_received", "condition_met")
_BY_PERSON = (
    "task_completed", "task_returned", "task_withdrawn", "withdrawal_granted", "instance_withdrawn",
    "instance_modified", "instance_migrated", "answered_by_hand",
)  # fmt: skip
_CASE_OVER = "instance_cancelled"
# Whatever makes open tasks of a case unnecessary.
TURNED = (_CASE_OVER, *_BY_EVENT, *_BY_PERSON)
# A command takes a moment: what it ends and what it says about it are not at quite the same instant.
_MOMENT = timedelta(seconds=2)
_MOVES_NOTHING = ("task_created", "task_due_set", "task_follow_up_set", "task_priority_set")


def why_cancelled(session: Session, task: Task) -> tuple[str, dict[str, Any]]:
    """The code of a refusal, and who or which event was the cause of a task's end; one statement."""
    if task.parent_id is not None and (over := _signing_over(session, task)) is not None:
        return "task_signed_without", over
    before = (HISTORY.c.instance_id == task.instance_id) & (HISTORY.c.at <= task.completed_at)
    turned = HISTORY.c.code.in_(TURNED)
    query = select(HISTORY.c.code, HISTORY.c.actor_id, HISTORY.c.element_name, HISTORY.c.element_id)
    cause = session.execute(query.where(before, turned).order_by(HISTORY.c.seq.desc()).limit(1)).first()
    if cause is None:
        return "task_not_needed", {}
    if cause.code == _CASE_OVER:
        return "task_case_cancelled", {"by": cause.actor_id}
    if cause.code in _BY_EVENT:
        return "task_overtaken", {"event": cause.element_name or cause.element_id}
    return "task_cancelled", {"by": cause.actor_id}


def _signing_over(session: Session, task: Task) -> dict[str, Any] | None:
    """Who ended the signing that a task was part of, when that was what ended the task."""
    if task.completed_at is None:
        return None
    near = HISTORY.c.at.between(task.completed_at - _MOMENT, task.completed_at + _MOMENT)
    same = (HISTORY.c.instance_id == task.instance_id) & near
    query = select(HISTORY.c.actor_id).where(same, HISTORY.c.code.in_(("signing_over", "signing_withdrawn")))
    found = session.execute(query.limit(1)).first()
    return {"by": found.actor_id} if found is not None else None


def who_moved(session: Session, task: Task) -> dict[str, Any] | None:
    """Who last took, gave or handed on a task, how and when; None when nobody did. One statement."""
    moved = HISTORY.c.code.like("task\\_%", escape="\\") & HISTORY.c.code.not_in(_MOVES_NOTHING)
    query = select(HISTORY.c.code, HISTORY.c.actor_id, HISTORY.c.at).where(HISTORY.c.task_id == task.id, moved)
    last = session.execute(query.order_by(HISTORY.c.seq.desc()).limit(1)).first()
    return {"how": last.code, "by": last.actor_id, "at": last.at} if last is not None else None
