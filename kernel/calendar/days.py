"""What a single day is: a workday, a weekend, a public holiday (节假日) or a make-up workday (调休上班)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

import chinese_calendar

from kernel.calendar.blocks import Block

Kind = Literal["workday", "weekend", "holiday", "makeup"]
STATE = "state"
"""The source of what the state has announced, as the maintained `chinese_calendar` data has it."""


@dataclass(frozen=True)
class SpecialDay:
    """A day that is otherwise than its weekday. ``blocks`` None: those of an ordinary workday.

    ``names`` are by language, ``source`` says where the day comes from: `STATE`, a file's name, or a node's path.
    """

    working: bool
    names: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] | None = None
    source: str = ""


@dataclass(frozen=True)
class Day:
    """One day as a calendar sees it, with its blocks of working time."""

    day: date
    kind: Kind
    blocks: tuple[Block, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def working(self) -> bool:
        """Whether people work on it."""
        return self.kind in ("workday", "makeup")


def state_knows(year: int) -> bool:
    """Whether the state's announcement for a year is in the maintained data."""
    return year in _years()


def day_of_state(day: date) -> SpecialDay | None:
    """What the state has announced for a day of mainland China; None for an ordinary one or an unknown year."""
    holiday = chinese_calendar.holidays.get(day)
    name = holiday or chinese_calendar.workdays.get(day)
    if name is None:
        return None
    return SpecialDay(holiday is None, _names(name), source=STATE)


@cache
def _years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.holidays)


@cache
def _names(name: str) -> Mapping[str, str]:
    chinese = next((h.chinese for h in chinese_calendar.Holiday if h.value == name), name)
    return {"en": name, "zh": chinese}
