"""Processes that serve the house: the product's own entry, with the shared clock and the relay's handlers.

They are forked from a server that has imported everything, so that starting one again takes a moment and not
seconds.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import webapp.models
from tests.faults import relay
from tests.faults.clock import SharedClock
from tests.faults.company import House
from webapp.api import auth
from webapp.serving import serve
from webapp.settings import Settings
from webapp.startup import open_database, require_schema

assert webapp.models.__name__

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.faults.serving"])
PATIENCE_SECONDS = 60.0


class NeverCame(AssertionError):
    """Something that had to happen did not within the patience of a test."""


def wait_for(condition: Callable[[], object], what: str, *, patience: float = PATIENCE_SECONDS) -> None:
    """Look again and again until a condition holds; raises `NeverCame`."""
    deadline, pause = time.monotonic() + patience, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise NeverCame(what)
        pause.wait(0.01)


class Server:
    """One process of the house that can be started, killed, held and let go on."""

    def __init__(self, house: House, *, port: int = 0, limit_bytes: int = 0) -> None:
        self.house = house
        self.port = port or house.settings.port
        self.log = house.folder / f"server-{self.port}.log"
        self._limit = limit_bytes
        self._process: multiprocessing.process.BaseProcess | None = None

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        assert self._process is not None and self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; it answers a little later (see `wait_ready`)."""
        house = self.house
        arguments = (house.settings, self.port, str(house.clock.file), house.gateway_port, str(self.log))
        process = _forks.Process(target=_serve, args=arguments, daemon=True)
        process.start()
        self._process = process

    def wait_ready(self) -> None:
        """Wait until it answers and reaches its database."""
        wait_for(
            lambda: self.answers() or not self.is_alive(), f"the server on {self.port} answers; see {self.log}"
        )
        assert self.is_alive(), self.log.read_text()[-2000:]

    def answers(self) -> bool:
        """Whether it answers that it is ready."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def is_alive(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, nothing is finished."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end; what is in hand is finished."""
        self._end(signal.SIGTERM)

    def hold(self) -> None:
        """Stop its time: it stalls wherever it is."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.is_alive():
            os.kill(self.pid, how)
        self._process.join(PATIENCE_SECONDS)
        assert not self._process.is_alive(), f"the server on {self.port} did not end; see {self.log}"
        self._process = None


def _serve(settings: Settings, port: int, clock: str, gateway_port: int, log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    # A client that plays a whole office sends more than one person would.
    auth.pace = auth.Pace(1_000_000)
    os.environ[relay.GATEWAY] = str(gateway_port)
    relay.install()
    database = open_database(settings, clock=SharedClock(Path(clock)))
    require_schema(database)
    serve(settings, database, host="127.0.0.1", port=port)
