"""The engine's case without a database: written down and read back at each step, fast enough for many drawings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.definitions import read
from engine.definitions.model import Node
from engine.errors import BusinessError, CannotGoOn
from engine.spiff.build import build
from engine.spiff.case import Case
from engine.spiff.codec import dump, format_of, load
from engine.spiff.services import PARKED, Parked
from kernel.clock import MovedClock
from tests.engine.proof.drawing import Drawing
from tests.engine.proof.ours import Failed, file_of
from tests.engine.spiff.play import Fakes


class _Services(Fakes):
    """Fakes whose one verb does what that of the drawings does."""

    parked: dict[int, tuple[Node, dict[str, Any]]]

    def call_handler(self, node: Node, token: int, data: Mapping[str, Any]) -> dict[str, Any] | Parked:
        """Answer, raise, or wait for the worker."""
        assert node.handler is not None
        given = {m.name: self.evaluate(m.value, data) for m in node.handler.inputs}
        if node.handler.name == "proof.ask":
            self.parked[token] = (node, given)
            return PARKED
        if given["amount"] > 5:
            raise BusinessError(given["code"])
        return answer(self, node, given, data)


def answer(services: _Services, node: Node, given: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of the verb's result."""
    seen = {**data, "result": {"seats": given["amount"] * 2}}
    return {m.name: services.evaluate(m.value, seen) for m in (node.handler.outputs if node.handler else ())}


class InMemory:
    """One instance of a drawing."""

    def __init__(self, drawing: Drawing, data: dict[str, Any], now: datetime) -> None:
        bundles = {key: build(read(file_of(process)), key, 1) for key, process in drawing.processes.items()}
        self.bundle = bundles[drawing.main]
        self.clock = MovedClock(now)
        self.services = _Services(self.clock, {}, bundles)
        self.services.parked = {}
        self.case = Case(self.bundle, self.services, data)
        self._step(self.case.begin)

    def _step(self, do: Any) -> None:
        try:
            do()
            self.case.run()
        except (CannotGoOn, BusinessError) as fault:
            raise Failed from fault
        if not self.case.completed:
            text, values = dump(self.case), dict(self.case.scope.values)
            self.case = load(self.bundle, text, format_of(self.case), values, self.services)

    @property
    def data(self) -> dict[str, Any]:
        """Process data."""
        return self.case.scope.values

    @property
    def ended(self) -> bool:
        """Whether the instance has completed."""
        return bool(self.case.completed)

    def offered(self) -> list[str]:
        """Open user tasks, the oldest first."""
        return [wait.node.id for wait in self.case.waits() if wait.kind == "user"]

    def waiting(self) -> list[tuple[str, str, str]]:
        """Events awaited: kind, element, and the instant of timers."""
        others = [wait for wait in self.case.waits() if wait.kind != "user"]
        return sorted((w.kind, w.node.id, w.due.isoformat() if w.due else "") for w in others)

    def data_at(self, element: str, index: int) -> dict[str, Any]:
        """What one of the open tasks at an element sees."""
        return dict(self.case.token(self._task(element, index)).data)

    def _task(self, element: str, index: int) -> int:
        return [w.token for w in self.case.waits() if w.kind == "user" and w.node.id == element][index]

    def complete(self, element: str, index: int, answers: dict[str, Any]) -> None:
        """A person has done a task."""
        self._step(lambda: self.case.complete(self._task(element, index), answers))

    def tell(self, kind: str, name: str, payload: dict[str, Any]) -> None:
        """A message or signal comes to all who wait for it now."""
        tokens = [w.token for w in self.case.waits() if w.kind == kind and w.name == name]
        self._step(lambda: [self._fire(token, payload) for token in tokens if self.case.has(token)])

    def _fire(self, token: int, payload: dict[str, Any]) -> None:
        self.case.fire(token, payload)
        self.case.run()

    def pass_time(self, now: datetime) -> None:
        """The clock moves; what is due comes in order."""
        self.clock.set(now)
        while due := [w for w in self.case.waits() if w.kind == "timer" and w.due is not None and w.due <= now]:
            first = min(due, key=lambda w: (w.due, w.token))
            self._step(lambda first=first: self.case.fire(first.token, {}))

    def work(self) -> None:
        """A worker answers for the oldest external service."""
        token = min(w.token for w in self.case.waits() if w.kind == "external")
        node, given = self.services.parked.pop(token)
        if given["amount"] > 5:
            self._step(lambda: self.case.faults.throw_error(self.case.token(token), given["code"], {}))
        else:
            result = answer(self.services, node, given, self.case.token(token).data)
            self._step(lambda: self.case.answer(token, result))
