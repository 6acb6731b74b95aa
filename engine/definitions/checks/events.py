"""Whether each event can happen: messages find their receiver, timers can be read, errors are thrown."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks import times
from engine.definitions.checks.finding import doubtful, wrong
from engine.definitions.model import Event, Node, ProcessModel
from engine.definitions.wiring import Wiring
from engine.feel import FeelSyntaxError, compile_expression
from engine.findings import Finding

_CATCHING = {"intermediateCatchEvent", "boundaryEvent", "receiveTask"}
_NEEDS_EVENT = {"intermediateCatchEvent", "boundaryEvent"}


def check(model: ProcessModel, wiring: Wiring) -> Iterator[Finding]:
    """All rules of this page."""
    for node in model.nodes.values():
        if node.kind in _NEEDS_EVENT and not node.events:
            yield wrong("event_without_definition", node)
        if node.kind == "boundaryEvent" and not _is_activity(model.nodes.get(node.attached_to or "")):
            yield wrong("boundary_unattached", node, reference=node.attached_to or "")
        if node.kind == "eventBasedGateway":
            yield from _event_gateway(model, node)
        for event in node.events:
            yield from _check_event(model, node, event)
    yield from _error_codes(model, wiring)


def _is_activity(node: Node | None) -> bool:
    """Whether a node is something that an event can be attached to."""
    return node is not None and not node.kind.endswith(("Event", "Gateway")) and not node.triggered_by_event


def _check_event(model: ProcessModel, node: Node, event: Event) -> Iterator[Finding]:
    if event.kind in ("message", "signal") and not event.name:
        yield wrong(f"{event.kind}_missing", node)
    if event.kind == "message" and event.name and _waits_in_a_case(model, node) and not node.correlation:
        yield wrong("correlation_missing", node, message=event.name)
    if event.kind == "conditional" and not event.condition:
        yield wrong("condition_of_event_missing", node)
    if event.kind == "timer":
        yield from _check_timer(node, event)
        if node.kind == "startEvent" and node.scope not in model.nodes:
            yield from _check_start_timer(node, event)


def _waits_in_a_case(model: ProcessModel, node: Node) -> bool:
    """Whether one case among many waits here; a start event of the process itself begins a new one."""
    return node.kind in _CATCHING or (node.kind == "startEvent" and node.scope in model.nodes)


def _check_timer(node: Node, event: Event) -> Iterator[Finding]:
    if event.timer is None:
        yield wrong("timer_missing", node)
    elif not event.timer.is_feel and (code := times.fault_of(event)):
        yield wrong(code, node, text=event.timer.text)


def _check_start_timer(node: Node, event: Event) -> Iterator[Finding]:
    """A case that is yet to begin has no data."""
    if event.timer is None or not event.timer.is_feel:
        return
    try:
        names = compile_expression(event.timer.text).names
    except FeelSyntaxError:
        return  # Told with all other expressions.
    if names:
        yield wrong("timer_start_without_data", node, names=", ".join(sorted(names)))


def _event_gateway(model: ProcessModel, node: Node) -> Iterator[Finding]:
    for flow in node.outgoing:
        target = model.nodes.get(model.flows[flow].target)
        if target is not None and not (_can_be_awaited(target) or _is_refused_itself(target)):
            yield wrong("event_gateway_target", target, gateway=model.described(node))


def _is_refused_itself(node: Node) -> bool:
    """An event that waits for nothing, or for what cannot be awaited, is told once, by the rule that says why."""
    return node.kind == "intermediateCatchEvent" and node.event is None


def _can_be_awaited(node: Node) -> bool:
    waits = node.event is not None and node.event.kind in ("message", "signal", "timer", "conditional")
    return node.kind == "receiveTask" or (node.kind == "intermediateCatchEvent" and waits)


def _error_codes(model: ProcessModel, wiring: Wiring) -> Iterator[Finding]:
    for node in model.nodes.values():
        event = node.event
        if node.kind == "boundaryEvent" and event is not None and event.kind == "error":
            thrown = _thrown_by(model.nodes.get(node.attached_to or ""), wiring)
            if thrown is not None and event.name and event.name not in thrown:
                yield wrong("error_never_thrown", node, error=event.name, thrown=", ".join(sorted(thrown)))
        if node.kind == "serviceTask" and (caught := _caught(model, node)) is not None:
            for code in sorted((_thrown_by(node, wiring) or frozenset()) - caught):
                yield doubtful("error_uncaught", node, error=code)


def _thrown_by(node: Node | None, wiring: Wiring) -> frozenset[str] | None:
    if node is None or node.handler is None:
        return None
    facts = wiring.handler(node.handler.name)
    return facts.errors if facts is not None else None


def _caught(model: ProcessModel, node: Node) -> frozenset[str] | None:
    """The error codes caught on the task, around it or beside it; None when one catches them all."""
    codes: set[str] = set()
    here: Node | None = node
    while here is not None:
        for catcher in [*model.boundary_events(here.id), *_beside(model, here.scope)]:
            if catcher.event is not None and catcher.event.kind == "error":
                if catcher.event.name is None:
                    return None
                codes.add(catcher.event.name)
        here = model.nodes.get(here.scope)
    return frozenset(codes)


def _beside(model: ProcessModel, scope: str) -> Iterator[Node]:
    """The start events of the event sub-processes of a scope."""
    for node in model.children(scope):
        if node.triggered_by_event:
            yield from (inner for inner in model.children(node.id) if inner.kind == "startEvent")
