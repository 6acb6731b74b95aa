"""Clients outside of all that is killed: they send a request until it is answered, always under the same key.

What was acknowledged goes into a diary. A request that got no answer, an answer too late, or a 503 is sent again;
now and then one is sent twice at once.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kernel.ids import new_id
from tests.faults.company import House

PATIENCE_SECONDS = 90.0
AGAIN = frozenset({429, 503})


@dataclass(frozen=True)
class Act:
    """An acknowledged act: what was done, under which key, and the id of what came of it."""

    kind: str
    key: str
    subject: str
    sender: str


class Refused(Exception):
    """The house said no, and sending again will not change it."""

    def __init__(self, status: int, code: str, path: str, detail: str) -> None:
        super().__init__(f"{status} {code} at {path}: {detail}")
        self.status = status
        self.code = code


class Unanswered(AssertionError):
    """A request got no answer within the patience of a client."""


@dataclass
class Diary:
    """What clients know: acts that were acknowledged, how requests were answered, what surprised them."""

    acts: list[Act] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, act: Act) -> None:
        """Note an acknowledged act."""
        with self.lock:
            self.acts.append(act)

    def count(self, answer: str) -> None:
        """Count an answer, or that none came."""
        with self.lock:
            self.answers[answer] += 1

    def known(self) -> list[Act]:
        """The acts noted so far."""
        with self.lock:
            return list(self.acts)


class Client:
    """Somebody's program that speaks to the house; ``dice`` decides how impatient it is."""

    def __init__(self, house: House, diary: Diary, dice: random.Random, ports: list[int]) -> None:
        self._house = house
        self._diary = diary
        self._dice = dice
        self._ports = ports

    def act(self, who: str, kind: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a POST until it is answered; raises `Refused`. The act is noted before anything else is done."""
        key = new_id()
        if self._dice.random() < 0.1:
            threading.Thread(target=self._once_more, args=(who, path, body, key), daemon=True).start()
        answer = self._insist("POST", who, path, body, key)
        self._diary.note(Act(kind, key, str(answer.get("id", "")), who))
        return answer

    def ask(self, who: str, path: str) -> dict[str, Any]:
        """Send a GET until it is answered; raises `Refused`."""
        return self._insist("GET", who, path, None, "")

    def _insist(self, method: str, who: str, path: str, body: dict[str, Any] | None, key: str) -> dict[str, Any]:
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
        impatient = self._dice.random() < 0.1
        while time.monotonic() < deadline:
            timeout = self._dice.uniform(0.01, 0.2) if impatient else 30.0
            impatient = False
            status, answer = self.send(method, who, path, body, key, timeout)
            if status and status not in AGAIN and status < 500:
                if status < 300:
                    return answer
                raise Refused(status, str(answer.get("code")), path, str(answer.get("detail")))
            pause.wait(0.02)
        raise Unanswered(f"{method} {path}")

    def _once_more(self, who: str, path: str, body: dict[str, Any], key: str) -> None:
        self.send("POST", who, path, body, key, 30.0)

    def send(
        self, method: str, who: str, path: str, body: dict[str, Any] | None, key: str, timeout: float
    ) -> tuple[int, dict[str, Any]]:
        """The status and answer; status 0 when none came."""
        headers = {"Authorization": f"Bearer {self._house.tokens[who]}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection("127.0.0.1", self._dice.choice(self._ports), timeout=timeout)
        try:
            connection.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, http.client.HTTPException) as problem:
            self._diary.count(type(problem).__name__)
            return 0, {}
        finally:
            connection.close()
        self._diary.count(str(answer.status))
        if answer.status >= 500 and answer.status not in AGAIN:
            with self._diary.lock:
                self._diary.faults.append(f"{answer.status} at {method} {path}: {content}")
        return answer.status, content
