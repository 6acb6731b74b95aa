"""What operators decided about all versions of a process."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.errors import Stale
from engine.tables.columns import AnyRow, table_of
from engine.tables.keeping import ControlRow
from kernel.database import is_sqlite

TABLE = table_of(ControlRow)
_SUSPENDED = select(TABLE).where(TABLE.c.key == bindparam("wanted"), TABLE.c.suspended_at.is_not(None))


def suspension_of(session: Session, key: str) -> AnyRow | None:
    """The row of a process that is suspended, else None."""
    return session.execute(_SUSPENDED, {"wanted": key}).first()


def require_not_suspended(session: Session, key: str) -> None:
    """Raise `Stale` with who suspended a process, when, why and until when."""
    row = suspension_of(session, key)
    if row is None:
        return
    told = {"key": key, "by": row.suspended_by, "at": row.suspended_at, "reason": row.reason}
    if row.until is not None:
        raise Stale("definition_suspended_until", until=row.until, **told)
    raise Stale("definition_suspended", **told)


def write_control(session: Session, key: str, **values: Any) -> None:
    """Change columns of a process's row, or make it."""
    insert_new = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(insert_new(TABLE).values(key=key).on_conflict_do_nothing())
    session.execute(update(TABLE).where(TABLE.c.key == key).values(values))
