"""Plays a diagram in memory with no database: each act on a case that was written down and read back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from engine.definitions import read
from engine.definitions.model import Node
from engine.expressions import Expressions
from engine.running.services import StepServices
from engine.spiff.build import Bundle, build
from engine.spiff.case import Case
from engine.spiff.codec import dump, format_of, load
from engine.spiff.services import Parked
from engine.spiff.waiting import Wait
from kernel.calendar import ChineseCalendar
from kernel.clock import MovedClock

HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="https://keyturn.example/tests">"""


def diagram(body: str, key: str = "story", roots: str = "") -> bytes:
    """A BPMN file around the inside of one process."""
    return f'{HEAD}{roots}<process id="{key}" isExecutable="true">{body}</process></definitions>'.encode()


def flows(*pairs: str) -> str:
    """Sequence flows from texts such as ``a b c`` (a to b to c), without ids, as many tools write them."""
    chains = [pair.split() for pair in pairs]
    return "".join(
        f'<sequenceFlow sourceRef="{a}" targetRef="{b}"/>' for c in chains for a, b in itertools.pairwise(c)
    )


def flow(source: str, target: str, condition: str = "", flow_id: str = "") -> str:
    """One sequence flow with a condition."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    identity = f'id="{flow_id}" ' if flow_id else ""
    return f'<sequenceFlow {identity}sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


Handler = Callable[[dict[str, Any]], Any]


class Fakes(StepServices):
    """Services with handlers by name and everything else noted."""

    def __init__(self, clock: MovedClock, handlers: Mapping[str, Handler], bundles: Mapping[str, Bundle]) -> None:
        self.host = SimpleNamespace(clock=clock, calendar=ChineseCalendar())  # type: ignore[assignment]
        self.expressions = Expressions(clock, ChineseCalendar())
        self.handlers = handlers
        self.bundles = bundles
        self.messages: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.signals: list[str] = []
        self.done: list[str] = []
        self.interrupted: list[str] = []
        self.undone: list[str] = []

    def call_handler(self, node: Node, token: int, data: Mapping[str, Any]) -> dict[str, Any] | Parked:
        """The handler of that name, or of the node's id."""
        answer: dict[str, Any] | Parked = self.handlers[node.handler.name if node.handler else node.id](dict(data))
        return answer

    def decide(self, node: Node, data: Mapping[str, Any]) -> dict[str, Any]:
        """The handler of the node's id."""
        found: dict[str, Any] = self.handlers[node.id](dict(data))
        return found

    def throw_message(self, name: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Keep it to look at."""
        self.messages.append((name, correlation, payload))

    def throw_signal(self, name: str, payload: dict[str, Any]) -> None:
        """Keep it to look at."""
        self.signals.append(name)

    def note(self, code: str, node: Node, token: int, via: str | None, **params: Any) -> None:
        """Keep what was done."""
        if code in ("element_done", "task_completed"):
            self.done.append(node.id)
        if code == "element_interrupted":
            self.interrupted.append(node.id)
        if code == "element_compensated":
            self.undone.append(node.id)

    def called(self, key: str) -> Bundle:
        """By key."""
        return self.bundles[key]

    def bundle(self, definition_id: str) -> Bundle:
        """The definition id is the key here."""
        return self.bundles[definition_id]


class Play:
    """One instance of a diagram."""

    def __init__(
        self,
        xml: bytes | Bundle,
        data: dict[str, Any] | None = None,
        *,
        handlers: Mapping[str, Handler] | None = None,
        called: Mapping[str, bytes] | None = None,
    ) -> None:
        self.clock = MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
        self.bundle = xml if isinstance(xml, Bundle) else build(read(xml), "story", 1)
        bundles = {key: build(read(text), key, 1) for key, text in (called or {}).items()}
        self.services = Fakes(self.clock, handlers or {}, bundles)
        self.case = Case(self.bundle, self.services, dict(data or {}))
        self.case.begin()
        self.case.run()
        self.turn()

    def turn(self) -> None:
        """Write the case down and read it back."""
        text, variables, written = dump(self.case), self.case.scope.values, format_of(self.case)
        self.text = text
        if not self.case.completed:
            self.case = load(self.bundle, text, written, dict(variables), self.services)

    @property
    def data(self) -> dict[str, Any]:
        """Process data."""
        return self.case.scope.values

    @property
    def ended(self) -> bool:
        """Whether the instance has finished."""
        return bool(self.case.completed)

    @property
    def done(self) -> list[str]:
        """Elements in the order they were done."""
        return self.services.done

    def waits(self, kind: str = "") -> list[str]:
        """Elements waited at, sorted, of one kind or all."""
        return sorted(wait.node.id for wait in self.case.waits() if not kind or wait.kind == kind)

    def wait(self, element: str) -> Wait:
        """The oldest wait at an element."""
        return next(wait for wait in self.case.waits() if wait.node.id == element)

    def complete(self, element: str, **values: Any) -> Play:
        """Complete the oldest user task at an element."""
        self.case.complete(self.wait(element).token, values)
        self.case.run()
        self.turn()
        return self

    def fire(self, element: str, **payload: Any) -> Play:
        """Let the event come that is waited for at an element."""
        self.case.fire(self.wait(element).token, payload)
        self.case.run()
        self.turn()
        return self

    def pass_time(self, **by: float) -> Play:
        """Move the clock and fire what became due, in order."""
        self.clock.advance(timedelta(**by))
        while due := [w for w in self.case.waits() if w.due is not None and w.due <= self.clock.now()]:
            first = min(due, key=lambda wait: (wait.due, wait.token))
            self.case.fire(first.token, {})
            self.case.run()
            self.turn()
        return self

    def data_at(self, element: str) -> dict[str, Any]:
        """What the oldest token at an element sees."""
        return self.case.token(self.wait(element).token).data
