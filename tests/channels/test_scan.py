"""The scanner speaks clamd's own protocol; a content that nobody could look at is not taken."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.scan import Clamd, ClamdSettings, Infected, ScanUnavailable

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """A small clamd: reads ``zINSTREAM``, the chunks, and answers as the daemon does."""

    def __init__(self, answer: bytes | None = None, *, path: str = "", limit: int = 0) -> None:
        self.answer = answer
        self.contents: list[bytes] = []
        self.hears = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()
        self._limit = limit
        self._server = self._listen(path)
        self.address = path or f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    @staticmethod
    def _listen(path: str) -> socket.socket:
        if not path:
            return socket.create_server(("127.0.0.1", 0))
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(path)
        server.listen()
        return server

    def close(self) -> None:
        """Stop listening."""
        self.goes_on.set()
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as asked:
                assert asked.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", asked.read(4))[0]:
                    content += asked.read(length)
                    if self._limit and len(content) > self._limit:
                        line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                        break
                else:
                    self.contents.append(content)
                self.hears.set()
                self.goes_on.wait()
                if self._limit and len(content) > self._limit:
                    continue
                found = b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                line.sendall(found if self.answer is None else self.answer)


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """A daemon of the test's own."""
    running = Daemon()
    yield running
    running.close()


def scanner(address: str) -> Clamd:
    """The adapter, with little patience."""
    return Clamd(ClamdSettings(address, timeout_seconds=5))


def test_a_clean_content_passes_whole_and_in_chunks(daemon: Daemon) -> None:
    content = bytes(range(256)) * 1000
    scanner(daemon.address).scan(content)
    assert daemon.contents == [content]


def test_what_is_found_is_named(daemon: Daemon) -> None:
    with pytest.raises(Infected) as refused:
        scanner(daemon.address).scan(b"before " + EICAR)
    assert refused.value.params["found"] == "Eicar-Signature"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: maybe\0"])
def test_any_other_answer_takes_nothing(daemon: Daemon, answer: bytes) -> None:
    daemon.answer = answer
    with pytest.raises(ScanUnavailable):
        scanner(daemon.address).scan(b"hello")


def test_a_daemon_that_is_away_takes_nothing(daemon: Daemon) -> None:
    daemon.close()
    with pytest.raises(ScanUnavailable):
        scanner("127.0.0.1:1").scan(b"hello")


def test_a_daemon_at_a_socket_of_this_machine_is_asked_too(tmp_path: Path) -> None:
    daemon = Daemon(path=str(tmp_path / "clamd"))
    scanner(daemon.address).scan(b"hello")
    assert daemon.contents == [b"hello"]
    daemon.close()
    with pytest.raises(ScanUnavailable):
        scanner(str(tmp_path / "gone")).scan(b"hello")


def test_a_daemon_that_hears_and_says_nothing_is_not_waited_for_long(daemon: Daemon) -> None:
    daemon.goes_on.clear()
    with pytest.raises(ScanUnavailable) as caught:
        Clamd(ClamdSettings(daemon.address, timeout_seconds=0.2)).scan(b"hello")
    assert daemon.hears.is_set()
    assert caught.value.params == {"why": "TimeoutError"}


def test_a_content_longer_than_the_daemon_takes_is_not_taken() -> None:
    daemon = Daemon(limit=1000)
    with pytest.raises(ScanUnavailable):
        scanner(daemon.address).scan(b"x" * 4_000_000)
    daemon.close()


def test_an_address_must_say_where() -> None:
    with pytest.raises(ValueError, match="host:port"):
        ClamdSettings("somewhere")
