"""Events stand where they have an effect: each kind at its places, event sub-processes and links complete.

An event at any other place would be passed as if it were not there, or never come.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import doubtful, wrong
from engine.definitions.checks.undoing import is_undoing
from engine.definitions.model import Node, ProcessModel
from engine.findings import Finding

_PLACES: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"message", "timer", "signal"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "signal", "link", "conditional"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "link", "compensate"}),
    "endEvent": frozenset({"message", "signal", "error", "escalation", "terminate", "compensate", "cancel"}),
    "boundaryEvent": frozenset(
        {"message", "timer", "signal", "error", "escalation", "conditional", "compensate", "cancel"}
    ),
}
_STARTING_ASIDE = frozenset({"message", "timer", "signal", "error", "escalation", "conditional", "compensate"})
_NOTHING: frozenset[str] = frozenset()
# Done at once and by no handler: nothing can come in between, and no business error can leave them.
_DONE_AT_ONCE = frozenset({"task", "manualTask", "scriptTask", "businessRuleTask", "sendTask"})


def check(model: ProcessModel) -> Iterator[Finding]:
    """All rules of this page."""
    for node in model.nodes.values():
        yield from _out_of_place(model, node)
        if node.triggered_by_event:
            yield from _event_sub_process(model, node)
        host = model.nodes.get(node.attached_to or "")
        at_once = host is not None and host.kind in _DONE_AT_ONCE and host.handler is None
        if host is not None and at_once and not is_undoing(node):
            yield doubtful("boundary_never_comes", node, task=host.name or host.id, kind=host.kind)
        if is_link(node):
            yield from _link(model, node)


def is_link(node: Node) -> bool:
    """Whether a node is one side of a link."""
    return node.event is not None and node.event.kind == "link"


def link_targets(model: ProcessModel, node: Node) -> list[Node]:
    """Where a thrown link goes on: the catching links of its name in its scope."""
    if node.kind != "intermediateThrowEvent" or node.event is None or node.event.kind != "link":
        return []
    return model.caught_links(node.scope, node.event.name)


def _out_of_place(model: ProcessModel, node: Node) -> Iterator[Finding]:
    allowed = _allowed_at(model, node)
    for event in node.events:
        if event.kind not in allowed:
            yield wrong("event_out_of_place", node, kind=event.kind, place=node.kind)
        elif event.kind in ("error", "cancel") and not node.interrupting:
            yield wrong(f"{event.kind}_must_interrupt", node)


def _allowed_at(model: ProcessModel, node: Node) -> frozenset[str]:
    owner = model.nodes.get(node.scope)
    if node.kind == "startEvent" and owner is not None:
        return _STARTING_ASIDE if owner.triggered_by_event else _NOTHING
    return _PLACES.get(node.kind, _NOTHING)


def _event_sub_process(model: ProcessModel, node: Node) -> Iterator[Finding]:
    starts = [inner for inner in model.children(node.id) if inner.kind == "startEvent"]
    if len(starts) != 1 or not starts[0].events:
        yield wrong("event_subprocess_start", node)
    if node.incoming or node.outgoing:
        yield wrong("event_subprocess_connected", node)


def _link(model: ProcessModel, node: Node) -> Iterator[Finding]:
    name = (node.event.name if node.event else None) or ""
    if not name:
        yield wrong("link_without_name", node)
    elif node.kind == "intermediateThrowEvent":
        if len(link_targets(model, node)) != 1:
            yield wrong("link_target", node, name=name)
        if node.outgoing:
            yield wrong("link_with_flow", node, name=name)
