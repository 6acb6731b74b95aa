"""Working days (工作日), an addition of Keyturn's: the calendar is the caller's."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.iteration import whole
from engine.feel.values import Number

if TYPE_CHECKING:
    from engine.feel.limits import Run, WorkingCalendar

MAX_DAYS = 10_000


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
