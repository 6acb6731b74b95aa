"""An application served over HTTP by the server that serves it in the embedded set-up, for as long as a test runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress.server import BaseWSGIServer
from waitress.wasyncore import close_all

from webapp.serving import web_server


@contextmanager
def served(app: Flask, threads: int = 4) -> Iterator[int]:
    """The port at which it answers."""
    # Each server watches sockets of its own: what one closes, another never waits for.
    sockets: dict[int, Any] = {}
    server = web_server(app, host="127.0.0.1", port=0, threads=threads, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        _stop(server, thread, sockets)


def _stop(server: BaseWSGIServer, thread: threading.Thread, sockets: dict[int, Any]) -> None:
    """End what is being answered, then let the server's own thread close its sockets and leave its loop."""
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(lambda: close_all(sockets, ignore_all=True))
    thread.join(timeout=30)
    assert not thread.is_alive(), "The server of a test did not stop."
