"""When a timer event is due, worked out from the diagram's text and the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import timers
from engine.definitions.model import Event
from engine.errors import CannotGoOn
from engine.expressions import Expressions
from engine.spiff.services import TimerPlan


def plan_timer(event: Event, data: Mapping[str, Any], expressions: Expressions) -> TimerPlan:
    """When a timer reached now is due; raises `CannotGoOn` for what is no time."""
    if event.timer is None:
        raise CannotGoOn("timer_missing")
    text = expressions.value(event.timer.text, data) if event.timer.is_feel else event.timer.text
    if isinstance(text, int) and not isinstance(text, bool) and event.working_days:
        text = f"P{text}WD"
    if not isinstance(text, str):
        raise CannotGoOn("timer_without_value", expression=event.timer.text)
    if event.timer_kind == "cycle":
        return _plan_cycle(text, expressions)
    if event.working_days and timers.is_duration(text):
        text = timers.working_days(text)
    if timers.is_duration(text):
        return TimerPlan(next_due(expressions.clock.now(), text, expressions))
    return TimerPlan(timers.parse_instant(text, expressions.zone))


def next_due(due: datetime, every: str, expressions: Expressions) -> datetime:
    """The next turn of a cycle."""
    return timers.after(due, every, expressions.calendar, expressions.zone)


def _plan_cycle(text: str, expressions: Expressions) -> TimerPlan:
    turns, start, every = timers.parse_cycle(text)
    first = (
        timers.parse_instant(start, expressions.zone)
        if start
        else next_due(expressions.clock.now(), every, expressions)
    )
    return TimerPlan(first, every, None if turns is None else max(turns - 1, 0))
