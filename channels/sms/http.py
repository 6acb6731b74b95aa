"""Text messages by HTTP: ``POST {url}`` with JSON, a bearer token and an Idempotency-Key.

Where a secret is set, each request is signed with it: ``Keyturn-Signature: t=SECONDS,v1=HEX``, the HMAC-SHA256 of
the seconds, the key and the body, with a full stop between them. The gateway answers 201 with ``{"id": …}``, or
200 with the same id when it knows the key, and refuses with ``{"error": …}``. It stands for any provider; another
one's wire format is another adapter beside this one.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from channels.delivery import DeliveryFailed, DeliveryReceipt, DeliveryRefused
from kernel.clock import Clock, SystemClock

from .message import SmsMessage, check, segments
from .signing import HEADER, sign

MAX_ANSWER_BYTES = 65_536
MAX_WAIT_SECONDS = 86_400
DEFAULT_SEGMENTS = 6
_WORD = re.compile(r"[a-z_]{1,40}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED})
# The message is wrong, whoever sends it and whenever.
_PERMANENT = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.GONE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """The gateway, the signature (短信签名) of messages, and how many segments one may take.

    Requests are signed where a ``secret`` is set.
    Raises ``ValueError`` for a URL that is neither https nor on this machine.
    """

    url: str
    token: str = field(repr=False)
    signature: str = ""
    secret: str = field(default="", repr=False)
    max_segments: int = DEFAULT_SEGMENTS
    timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise ValueError("the SMS gateway must be reached by https")


class HttpSms:
    """A channel that posts each message to the gateway of the settings."""

    def __init__(self, settings: SmsSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()

    def send(self, message: SmsMessage, *, idempotency_key: str) -> DeliveryReceipt:
        """Post the message; the gateway delivers a key once.

        A wrong number or text, and a key used for another message, raise ``DeliveryRefused``; no connection,
        a busy gateway, a refused token and an answer that makes no sense raise ``DeliveryFailed``.
        """
        check(message)
        self._require_room(message)
        body = {"to": message.to, "text": message.text, "signature": self._settings.signature}
        try:
            status, wait, answer = self._post(json.dumps(body, ensure_ascii=False).encode(), idempotency_key)
        except ssl.SSLError as error:
            raise DeliveryFailed("sms.not_trusted") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed("sms.no_connection") from error
        if status in _PERMANENT:
            raise DeliveryRefused("sms.refused", status=status, **_why(answer))
        if status not in _TAKEN:
            raise DeliveryFailed("sms.not_taken", retry_after=wait, status=status)
        return DeliveryReceipt(_reference(answer), repeated=status == HTTPStatus.OK)

    def _require_room(self, message: SmsMessage) -> None:
        signature, most = self._settings.signature, self._settings.max_segments
        taken = segments(f"【{signature}】{message.text}" if signature else message.text)
        if taken > most:
            raise DeliveryRefused("sms.too_many_segments", segments=taken, limit=most)

    def _post(self, body: bytes, key: str) -> tuple[int, int | None, bytes]:
        parts = urlsplit(self._settings.url)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=self._settings.timeout_seconds)
        headers = {
            "Authorization": f"Bearer {self._settings.token}",
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
        }
        if self._settings.secret:
            headers[HEADER] = sign(self._settings.secret, int(self._clock.now().timestamp()), key, body)
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            return answer.status, _seconds(answer.getheader("Retry-After")), answer.read(MAX_ANSWER_BYTES)
        finally:
            connection.close()


def _seconds(text: str | None) -> int | None:
    return min(int(text), MAX_WAIT_SECONDS) if text and text.isascii() and text.isdigit() else None


def _why(answer: bytes) -> dict[str, str]:
    """The gateway's code for a refusal; anything longer could repeat the number or the text."""
    try:
        code = json.loads(answer)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {"reason": code} if isinstance(code, str) and _WORD.fullmatch(code) else {}


def _reference(answer: bytes) -> str:
    try:
        reference = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryFailed("sms.bad_answer") from error
    if not isinstance(reference, str) or not reference:
        raise DeliveryFailed("sms.bad_answer")
    return reference
