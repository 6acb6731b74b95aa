"""The parts a path may take from a value that is no context, e.g. ``due.year`` or ``span.hours``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.values import Months, Number, Range
from engine.feel.wide import AnySpan, WideDate, WideMoment, WideSpan, WideTime, span_nanos


def _part_of_span(value: AnySpan, seconds: int, modulus: int | None) -> int:
    nanos = span_nanos(value)
    size = abs(nanos) // (seconds * 1_000_000_000)
    if modulus is not None:
        size %= modulus
    return -size if nanos < 0 else size


def _seconds(value: time | datetime) -> Number:
    return value.second


def _zone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _part_of_months(value: Months, *, years: bool) -> int:
    size = abs(value.months) // 12 if years else abs(value.months) % 12
    return -size if value.months < 0 else size


_DATE: dict[str, Callable[[Any], object]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_CLOCK: dict[str, Callable[[Any], object]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": _seconds,
    "time offset": lambda value: value.utcoffset(),
    "timezone": _zone,
}
_SPAN: dict[str, Callable[[Any], object]] = {
    "days": lambda value: _part_of_span(value, 86_400, None),
    "hours": lambda value: _part_of_span(value, 3_600, 24),
    "minutes": lambda value: _part_of_span(value, 60, 60),
    "seconds": lambda value: _part_of_span(value, 1, 60),
}
_MONTHS: dict[str, Callable[[Any], object]] = {
    "years": lambda value: _part_of_months(value, years=True),
    "months": lambda value: _part_of_months(value, years=False),
}
_RANGE: dict[str, Callable[[Any], object]] = {
    "start": lambda value: value.start,
    "end": lambda value: value.end,
    "start included": lambda value: value.start_included,
    "end included": lambda value: value.end_included,
}

COMPONENTS: dict[tuple[type, str], Callable[[Any], object]] = {
    (owner, name): part
    for owner, parts in (
        (date, _DATE),
        (datetime, _DATE | _CLOCK),
        (time, _CLOCK),
        (WideDate, _DATE),
        (WideMoment, _DATE | _CLOCK),
        (WideTime, _CLOCK),
        (timedelta, _SPAN),
        (WideSpan, _SPAN),
        (Months, _MONTHS),
        (Range, _RANGE),
    )
    for name, part in parts.items()
}
