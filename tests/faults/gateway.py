"""The outside world: a gateway for text messages and questions that notes every key it was sent, however often."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Gateway:
    """What came in: bodies by idempotency key."""

    def __init__(self) -> None:
        self.port = 0
        self.bodies: dict[str, list[bytes]] = defaultdict(list)
        self.lock = threading.Lock()
        self.held = threading.Event()
        self._hold = False
        self._released = threading.Event()

    def hold_next(self) -> None:
        """Keep back the answer to the next delivery; ``held`` is set when it has come."""
        self._hold = True

    def release(self) -> None:
        """Give the answer that was kept back."""
        self._released.set()

    def take(self, key: str, body: bytes) -> bool:
        """Note a body; whether its key is new."""
        with self.lock:
            self.bodies[key].append(body)
            is_new = len(self.bodies[key]) == 1
            kept_back, self._hold = self._hold, False
        if kept_back:
            self.held.set()
            self._released.wait(60)
        return is_new

    def keys(self) -> set[str]:
        """The keys that came so far."""
        with self.lock:
            return set(self.bodies)

    @property
    def contradictions(self) -> list[str]:
        """Keys that came with different contents: a receiver could not tell what was meant."""
        with self.lock:
            return [key for key, bodies in self.bodies.items() if len(set(bodies)) > 1]

    @property
    def repetitions(self) -> int:
        """How many deliveries were repeated."""
        return sum(len(bodies) - 1 for bodies in self.bodies.values())

    def told(self) -> list[list[Any]]:
        """The last words of the relays, once per key."""
        with self.lock:
            said = [json.loads(bodies[0]) for bodies in self.bodies.values()]
        return sorted(body["told"] for body in said if "told" in body)


class _Handler(BaseHTTPRequestHandler):
    gateway: ClassVar[Gateway]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        key = self.headers["Idempotency-Key"]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_new = self.gateway.take(key, body)
        content = json.dumps({"id": f"taken {key}"}).encode()
        self.send_response(201 if is_new else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed cannot take its answer."""


@contextmanager
def opened() -> Iterator[Gateway]:
    """A gateway on a free port of 127.0.0.1 until the block ends."""
    gateway = Gateway()
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    with _Server(("127.0.0.1", 0), handler) as server:
        gateway.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield gateway
        finally:
            gateway.release()
            server.shutdown()
            thread.join()
