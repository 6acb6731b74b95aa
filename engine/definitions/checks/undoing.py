"""Compensation and transactions: every handler is joined to what it undoes, every cancel to its transaction."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import doubtful, wrong
from engine.definitions.model import Event, Node, ProcessModel
from engine.findings import Finding

_THROWING = ("intermediateThrowEvent", "endEvent")


def check(model: ProcessModel) -> Iterator[Finding]:
    """All rules of this page."""
    for node in model.nodes.values():
        if node.for_compensation and (node.incoming or node.outgoing):
            yield wrong("compensation_handler_connected", node)
        for event in node.events:
            if event.kind == "compensate":
                yield from _compensation(model, node, event)
            elif event.kind == "cancel":
                yield from _cancel(model, node)


def is_undoing(node: Node) -> bool:
    """Whether a node is a compensation boundary event, from which no flow leads on."""
    return node.kind == "boundaryEvent" and any(event.kind == "compensate" for event in node.events)


def _compensation(model: ProcessModel, node: Node, event: Event) -> Iterator[Finding]:
    if node.kind == "boundaryEvent":
        yield from _boundary(model, node)
    elif node.kind in _THROWING:
        yield from _throw(model, node, event)
    elif node.kind == "startEvent" and _is_beside_a_process(model, node):
        yield wrong("compensation_of_process", node)


def _is_beside_a_process(model: ProcessModel, start: Node) -> bool:
    owner = model.nodes.get(start.scope)
    return owner is not None and owner.scope not in model.nodes


def _boundary(model: ProcessModel, node: Node) -> Iterator[Finding]:
    handler = model.nodes.get(node.undone_by or "")
    if handler is None or handler.scope != node.scope:
        yield wrong("compensation_handler_missing", node)
    if node.outgoing:
        yield wrong("compensation_with_flow", node)
    yield from _only_one(model, node, "compensate")


def _only_one(model: ProcessModel, node: Node, kind: str) -> Iterator[Finding]:
    """Of two such events at one activity the second would never come."""
    at = model.boundary_events(node.attached_to or "")
    first = next(other for other in at if any(event.kind == kind for event in other.events))
    if first is not node:
        code = "compensation_twice" if kind == "compensate" else "cancel_twice"
        yield wrong(code, node, first=first.name or first.id)


def _throw(model: ProcessModel, node: Node, event: Event) -> Iterator[Finding]:
    scopes = _scopes_undone(model, node)
    if event.activity is None:
        if not any(_can_be_undone(model, other) for scope in scopes for other in model.children(scope)):
            yield doubtful("compensation_of_nothing", node)
        return
    activity = model.nodes.get(event.activity)
    if activity is None or activity.scope not in scopes:
        yield wrong("compensation_activity_unknown", node, reference=event.activity)
    elif not _can_be_undone(model, activity):
        yield doubtful("compensation_of_nothing", node)


def _scopes_undone(model: ProcessModel, node: Node) -> list[str]:
    """The scope of a throw event; from an event sub-process also the one around it."""
    scopes = [node.scope]
    while (owner := model.nodes.get(scopes[-1])) is not None and owner.triggered_by_event:
        scopes.append(owner.scope)
    return scopes


def _can_be_undone(model: ProcessModel, activity: Node) -> bool:
    """Whether an activity has a handler, or something inside it has one."""
    if any(is_undoing(event) for event in model.boundary_events(activity.id)):
        return True
    inside = model.children(activity.id)
    aside = [node for node in inside if node.triggered_by_event]
    starts = [node for scope in aside for node in model.children(scope.id) if node.kind == "startEvent"]
    handled = any(event.kind == "compensate" for start in starts for event in start.events)
    return handled or any(_can_be_undone(model, node) for node in inside)


def _cancel(model: ProcessModel, node: Node) -> Iterator[Finding]:
    place = node.attached_to if node.kind == "boundaryEvent" else node.scope
    transaction = model.nodes.get(place or "")
    if transaction is None or transaction.kind != "transaction":
        yield wrong("cancel_outside_transaction", node)
        return
    if node.kind == "endEvent" and not any(_cancels(event) for event in model.boundary_events(transaction.id)):
        yield wrong("cancel_without_boundary", node, transaction=transaction.name or transaction.id)
    if node.kind == "boundaryEvent":
        yield from _only_one(model, node, "cancel")
    if node.kind == "boundaryEvent" and not any(_cancels(inner) for inner in model.children(transaction.id)):
        yield doubtful("cancel_never_thrown", node, transaction=transaction.name or transaction.id)


def _cancels(node: Node) -> bool:
    return any(event.kind == "cancel" for event in node.events)
