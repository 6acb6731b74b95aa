"""What happens to a drawing, step by step: choices drawn from a seed, with the reference's answer to each."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.engine.proof.drawing import Drawing
from tests.engine.proof.reference import Reference, Uncaught

STEPS = 25


@dataclass(frozen=True)
class Choice:
    """What happens next: a task is completed, a message or signal comes, a worker answers, or time passes."""

    kind: str
    name: str = ""
    index: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.kind, self.name, self.index, self.values, self.until) if part)

    def act(self, side: Any) -> None:
        """Do it on one side."""
        if self.kind == "complete":
            side.complete(self.name, self.index, self.values)
        elif self.kind == "time":
            side.pass_time(self.until)
        elif self.kind == "work":
            side.work()
        else:
            side.tell(self.kind, self.name, self.values)


class Course:
    """The reference, and what a seed lets happen to it. ``failed``: the last step raised an error nobody catches."""

    def __init__(self, drawing: Drawing, seed: int, now: datetime, *, no: int = 1, payloads: bool = True) -> None:
        self.drawing = drawing
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.payloads = payloads
        self.failed = False
        self.left = STEPS
        self.data = {
            "amount": self.random.randint(1, 9),
            "people": [1, 2, 3],
            "nobody": [],
            "doc": {"a": {"n": 0}, "b": [1]},
            "no": no,
        }
        self.writes = {place.id: place.writes for place in drawing.places()}
        try:
            self.expected: Reference | None = Reference(drawing, deepcopy(self.data), now)
        except Uncaught:
            self.expected, self.failed = None, True

    def step(self) -> Choice | None:
        """Let one thing happen to the reference; None when nothing more can or may."""
        if self.expected is None or self.failed or self.expected.ended or self.left == 0:
            return None
        self.left -= 1
        choices = self._choices(self.expected)
        if not choices:
            return None
        # Events are few among many open tasks, and it is they that need trying.
        events = [choice for choice in choices if choice.kind != "complete"]
        choice = self.random.choice(events if events and self.random.random() < 0.4 else choices)
        try:
            choice.act(self.expected)
        except Uncaught:
            self.failed = True
        return choice

    def _choices(self, expected: Reference) -> list[Choice]:
        found = []
        for element, count in sorted(Counter(expected.offered()).items()):
            values = {name: self.random.randint(1, 9) for name in self.writes[element]}
            found.append(Choice("complete", element, self.random.randrange(count), values))
        for kind in ("message", "signal"):
            for name in expected.names(kind):
                payload = {f"got_{name}": self.random.randint(1, 9)} if self.payloads else {}
                found.append(Choice(kind, name, values=payload))
        if expected.parked():
            found.append(Choice("work"))
        due = expected.next_due()
        return [*found, Choice("time", until=due)] if due is not None else found
