"""When a task is due (到期) and when a warning comes before (预警), from the texts of its diagram."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.ports import Place
from engine.timers import after, is_duration, parse_instant


@dataclass(frozen=True)
class StandingClock:
    """A clock that stands at an instant, to count from there."""

    instant: datetime

    def now(self) -> datetime:
        """That instant."""
        return self.instant


def due_by(rule: str, begin: datetime, place: Place) -> datetime:
    """When something that began at an instant is due; a plain day means its end. Raises `CannotGoOn`."""
    if is_duration(rule):
        return after(begin, rule, place.calendar, place.zone)
    return parse_instant(rule, place.zone, end_of_day=True)


def warning_time(due: datetime, rule: str, begin: datetime, place: Place) -> datetime:
    """So long before ``due``, but not before it began. Raises `CannotGoOn`."""
    return max(begin, after(due, rule, place.calendar, place.zone, times=-1))
