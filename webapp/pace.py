"""How often one token may ask: counted in the process while there is one, else in the database."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.columns import Id, Instant
from kernel.database import Base
from webapp.db import Database
from webapp.settings import Settings

_WINDOW = timedelta(minutes=1)


class RequestsCounted(Base):
    """How many requests a token's owner sent within the minute that began at an instant."""

    __tablename__ = "webapp_requests_counted"

    who: Mapped[Id]
    minute: Mapped[Instant] = mapped_column(primary_key=True)
    count: Mapped[int]


class Pace(Protocol):
    """Says whether somebody may ask once more, and notes that they did."""

    def allows(self, who: str, now: datetime) -> bool:
        """Whether this request is one of those allowed."""
        ...


class PaceOfProcess:
    """Counts the requests of the last minute, in this process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._times: dict[str, deque[datetime]] = defaultdict(deque)

    def allows(self, who: str, now: datetime) -> bool:
        """Note a request and say whether it is one of those allowed."""
        with self._lock:
            times = self._times[who]
            while times and times[0] <= now - _WINDOW:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True


class SharedPace:
    """Counts the requests of each minute for all processes together, on PostgreSQL.

    A process takes a twentieth of what is allowed at a time, so that not every request has to ask. What it has
    taken and not used when the minute ends is lost: somebody near the limit may be told to wait a little early.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most
        self._part = max(1, most // 20)
        self._lock = Lock()
        self._left: dict[str, tuple[datetime, int]] = {}

    def allows(self, who: str, now: datetime) -> bool:
        """Note a request and say whether it is one of those allowed."""
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            known, left = self._left.get(who, (None, 0))
            if known != minute or left == 0:
                left = self._take(who, minute)
            # Nobody asks again in this minute for one who was refused.
            self._left[who] = (minute, left - 1 if left > 0 else -1)
        return left > 0

    def _take(self, who: str, minute: datetime) -> int:
        """Take a part of the minute's requests; returns how many of it are allowed."""
        table = RequestsCounted.__table__
        first = postgresql.insert(RequestsCounted).values(who=who, minute=minute, count=self._part)
        again = first.on_conflict_do_update(
            index_elements=["who", "minute"], set_={"count": table.c.count + self._part}
        ).returning(table.c.count)
        with self._database.engine.begin() as connection:
            # A count that a crash forgets harms nobody; waiting for the disk would.
            connection.execute(text("SET LOCAL synchronous_commit TO off"))
            taken = int(connection.execute(again).scalar_one())
        return min(self._part, self._most - (taken - self._part))


def forget_counts(session: Session, before: datetime) -> None:
    """Drop the counts of minutes gone by."""
    session.execute(delete(RequestsCounted).where(RequestsCounted.minute < before))


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Give the application its pace."""
    most = settings.requests_per_minute
    app.extensions["keyturn.pace"] = SharedPace(database, most) if settings.broker_url else PaceOfProcess(most)
