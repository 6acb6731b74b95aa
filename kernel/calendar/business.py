"""Business-calendar arithmetic: which days and hours are worked, and what is so much working time away.

Mainland China's public holidays and make-up workdays (调休) come from the maintained `chinese_calendar` data;
years it does not know yet come as days of the calendar, loaded from a file, and are Monday to Friday until then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from kernel.calendar.blocks import OFFICE_WEEK, Block, Week
from kernel.calendar.days import Day, SpecialDay, day_of_state, state_knows
from kernel.calendar.wall_time import instant_at

_MOST_REST = 400
"""So many days on end without any work are no calendar to count by."""


class NoWorkingTime(ValueError):
    """A calendar on which nobody works for more than a year, or the end of time: there is no such instant."""


class WorkingCalendar(Protocol):
    """Tells working days."""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``."""
        ...


@dataclass(frozen=True)
class Span:
    """A block of one day as instants in UTC."""

    day: Day
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class BusinessCalendar:
    """A week of blocks, the state's holidays where ``state`` says so, and ``days`` that are otherwise, on top.

    Days count on the calendar alone; whatever counts time is told in which zone the wall clock hangs.
    """

    week: Week = OFFICE_WEEK
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    state: bool = True
    name: str = ""

    def day(self, day: date) -> Day:
        """What a day is and which blocks it has. A make-up workday has those of the week's first workday."""
        special = self.days.get(day) or (day_of_state(day) if self.state else None)
        own = self.week[day.weekday()]
        if special is None:
            return Day(day, "workday" if own else "weekend", own)
        if not special.working:
            return Day(day, "holiday", (), special.names, special.source)
        blocks = special.blocks if special.blocks is not None else own or self._ordinary()
        return Day(day, "makeup", blocks, special.names, special.source)

    def _ordinary(self) -> tuple[Block, ...]:
        return next((blocks for blocks in self.week if blocks), ())

    def knows(self, year: int) -> bool:
        """Whether a year's public holidays are known, from the state's data or from days of the calendar."""
        return not self.state or state_knows(year) or any(day.year == year for day in self.days)

    # Days

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``."""
        special = self.days.get(day) or (day_of_state(day) if self.state else None)
        return bool(self.week[day.weekday()]) if special is None else special.working

    def add_working_days(self, day: date, count: int) -> date:
        """The day ``count`` working days after (or before, if negative) ``day``; raises `NoWorkingTime`."""
        step = timedelta(days=1 if count >= 0 else -1)
        left, rest = abs(count), 0
        while left:
            day = _moved(day, step)
            worked = self.is_working_day(day)
            left -= worked
            rest = 0 if worked else _rested(rest)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    # Time

    def add_working_time(self, start: datetime, amount: timedelta, zone: str) -> datetime:
        """The instant so much working time after (or before, if negative) ``start``, in UTC.

        The end of a block rather than the beginning of the next; no time at all is ``start`` itself. Raises
        `NoWorkingTime`.
        """
        start = start.astimezone(UTC)
        if not amount:
            return start
        left = abs(amount)
        for span in self.spans(start, zone) if amount > timedelta() else self.spans_before(start, zone):
            length = span.end - span.begin
            if left <= length:
                return span.begin + left if amount > timedelta() else span.end - left
            left -= length
        raise NoWorkingTime

    def working_time_between(self, start: datetime, end: datetime, zone: str) -> timedelta:
        """Working time from ``start`` to ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.working_time_between(end, start, zone)
        where, total = ZoneInfo(zone), timedelta()
        begin, day, last = start.astimezone(UTC), start.astimezone(where).date(), end.astimezone(where).date()
        while day <= last:
            for span in self.spans_of(day, where):
                total += max(timedelta(), min(span.end, end) - max(span.begin, begin))
            day += timedelta(days=1)
        return total

    def spans(self, start: datetime, zone: str) -> Iterator[Span]:
        """Blocks from ``start`` on, the first cut off at ``start``."""
        where, rest = ZoneInfo(zone), 0
        day = start.astimezone(where).date()
        while True:
            found = [span for span in self.spans_of(day, where) if span.end > start]
            yield from (Span(span.day, max(span.begin, start), span.end) for span in found)
            rest = 0 if found else _rested(rest)
            day = _moved(day, timedelta(days=1))

    def spans_before(self, start: datetime, zone: str) -> Iterator[Span]:
        """Blocks before ``start``, the latest first and cut off at ``start``."""
        where, rest = ZoneInfo(zone), 0
        day = start.astimezone(where).date()
        while True:
            found = [span for span in reversed(self.spans_of(day, where)) if span.begin < start]
            yield from (Span(span.day, span.begin, min(span.end, start)) for span in found)
            rest = 0 if found else _rested(rest)
            day = _moved(day, timedelta(days=-1))

    def spans_of(self, day: date, where: ZoneInfo) -> list[Span]:
        """A day's blocks as instants; one that falls into the hour a day lacks is left out."""
        known = self.day(day)
        ends = [(instant_at(day, b.begin, where), instant_at(day, b.end, where)) for b in known.blocks]
        return [Span(known, begin, end) for begin, end in ends if begin < end]


class ChineseCalendar(BusinessCalendar):
    """Office hours with the public holidays and make-up workdays of mainland China; exceptions win over both."""

    def __init__(self, exceptions: Mapping[date, bool] | None = None) -> None:
        super().__init__(days={day: SpecialDay(working) for day, working in (exceptions or {}).items()})


def _moved(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError as fault:
        raise NoWorkingTime from fault


def _rested(rest: int) -> int:
    if rest >= _MOST_REST:
        raise NoWorkingTime
    return rest + 1
