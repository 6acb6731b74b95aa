"""Group tasks that one person has put off for himself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.tables.columns import table_of
from engine.tables.following import SnoozeRow
from kernel.database import is_sqlite

SNOOZES = table_of(SnoozeRow)


def put_off(session: Session, person: str, task_id: str, until: datetime) -> None:
    """Hide a task from one person's lists until an instant."""
    values = {"person": person, "task_id": task_id, "until": until}
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(
        make(SNOOZES)
        .values(values)
        .on_conflict_do_update(index_elements=["person", "task_id"], set_={"until": until})
    )


def bring_back(session: Session, person: str, task_id: str) -> None:
    """Show a task to one person again."""
    session.execute(delete(SNOOZES).where(SNOOZES.c.person == person, SNOOZES.c.task_id == task_id))


def put_off_by(person: Any, now: Any) -> Select[Any]:
    """The ids of the tasks that somebody has put off beyond now."""
    return select(SNOOZES.c.task_id).where(SNOOZES.c.person == person, SNOOZES.c.until > now)


def until_when(session: Session, person: str, task_ids: Iterable[str]) -> dict[str, datetime]:
    """Until when somebody has put off which of some tasks."""
    mine = (SNOOZES.c.person == person) & SNOOZES.c.task_id.in_(list(task_ids))
    return {
        row.task_id: row.until for row in session.execute(select(SNOOZES.c.task_id, SNOOZES.c.until).where(mine))
    }
