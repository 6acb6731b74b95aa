"""Functions on dates, times, instants and durations. The present comes from the caller's clock alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP
from typing import TYPE_CHECKING

from engine.feel.arithmetic import as_decimal
from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.iteration import whole
from engine.feel.temporal import (
    months_between,
    offset_zone,
    parse_date,
    parse_duration,
    parse_moment,
    parse_time,
    zone_of,
)
from engine.feel.values import Months, Number

if TYPE_CHECKING:
    from engine.feel.limits import Run

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _whole(value: Number) -> int:
    number = whole(value)
    if number is None:
        raise NoValueError("feel_not_whole")
    return number


def _day(value: str | date) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = parse_moment(value)
    if found is None:
        raise NoValueError("feel_not_a_date")
    return found.date()


@builtin("date", "from: calendar part")
def date_from(_run: Run, value: str | date | time) -> date:
    """The date a text ``2026-01-31`` denotes, or the date of an instant."""
    if isinstance(value, time):
        raise NoValueError("feel_not_a_date")
    if isinstance(value, str):
        found = parse_date(value)
        if found is None:
            raise NoValueError("feel_not_a_date")
        return found
    return _day(value)


@builtin("date", "year: number, month: number, day: number")
def date_of(_run: Run, year: Number, month: Number, day: Number) -> date:
    """The date of three numbers; none if the calendar has no such day."""
    return date(_whole(year), _whole(month), _whole(day))


@builtin("time", "from: calendar part")
def time_from(_run: Run, value: str | date | time) -> time:
    """The time a text denotes, or the time of an instant; a date gives midnight UTC."""
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time(tzinfo=UTC)
    found = parse_time(value) if isinstance(value, str) else value
    if found is None:
        moment = parse_moment(value) if isinstance(value, str) and "T" in value else None
        if moment is None:
            raise NoValueError("feel_not_a_time")
        return moment.timetz()
    return found


@builtin("time", "hour: number, minute: number, second: number, offset?: duration")
def time_of(
    _run: Run, hour: Number, minute: Number, second: Number, offset: timedelta | Months | None = None
) -> time:
    """The time of three numbers; seconds may have a fraction."""
    if isinstance(offset, Months):
        raise NoValueError("feel_argument_kind")
    if not 0 <= second < 60:
        raise NoValueError("feel_not_a_time")
    micro = int((as_decimal(second) * 1_000_000).to_integral_value(ROUND_HALF_UP))
    zone = None if offset is None else offset_zone(offset)
    return time(_whole(hour), _whole(minute), micro // 1_000_000, micro % 1_000_000, zone)


@builtin("date and time", "from: calendar part")
def moment_from(_run: Run, value: str | date | time) -> datetime:
    """The instant a text denotes; a date means its midnight without a zone."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    found = parse_moment(value) if isinstance(value, str) else None
    if found is None:
        raise NoValueError("feel_not_a_date")
    return found


@builtin("date and time", "date: day, time: time")
def moment_of(_run: Run, day: date, clock: time) -> datetime:
    """A date with a time of day."""
    return datetime.combine(_day(day), clock)


@builtin("date and time", "moment: moment, timezone: string")
def moment_in_zone(_run: Run, moment: datetime, timezone: str) -> datetime:
    """The same instant on another zone's clock; an addition of Keyturn's."""
    zone = zone_of(timezone if timezone[:1] in ("Z", "+", "-", "@") else f"@{timezone}")
    if moment.tzinfo is None or zone is None:
        raise NoValueError("feel_not_an_instant")
    return moment.astimezone(zone)


@builtin("duration", "from: string")
def duration(_run: Run, text: str) -> timedelta | Months:
    """The duration a text ``P1Y6M`` or ``P2DT3H`` denotes."""
    found = parse_duration(text)
    if found is None:
        raise NoValueError("feel_not_a_duration")
    return found


@builtin("duration", "from: duration")
def same_duration(_run: Run, value: timedelta | Months) -> timedelta | Months:
    """A duration stays what it is."""
    return value


@builtin("years and months duration", "from: day, to: day")
def months_duration(_run: Run, start: date, end: date) -> Months:
    """Whole months between two days."""
    return Months(months_between(_plain(start), _plain(end)))


def _plain(value: date) -> datetime:
    """The day with its time on its own clock."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())


@builtin("day of week", "date: day")
def day_of_week(_run: Run, day: date) -> str:
    """``Monday`` to ``Sunday``."""
    return WEEKDAYS[day.weekday()]


@builtin("day of year", "date: day")
def day_of_year(_run: Run, day: date) -> int:
    """1 for the first of January."""
    return day.timetuple().tm_yday


@builtin("week of year", "date: day")
def week_of_year(_run: Run, day: date) -> int:
    """The week by ISO 8601."""
    return day.isocalendar().week


@builtin("month of year", "date: day")
def month_of_year(_run: Run, day: date) -> str:
    """``January`` to ``December``."""
    return MONTHS[day.month - 1]


@builtin("last day of month", "date: day")
def last_day_of_month(_run: Run, day: date) -> date:
    """The last date of the month; an addition of Keyturn's."""
    return _day(day).replace(day=monthrange(day.year, day.month)[1])


@builtin("today")
def today(run: Run) -> date:
    """The business date of the caller's clock."""
    if run.clock_today is not None:
        return run.clock_today
    if run.clock_now is None:
        raise NoValueError("feel_no_clock")
    return run.clock_now.date()


@builtin("now")
def now(run: Run) -> datetime:
    """The instant of the caller's clock."""
    if run.clock_now is None:
        raise NoValueError("feel_no_clock")
    return run.clock_now
