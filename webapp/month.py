"""A month of a calendar as pages show it: weeks of days, what they are and where the special ones come from."""

from __future__ import annotations

from calendar import Calendar as Months
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from kernel.calendar import BusinessCalendar, Day
from kernel.calendar.days import STATE
from webapp.language import current_language
from webapp.wording import state_name


@dataclass(frozen=True)
class Month:
    """Weeks from Monday to Sunday; None stands for days of other months."""

    first: date
    title: str
    weeks: tuple[tuple[Day | None, ...], ...]
    before: str
    after: str
    known: bool

    @property
    def special(self) -> list[tuple[Day, Day]]:
        """The days that are otherwise than their weekday: first and last of each run of the same."""
        found: list[tuple[Day, Day]] = []
        for day in (day for week in self.weeks for day in week if day is not None and is_special(day)):
            first, last = found[-1] if found else (None, None)
            follows = last is not None and day.day - last.day == timedelta(days=1)
            if first is not None and follows and replace(first, day=day.day) == day:
                found[-1] = first, day
            else:
                found.append((day, day))
        return found


def is_special(day: Day) -> bool:
    """Whether a day is a holiday or a make-up workday."""
    return day.kind in ("holiday", "makeup")


def month_of(calendar: BusinessCalendar, text: str | None, today: date) -> Month:
    """The month that ``YYYY-MM`` names, or today's."""
    try:
        first = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
        first = first if 1900 < first.year < 9000 else today.replace(day=1)
    except ValueError:
        first = today.replace(day=1)
    days = Months().monthdatescalendar(first.year, first.month)
    weeks = tuple(tuple(calendar.day(d) if d.month == first.month else None for d in week) for week in days)
    pattern = {"zh": "yyyy年M月", "en": "MMMM yyyy"}[current_language()]
    language = current_language()
    return Month(
        first, format_date(first, pattern) if language else "", weeks, _moved(first, -1), _moved(first, 1),
        calendar.knows(first.year),
    )  # fmt: skip


def kind_name(day: Day) -> str:
    """What kind of day it is; a day that somebody of the house has set is no public holiday."""
    own = is_special(day) and (day.source.startswith("/") or not day.source)
    return state_name(f"day_kind.{'own_' if own else ''}{day.kind}")


def day_name(day: Day) -> str:
    """What a day is called in the reader's language; its kind when it has no name."""
    language = current_language()
    return day.names.get(language) or next(iter(day.names.values()), "")


def source_name(source: str, places: Mapping[str, str]) -> str:
    """Where a special day comes from, in words; ``places`` names the nodes by path."""
    if source == STATE:
        return _("state announcement, as the program holds it")
    if source.startswith("/"):
        return _("own day of %(place)s", place=places.get(source, source))
    return _("file %(name)s", name=source) if source else _("own day of the calendar")


def _moved(first: date, months: int) -> str:
    number = first.year * 12 + first.month - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
