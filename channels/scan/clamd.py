"""ClamAV's daemon by its own protocol: ``INSTREAM``, chunks with their length, one line of answer.

The content is sent over TCP or a Unix socket and never written to a file that the daemon must be able to read.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from channels.scan.scanner import Infected, ScanUnavailable

_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4_096


@dataclass(frozen=True, slots=True)
class ClamdSettings:
    """Where the daemon listens: ``host:port``, or the path of its socket. Raises ``ValueError`` for neither.

    It must answer within ``timeout_seconds`` of having the whole content, however slowly it speaks.
    """

    address: str
    timeout_seconds: float = 30.0

    def __post_init__(self) -> None:
        host, _, port = self.address.rpartition(":")
        if not self.address.startswith("/") and not (host and port.isdecimal()):
            raise ValueError("clamd is reached at host:port or at the path of its socket")


class Clamd:
    """A scanner that asks the daemon of the settings."""

    def __init__(self, settings: ClamdSettings) -> None:
        self._settings = settings

    def scan(self, content: bytes) -> None:
        """Raises `Infected` with the daemon's name for what it found, `ScanUnavailable` for any other answer."""
        try:
            answer = self._ask(content)
        except OSError as away:
            raise ScanUnavailable(why=type(away).__name__) from away
        if answer.endswith(" FOUND"):
            raise Infected(field="file", found=answer.removeprefix("stream:").removesuffix(" FOUND").strip()[:120])
        if answer != "stream: OK":
            raise ScanUnavailable(why="answer")

    def _ask(self, content: bytes) -> str:
        with self._connect() as line:
            line.sendall(b"zINSTREAM\0")
            for chunk in _chunks(content):
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            return _answer(line, self._settings.timeout_seconds)

    def _connect(self) -> socket.socket:
        address, patience = self._settings.address, self._settings.timeout_seconds
        if not address.startswith("/"):
            host, _, port = address.rpartition(":")
            return socket.create_connection((host, int(port)), timeout=patience)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(patience)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]


def _answer(line: socket.socket, patience: float) -> str:
    said, ends = b"", time.monotonic() + patience
    while len(said) < _LONGEST_ANSWER and not said.endswith(b"\0"):
        line.settimeout(max(ends - time.monotonic(), 0.001))
        part = line.recv(1024)
        if not part:
            break
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace").strip()
