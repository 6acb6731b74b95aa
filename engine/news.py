"""What happened that people may have to be told of, for whoever tells them after the commit.

New tasks come by their ids, which are ordered by time, so that a step writes nothing for them. What happens less
often leaves a pointer to its history event (`engine.store.journal`), which `take_news` takes away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from engine.queries.turns import TURNED
from engine.results.history import HistoryEvent
from engine.results.tasks import Task
from engine.store.tasks import COLUMNS, to_task
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import table_of
from engine.tables.instances import HistoryRow, InstanceRow
from engine.tables.news import NewsRow

NEWS = table_of(NewsRow)
HISTORY = table_of(HistoryRow)
INSTANCES = table_of(InstanceRow)


@dataclass(frozen=True)
class CaseTold:
    """What tells one case from another: its process, where it belongs, who began it, its facts."""

    id: str
    definition_key: str
    path: str
    business_key: str | None
    started_by: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class News:
    """A history event with its case."""

    event: HistoryEvent
    case: CaseTold


def has_news(session: Session) -> bool:
    """Whether any event waits to be told."""
    return session.execute(select(NEWS.c.id).limit(1)).first() is not None


def take_news(session: Session, most: int) -> list[News]:
    """Take the oldest events off the list; they are told in this transaction or not at all."""
    rows = session.execute(
        select(NEWS.c.id, NEWS.c.instance_id, NEWS.c.seq)
        .order_by(NEWS.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return []
    session.execute(delete(NEWS).where(NEWS.c.id.in_([row.id for row in rows])))
    found = [_news(session, row.instance_id, row.seq) for row in rows]
    return [news for news in found if news is not None]


def new_task_ids(session: Session, after: str, most: int) -> list[str]:
    """The ids of tasks that were made after an id, open or not, the oldest first."""
    query = select(TASKS.c.id).where(TASKS.c.id > after).order_by(TASKS.c.id).limit(most)
    return list(session.execute(query).scalars())


def tasks_by_id(session: Session, ids: Sequence[str]) -> dict[str, Task]:
    """Several tasks, whatever their state."""
    rows = session.execute(select(*COLUMNS).where(TASKS.c.id.in_(list(ids)))).all()
    return {task.id: task for task in map(to_task, rows)}


def tasks_due(
    session: Session, after: datetime, until: datetime, most: int, *, unwarned: bool = False
) -> list[Task]:
    """Open tasks that are due after an instant and up to another; each is in no other such span.

    ``unwarned`` leaves out those whose diagram says itself when to warn.
    """
    due = (TASKS.c.state == "open") & (TASKS.c.far_due > after) & (TASKS.c.far_due <= until)
    if unwarned:
        due &= TASKS.c.warn_at.is_(None)
    rows = session.execute(select(*COLUMNS).where(due).order_by(TASKS.c.far_due).limit(most)).all()
    return [to_task(row) for row in rows]


def done_before(session: Session, task: Task) -> set[str]:
    """Who completed an earlier task at the same step of the same case, and for whom."""
    earlier = (
        (TASKS.c.instance_id == task.instance_id)
        & (TASKS.c.state == "completed")
        & (TASKS.c.element_id == task.element_id)
        & (TASKS.c.id < task.id)
    )
    rows = session.execute(select(TASKS.c.completed_by, TASKS.c.on_behalf_of).where(earlier))
    return {person for row in rows for person in row if person}


def was_taken(session: Session, task: Task) -> bool:
    """Whether who has a task took it himself, or somebody who stands in for him did."""
    for_whom = func.coalesce(HISTORY.c.on_behalf_of, HISTORY.c.actor_id)
    taken = (HISTORY.c.task_id == task.id) & (HISTORY.c.code == "task_claimed") & (for_whom == task.assignee)
    return session.execute(select(HISTORY.c.seq).where(taken).limit(1)).first() is not None


def would_end(session: Session, instance_id: str, task_id: str | None) -> list[Task]:
    """The open tasks of a case that end if it goes back to a completed task, or without one if it is withdrawn."""
    ahead = (TASKS.c.instance_id == instance_id) & (TASKS.c.state == "open")
    if task_id is not None:
        done = tasks_by_id(session, [task_id])[task_id]
        ahead &= TASKS.c.created_at >= done.completed_at
    return [to_task(row) for row in session.execute(select(*COLUMNS).where(ahead).order_by(TASKS.c.id)).all()]


def taken_back_by(session: Session, news: News) -> list[Task]:
    """The tasks of a case that ended unfinished by an event, before anything else turned the case.

    A command takes a moment, so what it ends is a little later than what it says that it does.
    """
    case, event = news.case.id, news.event
    later = (HISTORY.c.instance_id == case) & (HISTORY.c.seq > event.seq) & HISTORY.c.code.in_(TURNED)
    until = session.execute(select(func.min(HISTORY.c.at)).where(later)).scalar()
    gone = (TASKS.c.instance_id == case) & (TASKS.c.state == "cancelled")
    gone &= or_(
        (TASKS.c.created_at < event.at) & (TASKS.c.completed_at >= event.at), TASKS.c.completed_at == event.at
    )
    if until is not None:
        gone &= TASKS.c.completed_at < until
    return [to_task(row) for row in session.execute(select(*COLUMNS).where(gone)).all()]


def _news(session: Session, instance_id: str, seq: int) -> News | None:
    where = (HISTORY.c.instance_id == instance_id) & (HISTORY.c.seq == seq)
    columns = (INSTANCES.c.definition_key, INSTANCES.c.path, INSTANCES.c.business_key, INSTANCES.c.started_by)
    query = select(HISTORY, *columns, INSTANCES.c.facts).join(INSTANCES, INSTANCES.c.id == HISTORY.c.instance_id)
    row = session.execute(query.where(where)).first()
    if row is None:
        return None
    event = HistoryEvent(
        row.seq, row.at, row.code, row.element_id, row.element_name, row.task_id, row.actor_id, row.on_behalf_of,
        dict(row.params),
    )  # fmt: skip
    case = CaseTold(instance_id, row.definition_key, row.path, row.business_key, row.started_by, dict(row.facts))
    return News(event, case)
