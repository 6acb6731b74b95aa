"""Up to which day a project's books are closed (日结) and locked (锁账), and where an entry goes instead (F18).

What is closed is always everything up to a day. An entry that belongs to a closed day is booked on the first open
one and says so; a day in a locked period is refused where a person enters it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.clock import Clock, business_date
from kernel.database import is_sqlite
from ledger.accounting.errors import PeriodLocked
from ledger.accounting.models import BookClosing
from ledger.organisation.models import Project


@dataclass(frozen=True)
class Books:
    """How a project's books stand; None where nothing is closed or locked."""

    closed_through: date | None = None
    locked_through: date | None = None
    number: int = 0

    def first_open(self, day: date) -> date:
        """The day itself, or the first open day after it."""
        if self.closed_through is None or day > self.closed_through:
            return day
        return self.closed_through + timedelta(days=1)


def books_of(session: Session, project_id: str) -> Books:
    """How the books of a project stand."""
    query = select(BookClosing.closed_through, BookClosing.locked_through, BookClosing.number).where(
        BookClosing.project_id == project_id
    )
    row = session.execute(query.order_by(BookClosing.number.desc()).limit(1)).one_or_none()
    return Books(*row) if row else Books()


def booking_day(session: Session, project_id: str, day: date) -> date:
    """The day that an entry of ``day`` is booked on: itself, or the first open day when its own is closed.

    Until the commit nobody closes the project's books, so that the day stays open.
    """
    if not is_sqlite(session):
        session.execute(select(Project.id).where(Project.id == project_id).with_for_update(read=True))
    return books_of(session, project_id).first_open(day)


def booking_today(session: Session, clock: Clock, project_id: str) -> date:
    """The day on which what happens at a project now is booked: today, or the first open day after it."""
    zone = session.scalar(select(Project.zone).where(Project.id == project_id))
    today = business_date(clock, zone) if zone else business_date(clock)
    return booking_day(session, project_id, today)


def require_open_day(session: Session, project_id: str, day: date, field: str) -> None:
    """Raise `PeriodLocked` for ``field`` when a day that a person entered lies in a locked period."""
    locked = books_of(session, project_id).locked_through
    if locked is not None and day <= locked:
        raise PeriodLocked(
            field=field, locked_through=locked, first_open=books_of(session, project_id).first_open(day)
        )
