"""Bounds on one evaluation, and the budget that keeps to them.

A text comes from a person, so it may ask for anything. Every loop turn and call costs steps, every
value made costs steps by its size, and therefore steps bound time and memory alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from engine.feel.errors import FeelLimitError, FeelWarning

MAX_WARNINGS = 50
CHARACTERS_PER_STEP = 64
ITEMS_PER_STEP = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use.

    ``steps``: loop turns, calls and shares of big values; ``string`` characters and ``items`` elements
    of one value; ``depth``: calls of functions within functions; ``regex_seconds``: all regular
    expressions of one evaluation together.
    """

    steps: int = 100_000
    string: int = 100_000
    items: int = 50_000
    depth: int = 64
    regex_seconds: float = 0.2


DEFAULT = Limits()

MAX_TEXT = 10_000
"""Characters of one FEEL text; no cell or condition that a person can still read comes near."""

MAX_NESTING = 64
"""Levels of expression within expression."""


class WorkingCalendar(Protocol):
    """Working-day arithmetic as given in at evaluation (工作日)."""

    def add_working_days(self, start: date, days: int, /) -> date:
        """The working day that lies ``days`` working days after (or before) ``start``."""

    def working_days_between(self, start: date, end: date, /) -> int:
        """Working days after ``start`` up to and including ``end``."""

    def add_working_time(self, start: datetime, amount: timedelta, zone: str, /) -> datetime:
        """The instant so much working time after (or before) ``start``; raises `ValueError` for none."""

    def working_time_between(self, start: datetime, end: datetime, zone: str, /) -> timedelta:
        """Working time from ``start`` to ``end``."""


class People(Protocol):
    """Knows who stands above whom."""

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Who stands so many levels above somebody, or None."""
        ...


class Run:
    """One evaluation: its budget, its clock and calendar, the people of the house, and the warnings so far.

    ``own_types`` says whether a value is of a type that the surroundings define. With ``whole_seconds`` times
    and instants are equal if they are so to the second, as the standard's test kit has it.
    """

    __slots__ = (
        "calendar",
        "clock_now",
        "clock_today",
        "depth",
        "limits",
        "own_types",
        "people",
        "regex_left",
        "steps",
        "warnings",
        "whole_seconds",
    )

    def __init__(
        self,
        limits: Limits,
        today: date | None,
        now: datetime | None,
        calendar: WorkingCalendar | None,
        people: People | None = None,
    ) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.clock_today = today
        self.clock_now = now
        self.calendar = calendar
        self.people = people
        self.depth = 0
        self.regex_left = limits.regex_seconds
        self.warnings: list[FeelWarning] | None = None
        self.own_types: Callable[[object, str, Run], bool] | None = None
        self.whole_seconds = False

    def warn(self, code: str, offset: int = 0, **params: object) -> None:
        """Record why the value is null; returns None so that callers may return it."""
        if self.warnings is None:
            self.warnings = []
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(FeelWarning(code, offset, params))

    def spend(self, steps: int = 1) -> None:
        """Pay for work about to be done.

        Raises FeelLimitError when the budget is used up.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitError("feel_step_limit", {"limit": self.limits.steps})

    def spend_on_items(self, items: Sized) -> None:
        """Pay for walking over a list, string or context once."""
        self.spend(1 + len(items) // ITEMS_PER_STEP)

    def text(self, value: str) -> str:
        """Pay for a string just made.

        Raises FeelLimitError when it is too long.
        """
        length = len(value)
        if length > self.limits.string:
            raise FeelLimitError("feel_string_limit", {"limit": self.limits.string})
        if length > CHARACTERS_PER_STEP:
            self.spend(length // CHARACTERS_PER_STEP)
        return value

    def items(self, value: list[object]) -> list[object]:
        """Pay for a list just made.

        Raises FeelLimitError when it is too long.
        """
        self.claim_items(len(value))
        return value

    def claim_items(self, count: int) -> None:
        """Pay for a list of ``count`` elements before it is made."""
        if count > self.limits.items:
            raise FeelLimitError("feel_list_limit", {"limit": self.limits.items})
        if count > ITEMS_PER_STEP:
            self.spend(count // ITEMS_PER_STEP)

    def enter(self) -> None:
        """Go one function call deeper.

        Raises FeelLimitError when calls lie too deep within each other.
        """
        self.spend()
        self.depth += 1
        if self.depth > self.limits.depth:
            raise FeelLimitError("feel_depth_limit", {"limit": self.limits.depth})

    def leave(self) -> None:
        """Come back from a function call."""
        self.depth -= 1
