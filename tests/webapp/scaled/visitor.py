"""A browser and an API client that may go to another web process at each request."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        """Let the test see where it is sent."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def token(self) -> str:
        """The token that the page's forms carry."""
        return _first(r'name="csrf-token" content="([^"]+)"|name="csrf_token" value="([^"]+)"', self.text)

    @property
    def once(self) -> str:
        """The key of the page's form."""
        return _first(r'name="once" value="([^"]+)"', self.text)


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return next(group for group in found.groups() if group)


@dataclass
class Visitor:
    """Keeps its cookies wherever it goes; cookies do not know ports. With a secret it is an API client."""

    secret: str = ""
    _jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, address: str) -> Answer:
        return self._send(urllib.request.Request(address))  # noqa: S310 - our own processes.

    def post(self, address: str, form: dict[str, str]) -> Answer:
        """Send a form."""
        return self._send(urllib.request.Request(address, urllib.parse.urlencode(form).encode()))  # noqa: S310

    def call(self, address: str, body: dict[str, Any]) -> Answer:
        """Send JSON."""
        asked = urllib.request.Request(address, json.dumps(body).encode())  # noqa: S310
        asked.add_header("Content-Type", "application/json")
        return self._send(asked)

    def _send(self, asked: urllib.request.Request) -> Answer:
        asked.add_header("Accept-Language", "en")
        if self.secret:
            asked.add_header("Authorization", f"Bearer {self.secret}")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar), _Stay)
        try:
            with opener.open(asked, timeout=60) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers.get("Location", ""))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.read().decode(), refused.headers.get("Location", ""))
