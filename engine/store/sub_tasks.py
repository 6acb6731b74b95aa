"""Cases that were begun under a task."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine.store.instances import LIVE
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import AnyRow, table_of
from engine.tables.sub_tasks import SubTaskRow
from kernel.actor import Actor

TABLE = table_of(SubTaskRow)


def put_under(session: Session, instance_id: str, task_id: str, by: Actor, at: datetime) -> None:
    """Note that a case was begun under a task."""
    values = {
        "instance_id": instance_id,
        "task_id": task_id,
        "by": by.id,
        "on_behalf_of": by.on_behalf_of,
        "at": at,
    }
    session.execute(insert(TABLE).values(values))


def under(session: Session, task_id: str) -> list[AnyRow]:
    """The cases under a task, oldest first, each with its state."""
    joined = TABLE.join(INSTANCES, INSTANCES.c.id == TABLE.c.instance_id)
    columns = (INSTANCES.c.state, INSTANCES.c.definition_key, INSTANCES.c.business_key, INSTANCES.c.ended_at)
    query = select(TABLE, *columns).select_from(joined).where(TABLE.c.task_id == task_id)
    return list(session.execute(query.order_by(TABLE.c.at, TABLE.c.instance_id)).all())


def count_open(session: Session, task_id: str) -> int:
    """How many cases under a task are not over."""
    joined = TABLE.join(INSTANCES, INSTANCES.c.id == TABLE.c.instance_id)
    query = select(func.count()).select_from(joined).where(TABLE.c.task_id == task_id, INSTANCES.c.state.in_(LIVE))
    return int(session.execute(query).scalar_one())


def task_above(session: Session, instance_id: str) -> str | None:
    """The task under which a case was begun."""
    return session.execute(select(TABLE.c.task_id).where(TABLE.c.instance_id == instance_id)).scalar_one_or_none()
