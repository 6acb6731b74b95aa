"""Drafts: kept and dropped beside their task, which they never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.tables.columns import table_of
from engine.tables.drafts import DraftRow
from kernel.database import is_sqlite

TABLE = table_of(DraftRow)


def keep_draft(session: Session, task_id: str, person_id: str, answers: dict[str, Any], at: datetime) -> None:
    """Write somebody's draft over the one before; ``at`` is UTC."""
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    values = {"answers": answers, "saved_at": at}
    statement = insert(TABLE).values(task_id=task_id, person_id=person_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["task_id", "person_id"], set_=values))


def drop_draft(session: Session, task_id: str, person_id: str) -> None:
    """Forget somebody's draft; that there is none is no fault."""
    session.execute(delete(TABLE).where(TABLE.c.task_id == task_id, TABLE.c.person_id == person_id))
