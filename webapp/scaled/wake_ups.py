"""Sends wake-ups after commits, beside the requests: a slow or dead broker holds nobody up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger("keyturn.jobs")
_BETWEEN_SECONDS = 0.05


class WakeUps:
    """Sends one wake-up for everything that was asked for since the last one. Survives a fork."""

    def __init__(self, send: Callable[[], None]) -> None:
        self._send = send
        self._asked = threading.Event()
        self._starting = threading.Lock()
        self._pid: int | None = None
        self._reached = True

    def ask(self) -> None:
        """Have a wake-up sent soon; returns at once and never raises."""
        if self._pid != os.getpid():
            self._start()
        self._asked.set()

    def _start(self) -> None:
        with self._starting:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._loop, name="wake-ups", daemon=True).start()

    def _loop(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            self._try()
            # Whoever asks meanwhile shares the next one: under load a worker finds several jobs at each.
            time.sleep(_BETWEEN_SECONDS)

    def _try(self) -> None:
        try:
            self._send()
        except Exception as fault:
            if self._reached:
                log.warning("broker unreachable", error=type(fault).__name__)
            self._reached = False
            return
        if not self._reached:
            log.info("broker reached again")
        self._reached = True
