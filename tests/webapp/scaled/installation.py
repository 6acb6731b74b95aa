"""An installation of several processes on the test's PostgreSQL and brokers, and what its files say."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import kombu
import redis

from tests.forks import Forked, fork
from tests.webapp.scaled.process import command
from webapp.db import Database

PATIENCE = 150.0


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition; fails with its name when it does not come."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@dataclass
class Process:
    """A process of the installation with what it writes."""

    handle: subprocess.Popen[bytes] | Forked
    log: Path
    address: str = ""

    def says(self, text: str) -> bool:
        """Whether a text stands in its log."""
        return text in self.log.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[int]:
        """Its child processes."""
        listed = Path(f"/proc/{self.handle.pid}/task/{self.handle.pid}/children")
        return [int(pid) for pid in listed.read_text().split()]

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to it and its children."""
        for pid in [self.handle.pid, *self.children()]:
            os.kill(pid, number)

    def stop(self) -> int:
        """Ask it to stop and wait until it has; returns its exit code."""
        if self.handle.poll() is None:
            self.handle.terminate()
        return self.handle.wait(PATIENCE)

    def end(self) -> None:
        """Make sure that it is gone, stopped or not."""
        if self.handle.poll() is None:
            self.signal_all(signal.SIGKILL)
            self.handle.wait(PATIENCE)


@dataclass
class Installation:
    """Starts processes of one installation. ``story`` is the file with what reached the outside."""

    database: Database
    folder: Path
    broker_url: str
    queue: str
    running: list[Process] = field(default_factory=list)

    @property
    def story(self) -> Path:
        return self.folder / "story.txt"

    def lines(self, word: str) -> list[list[str]]:
        """The lines of the story that begin with a word, in parts."""
        text = self.story.read_text(encoding="utf-8") if self.story.exists() else ""
        return [line.split() for line in text.splitlines() if line.split()[:1] == [word]]

    def environment(self, **more: str) -> dict[str, str]:
        """The settings every process of the installation gets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KEYTURN_")}
        own = {
            "DATABASE_URL": self.database.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""),
            "SECRET_FILE": str(self.folder / "keys.json"),
            "BROKER_URL": self.broker_url,
            "QUEUE": self.queue,
            "OUTBOX_FOLDER": str(self.folder / "outbox"),
            "STORY": str(self.story),
            "THREADS": "2",
        }
        return kept | {f"KEYTURN_{name}": value for name, value in (own | more).items()}

    def start(self, *words: str, **more: str) -> Process:
        """Start one process, settings beside the installation's in ``more``."""
        log = self._log(words[0])
        return self._begun(fork(command, words, self.environment(**more), log), log)

    def _start_from(self, release: Path, *words: str, **more: str) -> Process:
        """Start a process of another release, which has to import its own source."""
        log = self._log(words[0])
        with log.open("wb") as file:
            handle = subprocess.Popen(  # noqa: S603 - our own program.
                [sys.executable, "-m", "webapp.cli", *words],
                cwd=release,
                env=self.environment(**more),
                stdout=file,
                stderr=file,
            )
        return self._begun(handle, log)

    def _log(self, word: str) -> Path:
        log = self.folder / f"{len(self.running)}-{word}.log"
        log.touch()
        return log

    def _begun(self, handle: subprocess.Popen[bytes] | Forked, log: Path) -> Process:
        process = Process(handle, log)
        self.running.append(process)
        return process

    def serve(self, processes: int = 1, **settings: str) -> Process:
        """Start web processes on a port of their own."""
        port = str(free_port())
        return self._served(self.start("serve", PORT=port, PROCESSES=str(processes), **settings), port)

    def serve_other(self, release: Path) -> Process:
        """Start the web process of another release from its source."""
        port = str(free_port())
        return self._served(self._start_from(release, "serve", PORT=port), port)

    @staticmethod
    def _served(process: Process, port: str) -> Process:
        process.address = f"http://127.0.0.1:{port}"
        return process

    def ready(self, *processes: Process) -> None:
        """Wait until web processes answer and workers are connected."""
        for process in processes:
            until(lambda p=process: _is_up(p), f"{process.log.name} to be ready")

    def stop(self) -> None:
        """End every process and take what the brokers keep of this installation away."""
        for process in self.running:
            process.end()
        clear(self.broker_url, self.queue)


def _is_up(process: Process) -> bool:
    assert process.handle.poll() is None, process.log.read_text(encoding="utf-8", errors="replace")[-2000:]
    if not process.address:
        return process.says(" ready.") or process.log.name.endswith("beat.log")
    try:
        with urllib.request.urlopen(f"{process.address}/readyz", timeout=5) as answer:  # noqa: S310 - our own.
            return bool(answer.status == 200)
    except OSError:
        return False


def clear(broker_url: str, queue: str) -> None:
    """Delete a queue and whatever belongs to it."""
    if broker_url.startswith("redis"):
        client = redis.Redis.from_url(broker_url)
        keys = list(client.scan_iter(f"{queue}:*"))
        if keys:
            client.delete(*keys)
        client.close()
        return
    with kombu.Connection(broker_url) as connection:
        channel = connection.default_channel
        channel.queue_delete(queue)
        channel.exchange_delete(queue)
