"""All rules over one process, in the order a reader would meet them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks import events, expressions, flows, joins, places, support, tasks, undoing
from engine.definitions.model import ProcessModel
from engine.definitions.wiring import Wiring
from engine.findings import Finding


def check_process(model: ProcessModel, wiring: Wiring) -> Iterator[Finding]:
    """Everything that is wrong or doubtful in a process, as findings by element and line."""
    yield from support.check(model)
    yield from places.check(model)
    yield from undoing.check(model)
    yield from flows.check(model)
    yield from joins.check(model)
    yield from tasks.check(model, wiring)
    yield from events.check(model, wiring)
    yield from expressions.check(model, wiring)
