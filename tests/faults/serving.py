"""Processes that serve the house: the product's own entries, with the shared clock and the relay's handlers.

They are forked from a server that has imported everything, so that starting one again takes a moment and not
seconds. Each is a process group of its own, since web and worker processes have children.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import http.client
import itertools
import multiprocessing
import os
import random
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import webapp.models
from tests.faults import relay
from tests.faults.clock import SharedClock
from tests.faults.company import House
from tests.forks import forks
from tests.waiting import PATIENCE_SECONDS, wait_for
from webapp.scaled import beat, web, worker
from webapp.serving import serve
from webapp.settings import Settings
from webapp.startup import open_database, require_schema

assert webapp.models.__name__

_numbers = itertools.count(1)


class Server:
    """One process of the house with its children, that can be started, killed, held and let go on.

    ``role`` is ``serve`` (all in one), or with a broker ``web``, ``worker`` or ``beat``.
    """

    def __init__(self, house: House, role: str = "serve", *, port: int = 0) -> None:
        self.house = house
        self.role = role
        self.port = port or house.settings.port
        self.log = house.folder / f"{role}-{next(_numbers)}.log"
        self._read_from = 0
        self._process: multiprocessing.process.BaseProcess | None = None
        self._leash: Connection | None = None

    @property
    def answers_requests(self) -> bool:
        """Whether clients can speak to it."""
        return self.role in ("serve", "web")

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        assert self._process is not None and self._process.pid is not None
        return self._process.pid

    @property
    def children(self) -> list[int]:
        """The numbers of its child processes."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in listed.read_text().split()]

    def start(self) -> None:
        """Start it; it answers a little later (see `wait_ready`)."""
        house = self.house
        self._read_from = self.log.stat().st_size if self.log.exists() else 0
        leash, self._leash = forks.Pipe(duplex=False)
        files = (str(house.clock.file), str(self.log))
        arguments = (self.role, house.settings, self.port, house.gateway_port, *files, leash)
        process = forks.Process(target=_run, args=arguments)
        process.start()
        leash.close()
        self._process = process

    def wait_ready(self) -> None:
        """Wait until it answers and reaches its database, or has begun to work."""
        wait_for(lambda: self.is_ready() or not self.is_alive(), f"the {self.role} is ready; see {self.log}")
        assert self.is_alive(), self.log.read_text()[-2000:]

    def is_ready(self) -> bool:
        """Whether it can do its work."""
        if self.role == "worker":
            return " ready." in self.said
        return self.role == "beat" or self._answers()

    @property
    def said(self) -> str:
        """What it has written since it was started last."""
        return self.log.read_bytes()[self._read_from :].decode(errors="replace") if self.log.exists() else ""

    def _answers(self) -> bool:
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
        """End it and its children as a power cut would: SIGKILL, nothing is finished."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._join()

    def kill_part(self, dice: random.Random) -> None:
        """SIGKILL the parent and leave its children orphans, or kill one child."""
        victim = dice.choice([self.pid, *self.children])
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        if victim == self.pid and self._process is not None:
            # Its orphans answer for a while; whether it lives must not be told by them.
            self._process.join(PATIENCE_SECONDS)

    def stop(self) -> None:
        """Ask it to end; what is in hand is finished."""
        if self._process is not None:
            if self._process.is_alive():
                os.kill(self.pid, signal.SIGTERM)
            self._join()

    def hold(self) -> None:
        """Stop its time: it stalls wherever it is."""
        os.killpg(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        os.killpg(self.pid, signal.SIGCONT)

    def _join(self) -> None:
        assert self._process is not None
        self._process.join(PATIENCE_SECONDS)
        assert not self._process.is_alive(), f"the {self.role} did not end; see {self.log}"
        assert self._leash is not None
        self._leash.close()
        self._process = None


def _end_with_the_test(leash: Connection) -> None:
    """A test run that is broken off leaves no server behind: its end of the pipe closes."""
    with contextlib.suppress(EOFError, OSError):
        leash.recv()
    os.killpg(0, signal.SIGKILL)


def _run(
    role: str, settings: Settings, port: int, gateway_port: int, clock_file: str, log: str, leash: Connection
) -> None:
    os.setsid()
    threading.Thread(target=_end_with_the_test, args=(leash,), daemon=True).start()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    # A client that plays a whole office sends more than one person would.
    settings = dataclasses.replace(settings, requests_per_minute=1_000_000)
    os.environ[relay.GATEWAY] = str(gateway_port)
    relay.install()
    clock = SharedClock(Path(clock_file))
    open_here = functools.partial(open_database, clock=clock)
    web.open_database = worker.open_database = open_here
    settings = dataclasses.replace(settings, port=port)
    if role == "serve":
        database = open_here(settings)
        require_schema(database)
        serve(settings, database, host=settings.host, port=port)
    else:
        {"web": web.serve, "worker": worker.work, "beat": beat.beat}[role](settings)
