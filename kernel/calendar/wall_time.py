"""From the clock on the wall to instants, where clocks change too: never backwards, never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant_at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock shows so many minutes after midnight; 1440 is the next midnight.

    A time that a day lacks is the instant of the change; one that it has twice is the first.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    return _change(found, zone)


def _change(after: datetime, zone: ZoneInfo) -> datetime:
    """The last change of clocks within the three hours before an instant, to the minute."""
    offset, low, high = after.astimezone(zone).utcoffset(), 0, 180
    while high - low > 1:
        middle = (low + high) // 2
        moved = (after - timedelta(minutes=middle)).astimezone(zone).utcoffset() == offset
        low, high = (middle, high) if moved else (low, middle)
    return after - timedelta(minutes=low)
