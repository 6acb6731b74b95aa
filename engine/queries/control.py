"""What operators decided about processes, and what waits because of it."""

from __future__ import annotations

from sqlalchemy import func, select

from engine import cache
from engine.errors import Missing
from engine.host import Host
from engine.results.definitions import DefinitionControl, Turn
from engine.store.control import TABLE
from engine.tables.columns import table_of
from engine.tables.work import DEFINITION_TURN, START_KEPT, JobRow

JOBS = table_of(JobRow)


def get(host: Host, key: str) -> DefinitionControl:
    """Whether a process is suspended, what is scheduled, how long its history stays; raises `Missing`."""
    if cache.latest(host.session, "process", key) is None:
        raise Missing("definition_missing", key=key)
    row = host.session.execute(select(TABLE).where(TABLE.c.key == key)).first()
    waiting = (JOBS.c.name == key) & (JOBS.c.state == "waiting")
    turns = select(JOBS.c.element_id, JOBS.c.due_at).where(waiting, JOBS.c.kind == DEFINITION_TURN)
    kept = select(func.count()).select_from(JOBS).where(waiting, JOBS.c.kind == START_KEPT)
    return DefinitionControl(
        key=key,
        suspended=row is not None and row.suspended_at is not None,
        suspended_at=row.suspended_at if row is not None else None,
        suspended_by=row.suspended_by if row is not None else None,
        reason=row.reason if row is not None else None,
        until=row.until if row is not None else None,
        history_days=row.history_days if row is not None else None,
        kept_starts=int(host.session.execute(kept).scalar_one()),
        scheduled=tuple(
            Turn(turn.element_id, turn.due_at) for turn in host.session.execute(turns.order_by(JOBS.c.due_at))
        ),
    )


def suspended_keys(host: Host) -> list[str]:
    """The processes that are suspended."""
    query = select(TABLE.c.key).where(TABLE.c.suspended_at.is_not(None)).order_by(TABLE.c.key)
    return list(host.session.execute(query).scalars())
