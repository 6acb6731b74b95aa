"""Text messages by HTTP: ``POST {url}`` with JSON, a bearer token and an Idempotency-Key.

The gateway answers 201 with ``{"id": …}``, or 200 with the same id when it knows the key. It stands for any
provider; another one's wire format is another adapter beside this one.
"""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from channels.delivery import DeliveryFailed, DeliveryReceipt, DeliveryRefused

from .message import SmsMessage, check

MAX_ANSWER_BYTES = 65_536
MAX_WAIT_SECONDS = 86_400
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
    """The gateway and the signature (短信签名) under which messages go out.

    Raises ``ValueError`` for a URL that is neither https nor on this machine.
    """

    url: str
    token: str = field(repr=False)
    signature: str = ""
    timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise ValueError("the SMS gateway must be reached by https")


class HttpSms:
    """A channel that posts each message to the gateway of the settings."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings

    def send(self, message: SmsMessage, *, idempotency_key: str) -> DeliveryReceipt:
        """Post the message; the gateway delivers a key once.

        A wrong number or text, and a key used for another message, raise ``DeliveryRefused``; no connection,
        a busy gateway, a refused token and an answer that makes no sense raise ``DeliveryFailed``.
        """
        check(message)
        body = {"to": message.to, "text": message.text, "signature": self._settings.signature}
        try:
            status, wait, answer = self._post(json.dumps(body, ensure_ascii=False).encode(), idempotency_key)
        except ssl.SSLError as error:
            raise DeliveryFailed("sms.not_trusted") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed("sms.no_connection") from error
        if status in _PERMANENT:
            raise DeliveryRefused("sms.refused", status=status)
        if status not in _TAKEN:
            raise DeliveryFailed("sms.not_taken", retry_after=wait, status=status)
        return DeliveryReceipt(_reference(answer), repeated=status == HTTPStatus.OK)

    def _post(self, body: bytes, key: str) -> tuple[int, int | None, bytes]:
        parts = urlsplit(self._settings.url)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=self._settings.timeout_seconds)
        headers = {
            "Authorization": f"Bearer {self._settings.token}",
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
        }
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            return answer.status, _seconds(answer.getheader("Retry-After")), answer.read(MAX_ANSWER_BYTES)
        finally:
            connection.close()


def _seconds(text: str | None) -> int | None:
    return min(int(text), MAX_WAIT_SECONDS) if text and text.isascii() and text.isdigit() else None


def _reference(answer: bytes) -> str:
    try:
        reference = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryFailed("sms.bad_answer") from error
    if not isinstance(reference, str) or not reference:
        raise DeliveryFailed("sms.bad_answer")
    return reference
