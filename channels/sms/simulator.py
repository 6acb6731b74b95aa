"""A gateway for text messages that sends nothing: for tests and demonstrations, on the loopback address.

It keeps what it was given and knows keys; it checks the token and, with a secret, the signature; it refuses what
takes too many segments and slows down who writes to one phone too often. It misbehaves on request.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kernel.clock import Clock, SystemClock

from .message import SmsMessage, segments
from .signing import HEADER, is_signed

MAX_BODY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """What the next request meets: a status with an answer, or silence after the message was taken."""

    status: int = 0
    retry_after: str = ""
    answer: bytes = b"{}"
    lose_answer: bool = False


class SmsSimulator:
    """What the gateway was given, in order; ``misbehave`` prepares the next answers.

    ``per_minute`` is how many messages one phone may get, ``max_segments`` how long one may be.
    """

    def __init__(
        self,
        *,
        secret: str = "",
        per_minute: int | None = None,
        max_segments: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.secret = secret
        self._per_minute = per_minute
        self._max_segments = max_segments
        self._clock = clock or SystemClock()
        self._taken_at: list[tuple[str, datetime]] = []
        self.token = secrets.token_urlsafe(12)
        self.url = ""
        self.taken: list[tuple[SmsMessage, str]] = []
        self._by_key: dict[str, tuple[str, SmsMessage]] = {}
        self._planned: deque[Misbehaviour] = deque()
        self._lock = threading.Lock()

    def misbehave(self, *planned: Misbehaviour) -> None:
        """Meet the next requests with ``planned``, one each."""
        with self._lock:
            self._planned.extend(planned)

    def next_misbehaviour(self) -> Misbehaviour | None:
        """The misbehaviour planned for the request at hand."""
        with self._lock:
            return self._planned.popleft() if self._planned else None

    def take(self, message: SmsMessage, signature: str, key: str) -> tuple[HTTPStatus, dict[str, str]]:
        """Take a message once per key; a key with another message is a conflict."""
        with self._lock:
            known = self._by_key.get(key)
            if known:
                same = known[1] == message
                return (HTTPStatus.OK, {"id": known[0]}) if same else (HTTPStatus.CONFLICT, {"error": "key_used"})
            if self._max_segments and segments(f"【{signature}】{message.text}") > self._max_segments:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "too_many_segments"}
            if self._is_flooded(message.to):
                return HTTPStatus.TOO_MANY_REQUESTS, {"error": "too_often"}
            reference = f"SIM{len(self.taken) + 1:06d}"
            self._by_key[key] = (reference, message)
            self.taken.append((message, signature))
            self._taken_at.append((message.to, self._clock.now()))
            return HTTPStatus.CREATED, {"id": reference}

    def admits(self, authorization: str, signed: str, key: str, body: bytes) -> HTTPStatus | None:
        """None for who may send; 401 for a wrong token, 403 for a request that is not signed as agreed."""
        if authorization != f"Bearer {self.token}":
            return HTTPStatus.UNAUTHORIZED
        now = int(self._clock.now().timestamp())
        if self.secret and not is_signed(self.secret, signed, key, body, now=now):
            return HTTPStatus.FORBIDDEN
        return None

    def _is_flooded(self, phone: str) -> bool:
        since = self._clock.now() - timedelta(minutes=1)
        lately = [at for to, at in self._taken_at if to == phone and at > since]
        return self._per_minute is not None and len(lately) >= self._per_minute


@contextmanager
def running_simulator(simulator: SmsSimulator | None = None, port: int = 0) -> Iterator[SmsSimulator]:
    """Serve a simulator on 127.0.0.1 until the block ends; its address is in ``url``."""
    gateway = simulator or SmsSimulator()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(gateway))
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(gateway: SmsSimulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        timeout = 10

        def do_POST(self) -> None:
            planned = gateway.next_misbehaviour()
            length = min(int(self.headers.get("Content-Length") or 0), MAX_BODY_BYTES)
            body = self.rfile.read(length)
            if planned and planned.status:
                self._answer(planned.status, planned.answer, planned.retry_after)
            elif refused := self._refusal(body):
                self._answer(refused, b"{}")
            else:
                status, answer = self._take(body)
                if not (planned and planned.lose_answer):
                    wait = "60" if status == HTTPStatus.TOO_MANY_REQUESTS else ""
                    self._answer(status, json.dumps(answer).encode(), wait)

        def _refusal(self, body: bytes) -> HTTPStatus | None:
            said = self.headers.get("Authorization", ""), self.headers.get(HEADER, "")
            return gateway.admits(*said, self.headers.get("Idempotency-Key", ""), body)

        def _take(self, body: bytes) -> tuple[HTTPStatus, dict[str, str]]:
            try:
                sent = json.loads(body)
                message, signature = SmsMessage(sent["to"], sent["text"]), str(sent.get("signature", ""))
            except (ValueError, KeyError, TypeError):
                return HTTPStatus.BAD_REQUEST, {"error": "not_a_message"}
            return gateway.take(message, signature, self.headers.get("Idempotency-Key", ""))

        def _answer(self, status: int, body: bytes, retry_after: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: requests carry phone numbers."""

    return Handler
