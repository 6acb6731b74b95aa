"""Reading, writing and calculating FEEL's temporal values.

Times and instants carry no zone, an offset, or a named zone (``@Asia/Shanghai``). What Python's own types
cannot hold, years beyond 1 to 9999 and nanoseconds, is a wide value (``engine.feel.wide``).
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from engine.feel import wide
from engine.feel.values import DECIMALS, Months, Number
from engine.feel.wide import (
    NANOS_PER_DAY,
    AnyDate,
    AnyDay,
    AnyMoment,
    AnySpan,
    AnyTime,
    WideDate,
    WideMoment,
    WideTime,
)

MICROSECOND = timedelta(microseconds=1)
MAX_MONTHS = 12 * 999_999_999

_DATE = r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})"
_TIME = r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w+\-/]{0,60})?"
_DATE_PATTERN = re.compile(_DATE, re.ASCII)
_TIME_PATTERN = re.compile(_TIME, re.ASCII)
_MOMENT_PATTERN = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS_PATTERN = re.compile(r"(-)?P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)
_DURATION_PATTERN = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15}(?:\.\d{0,9})?)S)?)?",
    re.ASCII,
)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _named_zone(name: str) -> tzinfo | None:
    """A zone of the zone database; names are looked up in its list, so that no path is ever made of one."""
    return ZoneInfo(name) if name in _zone_names() else None


def zone_of(text: str | None) -> tzinfo | None:
    """``Z``, ``+08:00`` or ``@Asia/Shanghai`` as a zone; raises ValueError when there is none such."""
    if not text:
        return None
    if text in ("Z", "z"):
        return UTC
    if text[0] == "@":
        zone = _named_zone(text[1:])
        if zone is None:
            raise ValueError(text)
        return zone
    sign = -1 if text[0] == "-" else 1
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return offset_zone(sign * timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0))


def offset_zone(offset: timedelta) -> tzinfo:
    """A fixed offset as a zone; zero is UTC so that it prints as Z."""
    return timezone(offset) if offset else UTC


def _clock(groups: tuple[str | None, ...]) -> AnyTime:
    hour, minute, second, fraction, zone = groups
    nanos = int((fraction or "0").ljust(9, "0"))
    return wide.time_of(int(hour or 0), int(minute or 0), int(second or 0), nanos, zone_of(zone))


def _day(groups: tuple[str | None, ...]) -> AnyDate:
    year, month, day = (int(group or 0) for group in groups)
    if (groups[0] or "").startswith("-") and not year:
        raise ValueError(year)
    return wide.day_of(year, month, day)


def parse_date(text: str) -> AnyDate | None:
    """``2026-01-31`` as a date, None when it is not one."""
    match = _DATE_PATTERN.fullmatch(text)
    try:
        return _day(match.groups()) if match else None
    except ValueError:
        return None


def parse_time(text: str) -> AnyTime | None:
    """``09:30:00+08:00`` as a time, None when it is not one."""
    match = _TIME_PATTERN.fullmatch(text)
    try:
        return _clock(match.groups()) if match else None
    except ValueError:
        return None


def parse_moment(text: str) -> AnyMoment | None:
    """``2026-01-31T09:30:00@Asia/Shanghai`` as a date and time; a mere date means its midnight."""
    match = _MOMENT_PATTERN.fullmatch(text)
    if match is None:
        day = parse_date(text)
        return None if day is None else wide.moment_of(day, time())
    try:
        groups = match.groups()
        return wide.moment_of(_day(groups[:3]), _clock(groups[3:]))
    except ValueError:
        return None


def parse_duration(text: str) -> AnySpan | Months | None:
    """``P1Y6M`` or ``P2DT3H`` as a duration, None when it is neither (the two kinds never mix)."""
    match = _MONTHS_PATTERN.fullmatch(text)
    if match:
        sign, years, months = match.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return whole_months(-total if sign else total)
    match = _DURATION_PATTERN.fullmatch(text)
    if not match or text.endswith("T"):
        return None
    sign, days, hours, minutes, seconds = match.groups()
    whole = (int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)
    nanos = whole * 60 * 1_000_000_000 + int(Decimal(seconds or 0) * 1_000_000_000)
    try:
        return wide.span_of_nanos(-nanos if sign else nanos)
    except OverflowError:
        return None


def parse_temporal(text: str) -> object:
    """What ``@"…"`` denotes; None when the text is no date, time, instant or duration."""
    if text[:1] == "P" or text[:2] == "-P":
        return parse_duration(text)
    if "T" in text and _DATE_PATTERN.match(text):
        return parse_moment(text)
    return parse_date(text) if _DATE_PATTERN.fullmatch(text) else parse_time(text)


def whole_months(months: int) -> Months | None:
    """A years and months duration, None when it is longer than a calendar can hold."""
    return Months(months) if abs(months) <= MAX_MONTHS else None


def _format_zone(value: AnyTime | AnyMoment) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    total = int(abs(offset).total_seconds())
    sign = "-" if offset < timedelta() else "+"
    tail = f":{total % 60:02d}" if total % 60 else ""
    return f"{sign}{total // 3600:02d}:{total % 3600 // 60:02d}{tail}"


def _format_clock(value: AnyTime | AnyMoment) -> str:
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    fraction = wide.clock_nanos(value) % 1_000_000_000
    if fraction:
        text += f".{fraction:09d}".rstrip("0")
    return text + _format_zone(value)


def _format_date(value: AnyDay) -> str:
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def _format_months(value: Months) -> str:
    total = abs(value.months)
    years, months = divmod(total, 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return ("-" if value.months < 0 else "") + "P" + text


def _format_span(value: AnySpan) -> str:
    nanos = wide.span_nanos(value)
    total, fraction = divmod(abs(nanos), 1_000_000_000)
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        clock += f"{seconds}" + (f".{fraction:09d}".rstrip("0") if fraction else "") + "S"
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if nanos < 0 else "") + "P" + (text or "T0S")


def format_temporal(value: AnyDay | AnyTime | AnySpan | Months) -> str:
    """The ISO text of a temporal value, as ``string()`` gives it."""
    if isinstance(value, (datetime, WideMoment)):
        return f"{_format_date(value)}T{_format_clock(value)}"
    if isinstance(value, (date, WideDate)):
        return _format_date(value)
    if isinstance(value, (time, WideTime)):
        return _format_clock(value)
    if isinstance(value, Months):
        return _format_months(value)
    return _format_span(value)


def microseconds(span: timedelta) -> int:
    """The exact length of a days and time duration."""
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def span_of(nanos: Number) -> AnySpan:
    """A days and time duration of so many nanoseconds, rounded; raises OverflowError when too long."""
    length = Decimal(nanos)
    if length.copy_abs() > NANOS_PER_DAY * wide.MAX_YEAR:
        raise OverflowError
    return wide.span_of_nanos(int(length.to_integral_value(ROUND_HALF_UP, DECIMALS)))


def add_months(day: date, months: int) -> date:
    """``months`` later on the same day of month, or on the last day when the month is shorter.

    P1M from 31 January is the last day of February. Keeps the time of day of an instant.
    Raises OverflowError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < 1 or year > 9999:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def add_span(day: date, span: timedelta) -> date:
    """A days and time duration later; instants in a named zone move by elapsed time.

    A date counts from its midnight and stays a date. Raises OverflowError outside the calendar.
    """
    if isinstance(day, datetime):
        if day.tzinfo is None or not isinstance(day.tzinfo, ZoneInfo):
            return day + span
        return (day.astimezone(UTC) + span).astimezone(day.tzinfo)
    return (datetime.combine(day, time()) + span).date()


def time_micro(value: time) -> int:
    """Microseconds since midnight on the value's own clock."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def utc_micro(value: time) -> int:
    """Microseconds since midnight UTC for a time with an offset, else since its own midnight."""
    offset = value.utcoffset()
    return time_micro(value) - (microseconds(offset) if offset is not None else 0)


def months_between(start: AnyDay, end: AnyDay) -> int:
    """Whole months from one date to another, negative when it lies before; times of day do not count."""
    first, last = _month_and_day(start), _month_and_day(end)
    if first > last:
        return -months_between(end, start)
    return last[0] - first[0] - (last[1] < first[1])


def _month_and_day(value: AnyDay) -> tuple[int, int]:
    return value.year * 12 + value.month, value.day
