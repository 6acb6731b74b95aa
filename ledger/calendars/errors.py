"""What can be wrong with calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kernel.errors import Invalid, Missing, Stale


class CalendarMissing(Missing):
    """No such calendar, or no such day of one."""

    code = "calendar_missing"


class CalendarInvalid(Invalid):
    """A calendar cannot be made so: its code, its name or its blocks."""

    code = "calendar_invalid"


class CalendarStale(Stale):
    """Somebody changed the calendar meanwhile."""

    code = "calendar_changed"


class DaysDiffer(Invalid):
    """A file says otherwise than what is known of some days; ``days`` are these."""

    code = "calendar_days_differ"

    def __init__(self, days: Sequence[date]) -> None:
        shown = ", ".join(day.isoformat() for day in days[:10])
        super().__init__(field="file", count=len(days), days=shown + (" …" if len(days) > 10 else ""))
        self.days = tuple(days)
