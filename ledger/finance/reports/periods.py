"""Periods of reports: from a day to a day, cut into days, weeks, months, quarters or years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.errors import DateInvalid
from ledger.finance.reports.standing import require_past

Step = Literal["day", "week", "month", "quarter", "year"]
STEPS: tuple[Step, ...] = ("day", "week", "month", "quarter", "year")
MOST_PERIODS = 62
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """Days in a row, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> date:
        """The day before it begins."""
        return self.first - timedelta(days=1)


def checked_period(session: Session, actor: Actor, first: date, last: date, *, today: date) -> Period:
    """A period that can be reported. Raises `DateInvalid` by field ``from`` or ``to``."""
    require_past(session, actor, last, today=today, field="to")
    if first > last:
        raise DateInvalid("period_backwards", field="from", last=last.isoformat())
    return Period(require_past(session, actor, first, today=today, field="from"), last)


def cut(period: Period, step: Step) -> tuple[Period, ...]:
    """The period by the calendar; the first and the last part may be shorter. Raises `DateInvalid`."""
    parts: list[Period] = []
    first = period.first
    while first <= period.last:
        if len(parts) == MOST_PERIODS:
            raise DateInvalid("periods_too_many", field="step", most=MOST_PERIODS)
        last = min(next_begin(first, step) - timedelta(days=1), period.last)
        parts.append(Period(first, last))
        first = last + timedelta(days=1)
    return tuple(parts)


def next_begin(day: date, step: Step) -> date:
    """The first day of the calendar's next part after the one that a day lies in; weeks begin on Monday."""
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7 - day.weekday())
    size = _MONTHS[step]
    return month_begin(day, (day.month - 1) // size * size + size - (day.month - 1))


def month_begin(day: date, later: int = 0) -> date:
    """The first day of a day's month, or of one so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
