"""What a transaction leaves to be done at once: noted while it writes, read by its owner after the commit.

The owner may then wake who runs jobs. Nothing hangs on it: what is due is found in the table by and by.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

_NOTED = "engine_due"


def note_due(session: Session, instants: Iterable[datetime]) -> None:
    """Note when jobs that this transaction wrote or freed are due."""
    earliest = min((*instants, *_noted(session)), default=None)
    if earliest is not None:
        session.info[_NOTED] = earliest


def left_due(session: Session, now: datetime) -> bool:
    """Whether the transaction left a job that is due already."""
    return any(instant <= now for instant in _noted(session))


def _noted(session: Session) -> tuple[datetime, ...]:
    found: datetime | None = session.info.get(_NOTED)
    return () if found is None else (found,)
