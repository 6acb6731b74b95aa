"""Brokers that can be struck: a Redis of our own that is killed and loses all, a queue of RabbitMQ that is emptied."""

from __future__ import annotations

import random
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import kombu
import redis

from tests.faults.company import free_port
from tests.waiting import wait_for

REDIS_SERVER = shutil.which("redis-server")


@dataclass(frozen=True)
class Broker:
    """The address of a broker, the queue on it, and what can befall it."""

    url: str
    queue: str
    strike: Callable[[random.Random], None]


@contextmanager
def redis_of_our_own(folder: Path) -> Iterator[Broker]:
    """A Redis on a free port that keeps nothing on disk; a strike is kill -9, and it comes back empty."""
    server = _Redis(folder, free_port())
    server.start()
    try:
        yield Broker(f"redis://127.0.0.1:{server.port}/0", _name(), server.strike)
    finally:
        server.kill()


class _Redis:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert REDIS_SERVER is not None
        words = [
            REDIS_SERVER,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 - a server of the test's own.
        wait_for(self._answers, "Redis answers")

    def _answers(self) -> bool:
        with redis.Redis(port=self.port) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def strike(self, _dice: random.Random) -> None:
        self.kill()
        self.start()


@contextmanager
def queue_of_rabbitmq(url: str) -> Iterator[Broker]:
    """A queue on a RabbitMQ; a strike empties it, or takes it away from those who listen."""
    name = _name()

    def strike(dice: random.Random) -> None:
        with kombu.Connection(url) as connection:
            if dice.random() < 0.5:
                connection.default_channel.queue_delete(name)
            else:
                kombu.Queue(name).bind(connection.default_channel).purge()

    try:
        yield Broker(url, name, strike)
    finally:
        with kombu.Connection(url) as connection:
            connection.default_channel.queue_delete(name)
            connection.default_channel.exchange_delete(name)


def _name() -> str:
    return f"keyturn_faults_{uuid.uuid4().hex[:12]}"
