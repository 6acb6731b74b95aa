"""Business-calendar arithmetic: which days are worked, and what is n working days away.

Mainland China's public holidays and make-up workdays (调休) come from the maintained `chinese_calendar` data;
years it does not know yet fall back to Monday to Friday and say so through `knows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

import chinese_calendar


class WorkingCalendar(Protocol):
    """Tells working days."""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``."""
        ...


@dataclass(frozen=True)
class ChineseCalendar:
    """Public holidays and make-up workdays of mainland China, with a company's own exceptions on top."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``; an exception of the company's own wins."""
        if day in self.exceptions:
            return self.exceptions[day]
        if not self.knows(day.year):
            return day.weekday() < 5
        return bool(chinese_calendar.is_workday(day))

    @staticmethod
    def knows(year: int) -> bool:
        """Whether the state's announcement for a year is in the data."""
        return any(day.year == year for day in chinese_calendar.holidays)

    def add_working_days(self, day: date, count: int) -> date:
        """The day ``count`` working days after (or before, if negative) ``day``."""
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
