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
    text = timer_text(event, data, expressions)
    if event.timer_kind == "cycle":
        return _plan_cycle(text, expressions)
    if timers.is_duration(text):
        return TimerPlan(due_at_turn(expressions.clock.now(), text, 1, expressions))
    return TimerPlan(timers.parse_instant(text, expressions.zone))


def timer_text(event: Event, data: Mapping[str, Any], expressions: Expressions) -> str:
    """The duration, instant or cycle that a timer's text comes to; raises `CannotGoOn`."""
    if event.timer is None:
        raise CannotGoOn("timer_missing")
    text = expressions.value(event.timer.text, data) if event.timer.is_feel else event.timer.text
    if isinstance(text, int) and not isinstance(text, bool) and event.working_days:
        text = f"P{text}WD"
    if not isinstance(text, str):
        raise CannotGoOn("timer_without_value", expression=event.timer.text)
    if event.timer_kind != "cycle" and event.working_days and timers.is_duration(text):
        text = timers.as_working(text)
    return text


def due_at_turn(begin: datetime, every: str, turn: int, expressions: Expressions) -> datetime:
    """When a turn of a cycle is due, counted from its beginning.

    Counted from the turn before, a monthly cycle from 31 January would stay on the 28th, and a daily one at 02:30
    would stay late by the hour that one day lacked.
    """
    return timers.after(begin, every, expressions.calendar, expressions.zone, times=turn)


def _plan_cycle(text: str, expressions: Expressions) -> TimerPlan:
    turns, start, every = timers.parse_cycle(text)
    more = None if turns is None else max(turns - 1, 0)
    if start:
        first = timers.parse_instant(start, expressions.zone)
        return TimerPlan(first, every, more, begin=first, turn=0)
    now = expressions.clock.now()
    return TimerPlan(due_at_turn(now, every, 1, expressions), every, more, begin=now, turn=1)
