"""Functions on dates, times, instants and durations. The present comes from the caller's clock alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP
from typing import TYPE_CHECKING

from engine.feel import wide
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
from engine.feel.wide import AnyDate, AnyDay, AnyMoment, AnySpan, AnyTime, WideDate, WideMoment, WideSpan, WideTime

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


@builtin("date", "from: calendar part")
def date_from(_run: Run, value: str | AnyDay | AnyTime) -> AnyDate:
    """The date a text ``2026-01-31`` denotes, or the date of an instant."""
    found = parse_date(value) if isinstance(value, str) else value
    if found is None or isinstance(found, (time, WideTime)):
        raise NoValueError("feel_not_a_date")
    return wide.date_part(found)


@builtin("date", "year: number, month: number, day: number")
def date_of(_run: Run, year: Number, month: Number, day: Number) -> AnyDate:
    """The date of three numbers; none if the calendar has no such day."""
    return wide.day_of(_whole(year), _whole(month), _whole(day))


@builtin("time", "from: calendar part")
def time_from(_run: Run, value: str | AnyDay | AnyTime) -> AnyTime:
    """The time a text denotes, or the time of an instant; a date gives midnight UTC."""
    found: AnyDay | AnyTime | None = value if not isinstance(value, str) else parse_time(value)
    if found is None and isinstance(value, str) and "T" in value:
        found = parse_moment(value)
    if found is None:
        raise NoValueError("feel_not_a_time")
    if isinstance(found, (datetime, WideMoment)):
        return wide.time_part(found)
    return time(tzinfo=UTC) if isinstance(found, (date, WideDate)) else found


@builtin("time", "hour: number, minute: number, second: number, offset?: duration")
def time_of(
    _run: Run, hour: Number, minute: Number, second: Number, offset: AnySpan | Months | None = None
) -> AnyTime:
    """The time of three numbers; seconds may have a fraction."""
    if isinstance(offset, (Months, WideSpan)):
        raise NoValueError("feel_argument_kind")
    if not 0 <= second < 60:
        raise NoValueError("feel_not_a_time")
    nanos = int((as_decimal(second) * 1_000_000_000).to_integral_value(ROUND_HALF_UP))
    zone = None if offset is None else offset_zone(offset)
    return wide.time_of(_whole(hour), _whole(minute), nanos // 10**9, nanos % 10**9, zone)


@builtin("date and time", "from: calendar part")
def moment_from(_run: Run, value: str | AnyDay | AnyTime) -> AnyMoment:
    """The instant a text denotes; a date means its midnight without a zone."""
    found = parse_moment(value) if isinstance(value, str) else value
    if found is None or isinstance(found, (time, WideTime)):
        raise NoValueError("feel_not_a_date")
    if isinstance(found, (datetime, WideMoment)):
        return found
    return wide.moment_of(found, time())


@builtin("date and time", "date: day, time: time")
def moment_of(_run: Run, day: AnyDay, clock: AnyTime) -> AnyMoment:
    """A date with a time of day."""
    return wide.moment_of(wide.date_part(day), clock)


@builtin("date and time", "moment: near moment, timezone: string")
def moment_in_zone(_run: Run, moment: datetime, timezone: str) -> datetime:
    """The same instant on another zone's clock; an addition of Keyturn's."""
    zone = zone_of(timezone if timezone[:1] in ("Z", "+", "-", "@") else f"@{timezone}")
    if moment.tzinfo is None or zone is None:
        raise NoValueError("feel_not_an_instant")
    return moment.astimezone(zone)


@builtin("duration", "from: string")
def duration(_run: Run, text: str) -> AnySpan | Months:
    """The duration a text ``P1Y6M`` or ``P2DT3H`` denotes."""
    found = parse_duration(text)
    if found is None:
        raise NoValueError("feel_not_a_duration")
    return found


@builtin("duration", "from: duration")
def same_duration(_run: Run, value: AnySpan | Months) -> AnySpan | Months:
    """A duration stays what it is."""
    return value


@builtin("years and months duration", "from: day, to: day")
def months_duration(_run: Run, start: AnyDay, end: AnyDay) -> Months:
    """Whole months between two days."""
    return Months(months_between(start, end))


def _near(value: AnyDay) -> date:
    """The day, or of a far year one like it that has the same weekday, week and place in its year."""
    day = wide.date_part(value)
    return day.near() if isinstance(day, WideDate) else day


@builtin("day of week", "date: day")
def day_of_week(_run: Run, day: AnyDay) -> str:
    """``Monday`` to ``Sunday``."""
    return WEEKDAYS[_near(day).weekday()]


@builtin("day of year", "date: day")
def day_of_year(_run: Run, day: AnyDay) -> int:
    """1 for the first of January."""
    return _near(day).timetuple().tm_yday


@builtin("week of year", "date: day")
def week_of_year(_run: Run, day: AnyDay) -> int:
    """The week by ISO 8601."""
    return _near(day).isocalendar().week


@builtin("month of year", "date: day")
def month_of_year(_run: Run, day: AnyDay) -> str:
    """``January`` to ``December``."""
    return MONTHS[day.month - 1]


@builtin("last day of month", "date: day")
def last_day_of_month(_run: Run, day: AnyDay) -> AnyDate:
    """The last date of the month; an addition of Keyturn's."""
    return wide.day_of(day.year, day.month, wide.days_in_month(day.year, day.month))


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
