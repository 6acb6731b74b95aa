"""The embedded server takes a sales office full of browsers, each of which keeps its connections open."""

from __future__ import annotations

from contextlib import ExitStack, closing
from http.client import HTTPConnection

from flask import Flask

from tests.served import served

BROWSERS, OF_EACH = 30, 6


def test_browsers_that_keep_their_connections_open_keep_nobody_out(app: Flask) -> None:
    with served(app) as port, ExitStack() as held:
        for _ in range(BROWSERS * OF_EACH + 1):
            line = held.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=20)))
            line.request("GET", "/healthz")
            answer = line.getresponse()
            assert (answer.status, answer.read() != b"") == (200, True)
