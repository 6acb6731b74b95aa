"""A person at a browser, as the server sees one: a line that stays open, a cookie, forms with their keys."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from urllib.parse import urlencode

_HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|once|revision)" value="([^"]*)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Visitor:
    """Somebody who is signed in by ``cookie``."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = cookie

    def complete(self, task_id: str, answers: Mapping[str, str]) -> None:
        """Open a task, send its form, see the page that follows."""
        page = f"/tasks/{task_id}"
        self.get(self.post(page, self.get(page), answers))

    def get(self, address: str) -> str:
        """A page; raises `RuntimeError` when it is refused."""
        return self._ask("GET", address, None, 200)[0]

    def post(self, address: str, page: str, answers: Mapping[str, str]) -> str:
        """Send the form of a page; returns where it leads."""
        # The first form of a page with a key of its own is the task's: what stands before it only signs out.
        keys = dict(_HIDDEN.findall(page))
        return self._ask("POST", address, urlencode({**keys, **answers}), 302)[1]

    def leave(self) -> None:
        """Close the line."""
        self._line.close()

    def _ask(self, verb: str, address: str, body: str | None, wanted: int) -> tuple[str, str]:
        self._line.request(verb, address, body, {"Cookie": self.cookie, **(_FORM if body else {})})
        answer = self._line.getresponse()
        text = answer.read().decode()
        if answer.status != wanted:
            raise RuntimeError(f"{verb} {address} was answered with {answer.status}")
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return text, answer.headers.get("Location", "")


def sign_in(port: int, username: str, password: str) -> str:
    """The cookie of somebody who signed in."""
    visitor = Visitor(port)
    page = visitor.get("/sign-in")
    visitor.post("/sign-in", page, {"username": username, "password": password})
    visitor.leave()
    return visitor.cookie
