"""The clock is passed, never read inside: production reads the machine's, tests and the demo move their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


class Clock(Protocol):
    """Tells the present instant in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Set to an aware instant, forwards or backwards."""
        self._now = instant.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move on by a duration."""
        self._now += by


def business_date(clock: Clock, zone: str = DEFAULT_ZONE) -> date:
    """Today's date where the project is (DOMAIN §10.12)."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str = DEFAULT_ZONE) -> datetime:
    """The UTC instant at which a business day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
