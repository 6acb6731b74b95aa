"""Looks at what happened since the last look and tells who has to know; steps of processes never wait for it.

A look is a unit of work that takes news off the list, so each is told once; keys of notices stand behind that. New
tasks are found by their ids, which are ordered by time. One that was committed late is behind the cursor by then,
so each look begins a little before it and remembers what it has seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.news import News, has_news, new_task_ids, take_news, tasks_by_id, tasks_due
from engine.queries.definitions import find_latest
from kernel.actor import SYSTEM
from kernel.ids import uuid7
from ledger.notices.operations import Telling, notify
from ledger.staff.queries import names
from webapp.db import Database
from webapp.notifications.concern import Concern
from webapp.notifications.models import NoticeCursor
from webapp.notifications.tellings import SOON, NewsTeller, named_for, of_due, of_new_task

log = structlog.get_logger("keyturn.jobs")
_LATE_COMMIT = timedelta(seconds=60)
_PORTION = 200
_MANY = 5000
_ONE = "tasks"


class Watcher:
    """The looks of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: set[str] = set()

    def look(self) -> int:
        """Tell all that is to be told by now; returns how many notices were new."""
        told = 0
        while self._is_anything_new():
            with self._database.unit_of_work(SYSTEM) as session:
                told += self._portion(session)
        return told

    def _is_anything_new(self) -> bool:
        # Reading first: on SQLite a look that writes would stand in the way of everybody who works.
        now = self._database.clock.now()
        with self._database.reading() as session:
            cursor = session.get(NoticeCursor, _ONE) or NoticeCursor(name=_ONE, task_id="", due_until=None)
            if has_news(session) or self._new_ids(session, cursor):
                return True
            since = cursor.due_until or now
            return cursor.due_until is None or any(
                tasks_due(session, since + ahead, now + ahead, 1) for ahead in (timedelta(), SOON)
            )

    def _portion(self, session: Session) -> int:
        cursor = session.scalars(
            select(NoticeCursor).where(NoticeCursor.name == _ONE).with_for_update()
        ).one_or_none()
        if cursor is None:
            cursor = NoticeCursor(name=_ONE, task_id="", due_until=None)
            session.add(cursor)
        concern = Concern(session, self._database.clock)
        tellings = self._of_new_tasks(session, concern, cursor)
        tellings += self._of_due_tasks(session, concern, cursor)
        labels = {d.key: {"en": d.name, **d.labels} for d in find_latest(session, kind="process")}
        teller = NewsTeller(session, concern, labels)
        known = {(telling.task_id, telling.staff_id) for telling in tellings if telling.task_id}
        tellings += [
            telling
            for news in take_news(session, _PORTION)
            for telling in _told(session, teller, news)
            if telling.kind != "mine" or (telling.task_id, telling.staff_id) not in known
        ]
        called = names(session, set(concern.stands_for.values()))
        worded = [named_for(concern, lambda person: called.get(person, "—"), telling) for telling in tellings]
        return notify(session, self._database.clock, worded)

    def _new_ids(self, session: Session, cursor: NoticeCursor) -> list[str]:
        near = [
            found for found in new_task_ids(session, _before(cursor.task_id), _MANY) if found not in self._seen
        ]
        return near or new_task_ids(session, cursor.task_id, _MANY)

    def _of_new_tasks(self, session: Session, concern: Concern, cursor: NoticeCursor) -> list[Telling]:
        ids = self._new_ids(session, cursor)[:_PORTION]
        tasks = tasks_by_id(session, ids)
        self._seen.update(ids)
        cursor.task_id = max([cursor.task_id, *ids])
        self._seen = {known for known in self._seen if known > _before(cursor.task_id)}
        return [telling for found in ids for telling in of_new_task(session, concern, tasks[found])]

    def _of_due_tasks(self, session: Session, concern: Concern, cursor: NoticeCursor) -> list[Telling]:
        now = self._database.clock.now()
        since = cursor.due_until or now
        until = self._reached(session, since, now)
        cursor.due_until = until
        late = tasks_due(session, since, until, _MANY)
        soon = [
            t
            for t in tasks_due(session, since + SOON, until + SOON, _MANY, unwarned=True)
            if _was_known(t.created_at, t.due_at)
        ]
        told = [telling for task in late for telling in of_due("late", concern, task)]
        return told + [telling for task in soon for telling in of_due("due", concern, task)]

    @staticmethod
    def _reached(session: Session, since: datetime, now: datetime) -> datetime:
        """Up to when due instants are told in this portion: now, or where it is full."""
        until = now
        for ahead in (timedelta(), SOON):
            found = tasks_due(session, since + ahead, now + ahead, _PORTION)
            if len(found) == _PORTION and found[-1].due_at is not None:
                until = min(until, found[-1].due_at - ahead)
        return until


def _told(session: Session, teller: NewsTeller, news: News) -> list[Telling]:
    """Whom news tell; news that cannot be told are let go, so that they hold back no others."""
    try:
        with session.begin_nested():
            return list(teller.tell(news))
    except OperationalError:
        raise
    except Exception as fault:
        log.error("news failed", case=news.case.id, kind=news.event.code, error=type(fault).__name__)
        return []


def _was_known(created_at: datetime, due_at: datetime | None) -> bool:
    """Who got a task a moment ago knows when it is due."""
    return due_at is not None and due_at - created_at > SOON + timedelta(minutes=1)


def _before(task_id: str) -> str:
    """An id from a little before another one was made."""
    if not task_id:
        return ""
    made = datetime.fromtimestamp((UUID(task_id).int >> 80) / 1000).astimezone() - _LATE_COMMIT
    return uuid7(made, 0)
