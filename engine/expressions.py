"""FEEL for the engine: process data in, JSON values out, the clock and the calendar passed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import CannotGoOn
from engine.feel import FeelError, compile_expression, to_json
from engine.ports import Calendar, Directory
from kernel.clock import DEFAULT_ZONE, Clock, business_date


class Expressions:
    """Evaluates a diagram's texts for one command."""

    def __init__(
        self, clock: Clock, calendar: Calendar, zone: str = DEFAULT_ZONE, people: Directory | None = None
    ) -> None:
        self.clock = clock
        self.calendar = calendar
        self.zone = zone
        self.people = people

    def value(self, text: str, data: Mapping[str, Any]) -> Any:
        """The JSON value of a text.

        Raises `CannotGoOn` when the text is no FEEL, passes a limit, or yields what process data cannot hold.
        """
        try:
            return to_json(self._evaluate(text, data))
        except FeelError as fault:
            raise CannotGoOn(fault.code, expression=text, **_details(fault)) from fault

    def holds(self, text: str, data: Mapping[str, Any]) -> bool:
        """Whether a condition is true; raises `CannotGoOn` when it is neither true nor false."""
        value = self.value(text, data)
        if not isinstance(value, bool):
            names = sorted(compile_expression(text).names - set(data))
            raise CannotGoOn("condition_unclear", expression=text, missing=", ".join(names))
        return value

    def _evaluate(self, text: str, data: Mapping[str, Any]) -> object:
        expression = compile_expression(text)
        now = self.clock.now().astimezone(ZoneInfo(self.zone))
        today = business_date(self.clock, self.zone)
        return expression.evaluate(data, today=today, now=now, calendar=self.calendar, people=self.people)


def names_in(text: str) -> frozenset[str]:
    """The variables that a text reads; none when it is no FEEL."""
    try:
        return compile_expression(text).names
    except FeelError:
        return frozenset()


def _details(fault: FeelError) -> dict[str, object]:
    return {name: value for name, value in fault.params.items() if name != "expression"}
