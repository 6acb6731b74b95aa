"""Copies: those that somebody was sent, and who has read those of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.errors import Missing
from engine.host import Host
from engine.news import tasks_by_id
from engine.queries import instances
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.tables.columns import table_of
from engine.tables.copies import CopyRow

COPIES = table_of(CopyRow)


@dataclass(frozen=True)
class Copy:
    """A task, or a case as a whole (``task_id`` empty), that somebody was sent to read, and when they did."""

    id: str
    instance_id: str
    task_id: str
    reader_id: str
    sender_id: str
    sent_at: datetime
    note: str
    read_at: datetime | None


def to_copy(row: Mapping[Any, Any]) -> Copy:
    """A row as callers see it."""
    return Copy(**{name: row[name] for name in Copy.__dataclass_fields__})


def copy_of_reader(host: Host, copy_id: str) -> Copy:
    """A copy to the actor; raises `Missing` for one to somebody else."""
    mine = (COPIES.c.id == copy_id) & (COPIES.c.reader_id == host.actor.id)
    row = host.session.execute(select(COPIES).where(mine)).mappings().first()
    if row is None:
        raise Missing("copy_missing")
    return to_copy(row)


def copies_to_reader(
    host: Host, *, most: int, skip: int = 0, unread: bool = False
) -> list[tuple[Copy, Task | None, Instance]]:
    """What the actor was sent, the newest first, each with its task and case; a copy of a case has no task.

    ``unread`` leaves out what was read.
    """
    mine = select(COPIES).where(_unread(host) if unread else COPIES.c.reader_id == host.actor.id)
    query = mine.order_by(COPIES.c.sent_at.desc(), COPIES.c.id.desc()).limit(most).offset(skip)
    found = [to_copy(row) for row in host.session.execute(query).mappings()]
    tasks = tasks_by_id(host.session, [copy.task_id for copy in found if copy.task_id])
    cases = instances.by_id(host.session, {copy.instance_id for copy in found})
    return [(copy, tasks.get(copy.task_id), cases[copy.instance_id]) for copy in found]


def count_unread(host: Host) -> int:
    """How many copies the actor has not read."""
    return int(host.session.execute(select(func.count()).select_from(COPIES).where(_unread(host))).scalar_one())


def _unread(host: Host) -> ColumnElement[bool]:
    return (COPIES.c.reader_id == host.actor.id) & COPIES.c.read_at.is_(None)


def copies_to(session: Session, instance_id: str, task_id: str, readers: Sequence[str]) -> list[Copy]:
    """The copies of a task, or of a case as a whole (``task_id`` empty), that some people were sent."""
    theirs = COPIES.c.reader_id.in_(list(readers))
    whose = (COPIES.c.instance_id == instance_id) & (COPIES.c.task_id == task_id) & theirs
    return [to_copy(row) for row in session.execute(select(COPIES).where(whose)).mappings()]


def copies_of_case(host: Host, instance_id: str) -> list[Copy]:
    """Who was sent what of a case, the oldest first; raises `Missing` for who may not see the case."""
    instances.get(host, instance_id)
    query = select(COPIES).where(COPIES.c.instance_id == instance_id).order_by(COPIES.c.sent_at, COPIES.c.id)
    return [to_copy(row) for row in host.session.execute(query).mappings()]
