"""Whether a time that is written out can be one, as it will be read when its event is reached."""

from __future__ import annotations

import re

from engine.definitions.model import Event
from engine.errors import CannotGoOn
from engine.timers import as_working, is_duration, parse_cycle, parse_instant, span_of, working_amount

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")


def fault_of(event: Event) -> str | None:
    """The code of what is wrong with a timer's plain text; None when it is right."""
    text = event.timer.text if event.timer is not None else ""
    if event.timer_kind == "cycle":
        return _fault_of_cycle(text)
    if not readable_moment(text):
        return "timer_unreadable"
    if event.working_days and is_duration(text) and not _can_be_worked(text):
        return "timer_not_working"
    return None


def readable_time(text: str) -> bool:
    """Whether a plain text is an ISO 8601 duration, instant or cycle, or an amount of working time."""
    return _fault_of_cycle(text) is None if text.startswith("R") else readable_moment(text)


def readable_moment(text: str) -> bool:
    """Whether a plain text is an ISO 8601 duration or instant, or an amount of working time."""
    return readable_span(text) or _is_instant(text)


def readable_span(text: str) -> bool:
    """Whether a plain text is a length of time: an ISO 8601 duration or an amount of working time."""
    try:
        return working_amount(text) is not None or bool(span_of(text))
    except CannotGoOn:
        return False


def _is_instant(text: str) -> bool:
    """Whether it is written as an instant, of a day and an hour that exist."""
    try:
        return bool(_INSTANT.fullmatch(text) and parse_instant(text))
    except CannotGoOn:
        return False


def _fault_of_cycle(text: str) -> str | None:
    try:
        _, start, every = parse_cycle(text)
    except CannotGoOn as fault:
        return "cycle_too_short" if fault.code == "cycle_too_short" else "cycle_unreadable"
    fits = readable_span(every) and (start is None or _is_instant(start))
    return None if fits else "cycle_unreadable"


def _can_be_worked(text: str) -> bool:
    try:
        return bool(as_working(text))
    except CannotGoOn:
        return False
