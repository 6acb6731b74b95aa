"""Time in the demo: scripts that wait, woken in order while the clock is moved; whatever falls due is run between.

A script is a generator that yields how long it waits. Waking falls into the office hours of the day it lands on
or of the next.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kernel.clock import DEFAULT_ZONE, MovedClock

Script = Generator[timedelta, None, None]
ZONE = ZoneInfo(DEFAULT_ZONE)
OPENS, CLOSES = time(9, 5), time(18, 0)


def in_office_hours(instant: datetime) -> datetime:
    """The instant itself, or the next opening of the office."""
    local = instant.astimezone(ZONE)
    if local.time() < OPENS:
        return local.replace(hour=OPENS.hour, minute=OPENS.minute)
    if local.time() > CLOSES:
        return (local + timedelta(days=1)).replace(hour=OPENS.hour, minute=OPENS.minute)
    return local


class Agenda:
    """What is to happen, in order of time."""

    def __init__(self, clock: MovedClock, run_due: Callable[[], int]) -> None:
        self._clock = clock
        self._run_due = run_due
        self._waiting: list[tuple[datetime, int, Script]] = []
        self._count = 0

    def add(self, script: Script, at: datetime) -> None:
        """Begin a script at an instant."""
        self._count += 1
        heapq.heappush(self._waiting, (in_office_hours(at), self._count, script))

    def run_until(self, end: datetime, *, each: Callable[[int], None]) -> None:
        """Play everything before ``end``, fire what falls due, and leave the clock there."""
        while self._waiting and self._waiting[0][0] < end:
            instant, _, script = heapq.heappop(self._waiting)
            self._pass_to(instant)
            wait = next(script, None)
            if wait is not None:
                self.add(script, self._clock.now() + wait)
            each(len(self._waiting))
        self._pass_to(end)

    def _pass_to(self, instant: datetime) -> None:
        # Timers fire on the day they are due, not all at the end of a long wait.
        while self._clock.now() + timedelta(days=1) < instant:
            self._clock.advance(timedelta(days=1))
            self._run_due()
        if instant > self._clock.now():
            self._clock.set(instant)
        self._run_due()
