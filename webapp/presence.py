"""Who is looking at a task: told by its open page every few seconds, forgotten soon after it has gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.columns import Instant
from kernel.database import Base, is_sqlite

_KEPT = timedelta(seconds=45)
_FORGOTTEN = timedelta(minutes=10)


class Looking(Base):
    """Somebody has a task's page open; it tells so again before ``until``."""

    __tablename__ = "webapp_looking"

    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    until: Mapped[Instant] = mapped_column(index=True)


def note_looking(session: Session, task_id: str, person_id: str, now: datetime) -> None:
    """Somebody is looking now, and for `_KEPT` unless told again."""
    until = now + _KEPT
    insert = (sqlite.insert if is_sqlite(session) else postgresql.insert)(Looking)
    insert = insert.values(task_id=task_id, person_id=person_id, until=until)
    session.execute(insert.on_conflict_do_update(index_elements=["task_id", "person_id"], set_={"until": until}))


def lookers(session: Session, now: datetime, task_ids: Sequence[str], *, but: str) -> dict[str, list[str]]:
    """Who looks at each of some tasks, somebody aside; one query for a page."""
    others = Looking.task_id.in_(task_ids) & (Looking.until > now) & (Looking.person_id != but)
    found: dict[str, list[str]] = {}
    for row in session.execute(select(Looking.task_id, Looking.person_id).where(others)):
        found.setdefault(row.task_id, []).append(row.person_id)
    return found


def forget_lookers(session: Session, now: datetime) -> None:
    """Drop those who have long gone."""
    session.execute(delete(Looking).where(Looking.until < now - _FORGOTTEN))
