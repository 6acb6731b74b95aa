"""When things are due: ISO 8601 dates, durations and cycles, working days and hours, in the project's time zone.

A duration's years, months and days are counted on the calendar of the zone, its hours, minutes and seconds
exactly; a month from 31 January ends on the last day of February. ``8 working hours`` count by the blocks of the
project's calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import CannotGoOn
from engine.ports import Calendar
from kernel.clock import DEFAULT_ZONE, start_of_day

_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_WORKING = re.compile(r"P(\d+)WD", re.IGNORECASE)
_SPOKEN = re.compile(r"(\d{1,6}(?:\.\d{1,2})?) working (minute|hour|day)s?")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_MOST_WORKING_TIME = timedelta(hours=20_000)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Many systems write “never” so; the last hours of that day could not be shown in zones east of it.
_NEVER, _LAST = "9999-12-31", datetime(9999, 12, 30, tzinfo=ZoneInfo("UTC"))
_LONGEST = timedelta(days=366 * 100)
_SHORTEST_TURN = timedelta(seconds=1)


class Span(NamedTuple):
    """An ISO duration: what is counted on the calendar, and what is counted exactly."""

    months: int
    days: int
    exact: timedelta


def parse_instant(text: str, zone: str = DEFAULT_ZONE, *, end_of_day: bool = False) -> datetime:
    """The UTC instant of an ISO text; a day means its beginning, or its last second. Raises `CannotGoOn`."""
    try:
        if text.startswith(_NEVER):
            return _LAST
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            if end_of_day:
                return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)
            return start_of_day(day, zone)
        moment, _, named = text.partition("@")
        found = datetime.fromisoformat(moment)
        local = ZoneInfo(named or zone)
        return (found if found.tzinfo else found.replace(tzinfo=local)).astimezone(ZoneInfo("UTC"))
    except (ValueError, KeyError, OverflowError, OSError) as fault:
        # A zone is looked up as a file: what is no zone may be a folder, or too long for a name.
        raise CannotGoOn("time_unreadable", text=text) from fault


def is_duration(text: str) -> bool:
    """Whether a text is a duration or an amount of working days, hours or minutes."""
    return text.lstrip("-").startswith("P") or _SPOKEN.fullmatch(text) is not None


def working_amount(text: str) -> int | timedelta | None:
    """The working days or the working time that a text such as ``P2WD`` or ``8 working hours`` means.

    None when it means no working time; raises `CannotGoOn` for half a day or more than can be counted.
    """
    if days := _WORKING.fullmatch(text):
        return int(days[1])
    spoken = _SPOKEN.fullmatch(text)
    if spoken is None:
        return None
    number, unit = float(spoken[1]), spoken[2]
    if unit == "day":
        if not number.is_integer() or number > _LONGEST.days:
            raise CannotGoOn("working_days_unreadable", text=text)
        return int(number)
    time = timedelta(seconds=round((number * _UNITS[unit]).total_seconds()))
    if time > _MOST_WORKING_TIME:
        raise CannotGoOn("duration_too_long", text=text)
    return time


def after(
    start: datetime, duration: str, calendar: Calendar, zone: str = DEFAULT_ZONE, *, times: int = 1
) -> datetime:
    """``start`` plus ``times`` an ISO duration or an amount of working time, as a UTC instant.

    Working days end at the time of day at which they began. A negative ``times`` counts backwards. Raises
    `CannotGoOn`.
    """
    local, working = start.astimezone(ZoneInfo(zone)), working_amount(duration)
    try:
        if isinstance(working, timedelta):
            return calendar.add_working_time(start, working * times, zone)
        if working is not None:
            return _at(calendar.add_working_days(local.date(), working * times), local.timetz(), zone)
    except (ValueError, OverflowError) as fault:
        raise CannotGoOn("working_time_endless", text=duration) from fault
    span = span_of(duration)
    try:
        day = _add_months(local.date(), times * span.months) + timedelta(days=times * span.days)
        return _at(day, local.timetz(), zone) + times * span.exact
    except (ValueError, OverflowError) as fault:
        raise CannotGoOn("duration_too_long", text=duration) from fault


def span_of(duration: str) -> Span:
    """The parts of an ISO duration; raises `CannotGoOn` for what is none or longer than a century."""
    parts = _DURATION.fullmatch(duration)
    if parts is None or not any(parts.groups()[1:]):
        raise CannotGoOn("duration_unreadable", text=duration)
    try:
        years, months, weeks, days, hours, minutes = (int(p or 0) for p in parts.groups()[1:7])
        exact = timedelta(hours=hours, minutes=minutes, seconds=float(parts[8] or 0))
        is_long = timedelta(days=years * 366 + months * 31 + weeks * 7 + days) + exact > _LONGEST
    except (ValueError, OverflowError):
        is_long = True
    if is_long:
        raise CannotGoOn("duration_too_long", text=duration)
    sign = -1 if parts[1] else 1
    return Span(sign * (years * 12 + months), sign * (weeks * 7 + days), sign * exact)


def stands_still(duration: str) -> bool:
    """Whether repeating a duration leads nowhere, so that a cycle of it would fire for ever at one instant."""
    working = working_amount(duration)
    if working is not None:
        return not working
    span = span_of(duration)
    return span.months <= 0 and span.days <= 0 and span.exact < _SHORTEST_TURN


def as_working(duration: str) -> str:
    """A duration read as working time: ``P2D`` becomes ``P2WD``, ``PT8H`` becomes ``480 working minutes``."""
    if _WORKING.fullmatch(duration) or _SPOKEN.fullmatch(duration):
        return duration
    parts = re.fullmatch(r"P(?:(\d+)D|T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)", duration)
    if parts is None:
        raise CannotGoOn("working_days_unreadable", text=duration)
    if parts[1]:
        return f"P{parts[1]}WD"
    return f"{int(parts[2] or 0) * 60 + int(parts[3] or 0)} working minutes"


def parse_cycle(text: str) -> tuple[int | None, str | None, str]:
    """Turns (None: for ever), first instant's text or None, and the duration between; raises `CannotGoOn`.

    A cycle whose turns do not come one after the other is refused.
    """
    parts = text.split("/")
    repeat = re.fullmatch(r"R(\d*)", parts[0])
    if repeat is None or len(parts) not in (2, 3) or not is_duration(parts[-1]):
        raise CannotGoOn("cycle_unreadable", text=text)
    if stands_still(parts[-1]):
        raise CannotGoOn("cycle_too_short", text=text)
    return (int(repeat[1]) if repeat[1] else None), (parts[1] if len(parts) == 3 else None), parts[-1]


def _add_months(day: date, months: int) -> date:
    if not months:
        return day
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _at(day: date, clock: time, zone: str) -> datetime:
    local = datetime.combine(day, clock.replace(tzinfo=None), ZoneInfo(zone))
    return local.astimezone(ZoneInfo("UTC"))
