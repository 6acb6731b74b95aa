"""Dates, times, instants and durations that Python's own types cannot hold: far years, nanoseconds.

A value is wide only if it must be, so two equal values are always of one type. All calculation goes by
counting days and nanoseconds; only what passes a year of nine digits does not exist.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import cast
from zoneinfo import ZoneInfo

MAX_YEAR = 999_999_999
NANOS_PER_DAY = 86_400_000_000_000
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097
"""The calendar repeats itself, weekdays too, every 400 years."""


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date of a year before 1 or after 9999; year 0 is the one before year 1."""

    year: int
    month: int
    day: int

    def near(self) -> date:
        """The date of the same month, day and weekday in the years 2000 to 2399."""
        return date(2000 + self.year % CYCLE_YEARS, self.month, self.day)

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return self.near().isoweekday()


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time of day to the nanosecond."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None

    def utcoffset(self) -> timedelta | None:
        """How far its clock is ahead of UTC; None where it has no zone or the zone wants a date to tell."""
        return None if self.tzinfo is None else self.tzinfo.utcoffset(None)


@dataclass(frozen=True, slots=True)
class WideMoment:
    """A date with a time, at least one of them wide."""

    day_part: date | WideDate
    clock: time | WideTime

    @property
    def year(self) -> int:
        """Its year."""
        return self.day_part.year

    @property
    def month(self) -> int:
        """1 to 12."""
        return self.day_part.month

    @property
    def day(self) -> int:
        """1 to 31."""
        return self.day_part.day

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.clock.hour

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.clock.minute

    @property
    def second(self) -> int:
        """0 to 59."""
        return self.clock.second

    @property
    def tzinfo(self) -> tzinfo | None:
        """Its zone."""
        return self.clock.tzinfo

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return self.day_part.isoweekday()

    def near(self) -> datetime:
        """The instant with the same zone rules: of far years one of the years 2400 to 2799, or year 1."""
        day = self.day_part
        if isinstance(day, WideDate):
            year = 2400 + day.year % CYCLE_YEARS if day.year > 0 else 1
            day = date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
        return datetime.combine(day, time(self.hour, self.minute, self.second, 0, self.tzinfo))

    def utcoffset(self) -> timedelta | None:
        """How far its clock is ahead of UTC."""
        return self.near().utcoffset()


@dataclass(frozen=True, slots=True)
class WideSpan:
    """A days and time duration to the nanosecond."""

    nanoseconds: int


AnyDate = date | WideDate
AnyTime = time | WideTime
AnyMoment = datetime | WideMoment
AnyDay = AnyDate | AnyMoment
AnySpan = timedelta | WideSpan
WIDE = frozenset({WideDate, WideTime, WideMoment, WideSpan})
SPANS = frozenset({timedelta, WideSpan})
CLOCKS = (datetime, time, WideTime, WideMoment)


def days_in_month(year: int, month: int) -> int:
    """28 to 31; raises ValueError for a month that does not exist."""
    return monthrange(2000 + year % CYCLE_YEARS, month)[1]


def day_of(year: int, month: int, day: int) -> AnyDate:
    """The date of three numbers.

    Raises ValueError for a day the calendar does not have and OverflowError beyond nine digits of year.
    """
    if 1 <= year <= 9999:
        return date(year, month, day)
    if abs(year) > MAX_YEAR:
        raise OverflowError
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise ValueError(day)
    return WideDate(year, month, day)


def time_of(hour: int, minute: int, second: int, nanosecond: int, zone: tzinfo | None) -> AnyTime:
    """The time of day of its parts; raises ValueError outside of the clock."""
    near = time(hour, minute, second, nanosecond // 1000, zone)
    return WideTime(hour, minute, second, nanosecond, zone) if nanosecond % 1000 else near


def moment_of(day: AnyDate, clock: AnyTime) -> AnyMoment:
    """A date with a time of day."""
    if isinstance(day, WideDate) or isinstance(clock, WideTime):
        return WideMoment(day, clock)
    return datetime.combine(day, clock)


def date_part(value: AnyDay) -> AnyDate:
    """The date of a date or instant."""
    if isinstance(value, WideMoment):
        return value.day_part
    return value.date() if isinstance(value, datetime) else value


def time_part(value: AnyMoment) -> AnyTime:
    """The time of an instant with its zone."""
    return value.clock if isinstance(value, WideMoment) else value.timetz()


def ordinal(value: AnyDate) -> int:
    """The number of a day, 1 for 1 January of year 1, as Python counts."""
    if isinstance(value, WideDate):
        return value.near().toordinal() + (value.year // CYCLE_YEARS - 5) * CYCLE_DAYS
    return value.toordinal()


def from_ordinal(number: int) -> AnyDate:
    """The day of a number; raises OverflowError beyond nine digits of year."""
    cycles, rest = divmod(number - 1, CYCLE_DAYS)
    near = date.fromordinal(rest + 1)
    return day_of(near.year + cycles * CYCLE_YEARS, near.month, near.day)


def clock_nanos(value: AnyTime | AnyMoment) -> int:
    """Nanoseconds since midnight on the value's own clock."""
    clock = time_part(value) if isinstance(value, (datetime, WideMoment)) else value
    fraction = clock.nanosecond if isinstance(clock, WideTime) else clock.microsecond * 1000
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000_000 + fraction


def from_nanos(nanos: int, zone: tzinfo | None) -> AnyTime:
    """The time of day so many nanoseconds after midnight, going round at 24 hours."""
    seconds, fraction = divmod(nanos % NANOS_PER_DAY, 1_000_000_000)
    return time_of(seconds // 3600, seconds % 3600 // 60, seconds % 60, fraction, zone)


def span_nanos(span: AnySpan) -> int:
    """The exact length of a days and time duration."""
    if isinstance(span, WideSpan):
        return span.nanoseconds
    return ((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds) * 1000


def span_of_nanos(nanos: int) -> AnySpan:
    """The days and time duration of so many nanoseconds; raises OverflowError beyond nine digits of days."""
    if abs(nanos) > NANOS_PER_DAY * MAX_YEAR:
        raise OverflowError
    return WideSpan(nanos) if nanos % 1000 else timedelta(microseconds=nanos // 1000)


def count(value: object) -> int:
    """The place of a temporal value among its kind: nanoseconds, in UTC if it has a zone."""
    if isinstance(value, (timedelta, WideSpan)):
        return span_nanos(value)
    if isinstance(value, (time, WideTime)):
        local = clock_nanos(value)
    elif isinstance(value, (datetime, WideMoment)):
        local = ordinal(date_part(value)) * NANOS_PER_DAY + clock_nanos(value)
    else:
        return ordinal(cast(AnyDate, value)) * NANOS_PER_DAY
    offset = value.utcoffset()
    return local if offset is None else local - span_nanos(offset)


def add_months(value: AnyDay, months: int) -> AnyDay:
    """``months`` later on the same day of month, or on the last day when the month is shorter."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if abs(year) > MAX_YEAR:
        raise OverflowError
    day = day_of(year, month + 1, min(value.day, days_in_month(year, month + 1)))
    if isinstance(value, (datetime, WideMoment)):
        return moment_of(day, time_part(value))
    return day


def add_nanos(value: AnyDay, nanos: int) -> AnyDay:
    """So many nanoseconds later; instants in a named zone move by elapsed time."""
    if not isinstance(value, (datetime, WideMoment)):
        return from_ordinal(ordinal(value) + nanos // NANOS_PER_DAY)
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo):
        utc = _at(count(value) + nanos, UTC)
        offset = WideMoment(date_part(utc), time_part(utc)).near().astimezone(zone).utcoffset()
        return _at(count(utc) + span_nanos(offset or timedelta()), zone)
    return _at(ordinal(date_part(value)) * NANOS_PER_DAY + clock_nanos(value) + nanos, zone)


def _at(nanos: int, zone: tzinfo | None) -> AnyMoment:
    days, rest = divmod(nanos, NANOS_PER_DAY)
    return moment_of(from_ordinal(days), from_nanos(rest, zone))


def elapsed(left: object, right: object) -> AnySpan:
    """From ``right`` to ``left``; raises OverflowError when it is too long."""
    return span_of_nanos(count(left) - count(right))
