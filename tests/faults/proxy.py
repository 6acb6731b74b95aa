"""A wire between Keyturn and PostgreSQL that can be cut where it hurts: just before a commit, or just after.

After the server has committed and before it can say so, nobody but the database knows what happened.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

BEFORE, AFTER, AMID = "before the commit", "after the commit", "amid the transaction"
_LENGTH = struct.Struct("!I")
_READY = b"Z"


@dataclass
class Wire:
    """Forwards connections. ``plan`` says what is cut next, after so many messages that fit."""

    host: str
    server_port: int
    port: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    _plan: tuple[str, int] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut_next(self, where: str, dice: random.Random) -> None:
        """Cut one of the next few connections that come to this point."""
        with self._lock:
            self._plan = (where, dice.randint(1, 40 if where == AMID else 3))

    @property
    def is_planned(self) -> bool:
        """Whether the cut is still to come."""
        return self._plan is not None

    def comes_to(self, where: str) -> bool:
        """A connection is at this point: whether it is cut here."""
        with self._lock:
            if self._plan is None or self._plan[0] != where:
                return False
            left = self._plan[1] - 1
            self._plan = (where, left) if left else None
            if not left:
                self.cuts[where] += 1
            return not left


class _Connection:
    """One client's connection to the server, message by message."""

    def __init__(self, wire: Wire, client: socket.socket) -> None:
        self.wire, self.client = wire, client
        self.server = socket.create_connection((wire.host, wire.server_port))
        self.committing = threading.Event()

    def run(self) -> None:
        """Forward until either side or the plan ends it."""
        back = threading.Thread(target=self._from_server, daemon=True)
        back.start()
        try:
            self._begin()
            while message := _read(self.client):
                self._to_server(message)
        except OSError:
            pass
        finally:
            self.cut()
            back.join()
            self.client.close()
            self.server.close()

    def cut(self) -> None:
        """End it on both sides at once."""
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _begin(self) -> None:
        length = _exactly(self.client, _LENGTH.size)
        self.server.sendall(length + _exactly(self.client, _LENGTH.unpack(length)[0] - _LENGTH.size))

    def _to_server(self, message: bytes) -> None:
        commits = message[:1] in b"QP" and b"COMMIT" in message
        if self.wire.comes_to(AMID) or (commits and self.wire.comes_to(BEFORE)):
            raise ConnectionAbortedError
        if commits:
            self.committing.set()
        self.server.sendall(message)

    def _from_server(self) -> None:
        try:
            while message := _read(self.server):
                if self.committing.is_set() and self.wire.comes_to(AFTER):
                    self._swallow(message)
                    self.cut()
                    return
                if message[:1] == _READY:
                    self.committing.clear()
                self.client.sendall(message)
        except OSError:
            self.cut()

    def _swallow(self, message: bytes) -> None:
        """The server has its say, and nobody hears it."""
        while message and message[:1] != _READY:
            message = _read(self.server)


def _read(end: socket.socket) -> bytes:
    """One message with its type and length; empty at the end."""
    head = _exactly(end, 1 + _LENGTH.size)
    return head and head + _exactly(end, _LENGTH.unpack(head[1:])[0] - _LENGTH.size)


def _exactly(end: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        part = end.recv(count - len(found))
        if not part:
            return b""
        found += part
    return bytes(found)


def through(url: str, wire: Wire) -> str:
    """The address of a database by way of the wire; unencrypted, since the wire reads along."""
    parts = urlsplit(url)
    user = f"{parts.username}:{parts.password}@" if parts.password else f"{parts.username}@"
    return urlunsplit(
        parts._replace(netloc=f"{user}127.0.0.1:{wire.port}", query="sslmode=disable&gssencmode=disable")
    )


@contextmanager
def laid(url: str) -> Iterator[Wire]:
    """A wire to the server of a database URL, on a port of its own."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "127.0.0.1", parts.port or 5432)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire.port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_Connection(wire, client).run, daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield wire
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
