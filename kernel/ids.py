"""Identifiers are UUIDv7: unique everywhere and ordered by time, which keeps indexes compact.

The source can be replaced for a block of code: the demo company draws ids from its seed and its moved clock so
that the same seed makes the same company.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from threading import Lock
from typing import Protocol
from uuid import UUID

from kernel.clock import Clock, SystemClock


class IdSource(Protocol):
    """Makes identifiers."""

    def __call__(self) -> str:
        """A new identifier in canonical text form."""
        ...


def uuid7(instant: datetime, randomness: int, sequence: int = 0) -> str:
    """A UUIDv7 (RFC 9562) from an instant, a 12-bit sequence and 62 bits of randomness."""
    return _written(int(instant.timestamp() * 1000), randomness, sequence)


def _written(milliseconds: int, randomness: int, sequence: int) -> str:
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (sequence & 0xFFF) << 64
    value |= 0b10 << 62 | (randomness & ((1 << 62) - 1))
    return str(UUID(int=value))


class RandomIds:
    """Ids from the machine's clock and its source of randomness, ordered as drawn within a process.

    Within a millisecond, and while a clock that was set back catches up, a counter goes on; so tasks and timers
    made by one step keep their order when they are read by id.
    """

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._lock = Lock()
        self._last = 0

    def __call__(self) -> str:
        """A new identifier."""
        bits = secrets.randbits(73)
        with self._lock:
            # The upper half of the counter stays free, so that there is room to go on within the millisecond.
            drawn = int(self._clock.now().timestamp() * 1000) << 12 | bits >> 62
            self._last = drawn if drawn > self._last else self._last + 1
            milliseconds, sequence = self._last >> 12, self._last & 0xFFF
        return _written(milliseconds, bits, sequence)


class SeededIds:
    """Ids from a seed and a given clock, ordered as drawn within a millisecond."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, never used for secrets
        self._clock = clock
        self._sequence = 0

    def __call__(self) -> str:
        """The next identifier of this seed."""
        self._sequence = (self._sequence + 1) & 0xFFF
        return uuid7(self._clock.now(), self._random.getrandbits(62), self._sequence)


_source: ContextVar[IdSource] = ContextVar("keyturn_ids", default=RandomIds())  # noqa: B039 - one for the process on purpose


def new_id() -> str:
    """A new identifier from the source in force."""
    return _source.get()()


@contextmanager
def use_ids(source: IdSource) -> Iterator[None]:
    """Draw ids from ``source`` within the block."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
