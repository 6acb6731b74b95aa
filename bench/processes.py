"""A scaled installation for measuring: real processes on PostgreSQL and Redis, on the loopback address alone."""

from __future__ import annotations

import http.client
import os
import socket
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import redis

from bench.databases import fresh
from bench.process import begin
from kernel.clock import SystemClock
from kernel.vault import new_vault
from webapp.db import Database
from webapp.schema import migrate

_PATIENCE = 120.0


@dataclass
class Installation:
    """One database, its processes and what the broker keeps for them."""

    database: Database
    url: str
    folder: Path
    broker_url: str
    queue: str
    _running: list[BaseProcess] = field(default_factory=list)

    def start(self, *words: str, **settings: str) -> BaseProcess:
        """Start one process; its log stands in the folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KEYTURN_")}
        own = {
            "DATABASE_URL": self.url,
            "SECRET_FILE": str(self.folder / "keys.json"),
            "BROKER_URL": self.broker_url,
            "QUEUE": self.queue,
            "OUTBOX_FOLDER": str(self.folder / "outbox"),
            "REQUESTS_PER_MINUTE": "10000000",
            "SWEEP_SECONDS": "5",
            "LOG_LEVEL": "WARNING",
        }
        environment = kept | {f"KEYTURN_{name}": value for name, value in (own | settings).items()}
        process = begin(words, environment, self.folder / f"{words[0]}-{len(self._running)}.log")
        self._running.append(process)
        return process

    def serve(self, **settings: str) -> int:
        """Start web processes; returns their port once they are ready."""
        with socket.socket() as asked:
            asked.bind(("127.0.0.1", 0))
            port = int(asked.getsockname()[1])
        process = self.start("serve", HOST="127.0.0.1", PORT=str(port), **settings)
        until(lambda: _answers(port, process))
        return port

    def work(self, workers: int, **settings: str) -> None:
        """Start workers, and beat beside them; returns once they take jobs."""
        started = [self.start("worker", **settings) for _ in range(workers)]
        self.start("beat")
        until(lambda: all(len(_children(process.pid)) > 0 for process in started))

    def rest(self) -> None:
        """Stop all processes."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.join(_PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
        self._running.clear()


@contextmanager
def installation(database_url: str, broker_url: str) -> Iterator[Installation]:
    """An installation with an empty schema; nothing of it is left afterwards. Without a broker it is embedded."""
    with fresh(database_url) as url, tempfile.TemporaryDirectory(prefix="keyturn-bench-") as folder:
        vault = new_vault()
        vault.save(Path(folder) / "keys.json")
        database = Database(url, vault, SystemClock())
        migrate(database.engine)
        queue = f"keyturn_bench_{uuid.uuid4().hex[:10]}"
        made = Installation(database, url, Path(folder), broker_url, queue)
        try:
            yield made
        finally:
            made.rest()
            database.engine.dispose()
            if broker_url:
                _clear(broker_url, queue)


def _clear(broker_url: str, queue: str) -> None:
    client = redis.Redis.from_url(broker_url)
    keys = list(client.scan_iter(f"{queue}:*"))
    if keys:
        client.delete(*keys)
    client.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition; raises `TimeoutError` when it does not come."""
    ends = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError("the processes of the bench did not do what they should")
        time.sleep(0.05)


def _answers(port: int, process: BaseProcess) -> bool:
    if not process.is_alive():
        raise RuntimeError("a web process of the bench ended at its start")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _children(pid: int | None) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
