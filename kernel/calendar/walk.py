"""Why an instant is what it is: each day from the beginning on, what it counted, or why it was left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.calendar.business import BusinessCalendar, Span
from kernel.calendar.days import Day


@dataclass(frozen=True)
class DayWalked:
    """A day on the way. ``spans`` are the instants between which it counted; ``number`` the working day it is.

    Neither: it was left out, and ``day.kind`` with its name says why.
    """

    day: Day
    spans: tuple[tuple[datetime, datetime], ...] = ()
    number: int | None = None

    @property
    def counted(self) -> timedelta:
        """How much working time it gave."""
        return sum((end - begin for begin, end in self.spans), timedelta())

    @property
    def pauses(self) -> tuple[tuple[datetime, datetime], ...]:
        """The instants between which nothing counted although work went on after them."""
        return tuple((before[1], after[0]) for before, after in zip(self.spans, self.spans[1:], strict=False))


@dataclass(frozen=True)
class Walk:
    """The way from ``start`` to ``end``, in UTC, day by day."""

    start: datetime
    end: datetime
    zone: str
    days: tuple[DayWalked, ...]


def walk_time(calendar: BusinessCalendar, start: datetime, amount: timedelta, zone: str) -> Walk:
    """The way to ``start`` plus so much working time. Raises `NoWorkingTime`."""
    end = calendar.add_working_time(start, amount, zone)
    where, days = ZoneInfo(zone), []
    day, last = start.astimezone(where).date(), end.astimezone(where).date()
    while day <= last:
        cut = [_within(span, start, end) for span in calendar.spans_of(day, where)]
        days.append(DayWalked(calendar.day(day), tuple(part for part in cut if part[0] < part[1])))
        day += timedelta(days=1)
    return Walk(start.astimezone(UTC), end, zone, tuple(days))


def walk_days(calendar: BusinessCalendar, start: datetime, count: int, end: datetime, zone: str) -> Walk:
    """The way to the ``count``-th working day after ``start``, at the same time of day, which is ``end``."""
    where, days, number = ZoneInfo(zone), [], 0
    day, last = start.astimezone(where).date(), end.astimezone(where).date()
    while day < last:
        day += timedelta(days=1)
        known = calendar.day(day)
        number += known.working
        days.append(DayWalked(known, number=number if known.working and number <= count else None))
    return Walk(start.astimezone(UTC), end.astimezone(UTC), zone, tuple(days))


def _within(span: Span, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    return max(span.begin, start), min(span.end, end)
