"""Working days and hours (工作日, 工时), an addition of Keyturn's: the calendar and its zone are the caller's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.iteration import whole
from engine.feel.values import Number

if TYPE_CHECKING:
    from engine.feel.limits import Run, WorkingCalendar

MAX_DAYS = 10_000
MAX_HOURS = 20_000


def _calendar(run: Run) -> WorkingCalendar:
    if run.calendar is None:
        raise NoValueError("feel_no_calendar")
    return run.calendar


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("add working days", "date: near day, days: number")
def add_working_days(run: Run, start: date, days: Number) -> date:
    """The date so many working days after (before, when negative) a date; at most 10,000."""
    count = whole(days)
    if count is None or abs(count) > MAX_DAYS:
        raise NoValueError("feel_not_whole")
    run.spend(1 + abs(count) // 8)
    return _calendar(run).add_working_days(_day(start), count)


@builtin("working days between", "from: near day, to: near day")
def working_days_between(run: Run, start: date, end: date) -> int:
    """The working days from one date to another, as the calendar counts them."""
    distance = abs((_day(end) - _day(start)).days)
    if distance > 3 * MAX_DAYS:
        raise NoValueError("feel_no_value")
    run.spend(1 + distance // 8)
    return _calendar(run).working_days_between(_day(start), _day(end))


@builtin("add working hours", "from: near moment, hours: number")
def add_working_hours(run: Run, start: datetime, hours: Number) -> datetime:
    """The instant so many working hours after (before, when negative) another; at most 20,000."""
    wanted = Decimal(hours)
    if abs(wanted) > MAX_HOURS:
        raise NoValueError("feel_no_value")
    calendar, zone = _calendar(run), _zone(run)
    run.spend(1 + int(abs(wanted)))
    seconds = round(wanted * 3600)
    try:
        found = calendar.add_working_time(_instant(start, zone), timedelta(seconds=seconds), str(zone))
    except (ValueError, OverflowError) as fault:
        raise NoValueError("feel_no_value") from fault
    return found.astimezone(zone)


@builtin("working hours between", "from: near moment, to: near moment")
def working_hours_between(run: Run, start: datetime, end: datetime) -> Number:
    """The working hours from one instant to another, as the calendar counts them."""
    calendar, zone = _calendar(run), _zone(run)
    begin, finish = _instant(start, zone), _instant(end, zone)
    distance = abs((finish - begin).days)
    if distance > 3 * MAX_DAYS:
        raise NoValueError("feel_no_value")
    run.spend(1 + distance)
    return Decimal(int(calendar.working_time_between(begin, finish, str(zone)).total_seconds())) / 3600


def _zone(run: Run) -> ZoneInfo:
    """Where the wall clock hangs: the zone of the caller's present."""
    zone = run.clock_now.tzinfo if run.clock_now is not None else None
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _instant(value: datetime, zone: ZoneInfo) -> datetime:
    return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)
