"""Rows of escalations: cancelled with their tasks, moved with their due times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.tables.columns import table_of
from engine.tables.work import ESCALATION, JobRow

JOBS = table_of(JobRow)
_KINDS = JOBS.c.kind == ESCALATION


def cancel_escalations(session: Session, task_ids: Iterable[str], at: datetime) -> None:
    """Nothing more fires for tasks that are done or gone."""
    keys = [f"{task_id}:{stage}" for task_id in task_ids for stage in ("warning", "breach")]
    open_ones = _KINDS & JOBS.c.idempotency_key.in_(keys) & JOBS.c.state.in_(("waiting", "failed"))
    session.execute(update(JOBS).where(open_ones).values(state="cancelled", done_at=at))


def move_escalation(session: Session, key: str, due_at: datetime | None, now: datetime) -> bool:
    """Put the job of a stage to another instant, or cancel it; one that has fired stays. False without one."""
    ours = _KINDS & (JOBS.c.idempotency_key == key)
    still = ours & JOBS.c.state.in_(("waiting", "cancelled", "failed"))
    if due_at is None:
        values = {"state": "cancelled", "done_at": now}
    else:
        values = {"state": "waiting", "due_at": due_at, "done_at": None, "attempts": 0}
    moved = session.execute(update(JOBS).where(still).values(values).returning(JOBS.c.id)).first()
    return moved is not None or session.execute(JOBS.select().where(ours)).first() is not None
