"""When things are due: ISO 8601 dates, durations and cycles, working days, in the project's time zone.

A duration's years, months and days are counted on the calendar of the zone, its hours, minutes and seconds
exactly; a month from 31 January ends on the last day of February.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import CannotGoOn
from engine.ports import Calendar
from kernel.clock import DEFAULT_ZONE, start_of_day

_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_WORKING = re.compile(r"P(\d+)WD", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = timedelta(days=366 * 100)


def parse_instant(text: str, zone: str = DEFAULT_ZONE, *, end_of_day: bool = False) -> datetime:
    """The UTC instant of an ISO text; a day means its beginning, or its last second. Raises `CannotGoOn`."""
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            if end_of_day:
                return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)
            return start_of_day(day, zone)
        moment, _, named = text.partition("@")
        found = datetime.fromisoformat(moment)
        local = ZoneInfo(named or zone)
        return (found if found.tzinfo else found.replace(tzinfo=local)).astimezone(ZoneInfo("UTC"))
    except (ValueError, KeyError) as fault:
        raise CannotGoOn("time_unreadable", text=text) from fault


def is_duration(text: str) -> bool:
    """Whether a text is a duration or a number of working days."""
    return text.lstrip("-").startswith("P")


def after(
    start: datetime, duration: str, calendar: Calendar, zone: str = DEFAULT_ZONE, *, times: int = 1
) -> datetime:
    """``start`` plus ``times`` an ISO duration or ``PnWD`` working days, as a UTC instant; raises `CannotGoOn`."""
    working = _WORKING.fullmatch(duration)
    local = start.astimezone(ZoneInfo(zone))
    if working:
        day = calendar.add_working_days(local.date(), int(working[1]) * times)
        return _at(day, local.timetz(), zone)
    parts = _DURATION.fullmatch(duration)
    if parts is None or not any(parts.groups()[1:]):
        raise CannotGoOn("duration_unreadable", text=duration)
    sign = -times if parts[1] else times
    years, months, weeks, days, hours, minutes = (int(p or 0) for p in parts.groups()[1:7])
    exact = timedelta(hours=hours, minutes=minutes, seconds=float(parts[8] or 0))
    if timedelta(days=(years * 366 + months * 31 + weeks * 7 + days)) + exact > _LONGEST:
        raise CannotGoOn("duration_too_long", text=duration)
    day = _add_months(local.date(), sign * (years * 12 + months)) + timedelta(days=sign * (weeks * 7 + days))
    return _at(day, local.timetz(), zone) + sign * exact


def working_days(duration: str) -> str:
    """A duration in days read as working days: ``P2D`` becomes ``P2WD``."""
    days = re.fullmatch(r"P(\d+)D", duration)
    if days is None and not _WORKING.fullmatch(duration):
        raise CannotGoOn("working_days_unreadable", text=duration)
    return duration if days is None else f"P{days[1]}WD"


def parse_cycle(text: str) -> tuple[int | None, str | None, str]:
    """Turns (None: for ever), first instant's text or None, and the duration between; raises `CannotGoOn`."""
    parts = text.split("/")
    repeat = re.fullmatch(r"R(\d*)", parts[0])
    if repeat is None or len(parts) not in (2, 3) or not is_duration(parts[-1]):
        raise CannotGoOn("cycle_unreadable", text=text)
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
