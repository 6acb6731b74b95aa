"""A task that somebody worked on and may no longer see: what took it from him, and what he had typed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.on_task import may_see
from engine.errors import Missing
from engine.host import Host
from engine.queries.turns import why_cancelled
from engine.results.tasks import LostTask, Task
from engine.seats import take_seat
from engine.store.drafts import TABLE as DRAFTS
from engine.store.holders import held
from engine.store.journal import TABLE as HISTORY
from engine.store.tasks import get_task

_MOVED = ("task_assigned", "task_handed_over", "task_handed_to_role", "task_claimed", "task_unclaimed")


def lost(host: Host, task_id: str) -> LostTask:
    """In four statements at most. Raises `Missing` for a task that the actor may see or never worked on.

    Who has typed into its form or has held it knows of it; he is told nothing of the case.
    """
    task = get_task(host.session, task_id)
    take_seat(host, task)
    if may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    mine = (DRAFTS.c.task_id == task_id) & (DRAFTS.c.person_id == host.actor.id)
    typed = host.session.execute(select(DRAFTS.c.answers).where(mine)).scalar_one_or_none()
    if typed is None and not held(host.session, task, host.actor.id):
        raise Missing("task_missing", task_id=task_id)
    code, params = _cause(host.session, task)
    return LostTask(task.id, task.form_key, dict(typed or {}), code, params)


def _cause(session: Session, task: Task) -> tuple[str, dict[str, Any]]:
    at = {"at": task.completed_at}
    if task.state == "completed":
        return "task_closed", {"by": task.completed_by, **at}
    if task.state == "cancelled":
        code, cause = why_cancelled(session, task)
        return code, {**at, **cause}
    return _move(session, task)


def _move(session: Session, task: Task) -> tuple[str, dict[str, Any]]:
    """Who gave the open task to whom, or that it went to another role; rights may also have been taken away."""
    query = select(HISTORY.c.code, HISTORY.c.actor_id, HISTORY.c.at, HISTORY.c.params).where(
        HISTORY.c.task_id == task.id, HISTORY.c.code.in_(_MOVED)
    )
    last = session.execute(query.order_by(HISTORY.c.seq.desc()).limit(1)).first()
    if last is not None and last.code == "task_handed_to_role":
        return "task_went_to_role", {"role": last.params.get("role"), "at": last.at}
    if last is None or (last.code == "task_claimed" and task.assignee is None):
        return "task_not_yours", {}
    if task.assignee is None:
        return "task_put_back", {"by": last.actor_id, "at": last.at}
    if last.actor_id == task.assignee:
        return "task_claimed", {"by": last.actor_id, "at": last.at}
    return "task_moved", {"assignee": task.assignee, "by": last.actor_id, "at": last.at}
