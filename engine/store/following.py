"""Marks of people on tasks and cases: written once, found in one statement for a whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.results.tasks import Task
from engine.tables.columns import table_of
from engine.tables.following import WHOLE_CASE, FollowRow, SeenRow
from kernel.database import is_sqlite

FOLLOWS = table_of(FollowRow)
SEEN = table_of(SeenRow)


def follow(session: Session, person: str, instance_id: str, task_id: str, since: datetime) -> None:
    """Follow a task, or a case when ``task_id`` is `WHOLE_CASE`; a second time changes nothing."""
    values = {"person": person, "instance_id": instance_id, "task_id": task_id, "since": since}
    session.execute(_insert(session)(FOLLOWS).values(values).on_conflict_do_nothing())


def unfollow(session: Session, person: str, instance_id: str, task_id: str) -> None:
    """Follow it no longer."""
    mine = (FOLLOWS.c.person == person) & (FOLLOWS.c.instance_id == instance_id)
    session.execute(delete(FOLLOWS).where(mine, FOLLOWS.c.task_id == task_id))


def note_seen(session: Session, person: str, task_id: str, at: datetime) -> None:
    """Note that somebody has opened a task; the first time counts."""
    values = {"person": person, "task_id": task_id, "at": at}
    session.execute(_insert(session)(SEEN).values(values).on_conflict_do_nothing())


def followed_among(session: Session, person: str, tasks: Sequence[Task]) -> frozenset[str]:
    """Which of some tasks somebody follows, for themselves or with their case."""
    cases = {task.instance_id for task in tasks}
    mine = (FOLLOWS.c.person == person) & FOLLOWS.c.instance_id.in_(cases)
    rows = session.execute(select(FOLLOWS.c.instance_id, FOLLOWS.c.task_id).where(mine)) if cases else ()
    found = {(row.instance_id, row.task_id) for row in rows}
    return frozenset(t.id for t in tasks if (t.instance_id, t.id) in found or (t.instance_id, WHOLE_CASE) in found)


@dataclass(frozen=True)
class Followed:
    """What some people follow: whole cases, single tasks, and the cases of either; ids."""

    cases: tuple[str, ...]
    tasks: tuple[str, ...]
    all_cases: tuple[str, ...]


def followed_by(session: Session, people: Sequence[str]) -> Followed:
    """The cases and the single tasks that some people follow."""
    rows = session.execute(select(FOLLOWS.c.instance_id, FOLLOWS.c.task_id).where(FOLLOWS.c.person.in_(people)))
    pairs = [(row.instance_id, row.task_id) for row in rows]
    return Followed(
        cases=tuple(case for case, task in pairs if task == WHOLE_CASE),
        tasks=tuple(task for _, task in pairs if task != WHOLE_CASE),
        all_cases=tuple(dict.fromkeys(case for case, _ in pairs)),
    )


def follows_case(session: Session, person: str, instance_id: str) -> bool:
    """Whether somebody follows a whole case."""
    mine = (FOLLOWS.c.person == person) & (FOLLOWS.c.instance_id == instance_id)
    return (
        session.execute(select(FOLLOWS.c.person).where(mine, FOLLOWS.c.task_id == WHOLE_CASE)).first() is not None
    )


def seen_among(session: Session, person: str, task_ids: Sequence[str]) -> frozenset[str]:
    """Which of some tasks somebody has opened."""
    if not task_ids:
        return frozenset()
    mine = (SEEN.c.person == person) & SEEN.c.task_id.in_(task_ids)
    return frozenset(session.scalars(select(SEEN.c.task_id).where(mine)))


def _insert(session: Session) -> type[sqlite.Insert] | type[postgresql.Insert]:
    return sqlite.Insert if is_sqlite(session) else postgresql.Insert
