"""Waiting for what another thread or process does: looking again and again, no longer than a test's patience."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_SECONDS = 60.0

T = TypeVar("T")


class NeverCame(AssertionError):
    """Something that had to happen did not within the patience of a test."""


def wait_for(
    look: Callable[[], T], what: str, *, patience: float = PATIENCE_SECONDS, pause_seconds: float = 0.01
) -> T:
    """What a look finds as soon as it finds something; raises `NeverCame`."""
    deadline, pause = time.monotonic() + patience, threading.Event()
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NeverCame(what)
        pause.wait(pause_seconds)
    return found
