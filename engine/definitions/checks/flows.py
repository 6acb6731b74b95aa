"""Whether the token can travel: starts, ends, joins, splits, conditions, and nothing unreachable.

Start and end events may be left out where it is clear what is meant, and flows may leave an activity without a
gateway; the engine runs both, and an analyst is told what it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import about_process, doubtful, understood, wrong
from engine.definitions.checks.places import is_link, link_targets
from engine.definitions.checks.undoing import is_undoing
from engine.definitions.model import Flow, Node, ProcessModel
from engine.findings import Finding

_CHOOSING = {"exclusiveGateway", "inclusiveGateway"}
_TAKING_ALL = {"parallelGateway", "eventBasedGateway", "complexGateway"}
_MUST_GO_ON = _CHOOSING | _TAKING_ALL | {"startEvent"}
_CONTAINERS = {"subProcess", "transaction", "adHocSubProcess"}


def check(model: ProcessModel) -> Iterator[Finding]:
    """All rules of this page over a process and its sub-processes."""
    yield from _dangling(model)
    containers = [node for node in model.nodes.values() if node.kind in _CONTAINERS]
    for scope in (model.key, *(node.id for node in containers)):
        yield from _starts(model, scope)
        yield from _unreachable(model, scope)
    for node in model.nodes.values():
        yield from _splits(model, node)
        yield from _ends(model, node)


def _dangling(model: ProcessModel) -> Iterator[Finding]:
    for flow in model.flows.values():
        for end, reference in (("source", flow.source), ("target", flow.target)):
            node = model.nodes.get(reference)
            if not reference:
                yield wrong("flow_loose", flow, end=end)
            elif node is None or node.scope != flow.scope:
                yield wrong("flow_dangling", flow, end=end, reference=reference)


def _starts(model: ProcessModel, scope: str) -> Iterator[Finding]:
    starts = [node for node in model.children(scope) if node.kind == "startEvent"]
    plain = [node for node in starts if not node.events]
    if not starts:
        yield _start_missing(model, scope)
    for extra in plain[1:]:
        yield wrong("start_twice", extra, first=model.described(plain[0]))
    for start in starts:
        if start.incoming:
            yield wrong("flow_into_start", start)


def _start_missing(model: ProcessModel, scope: str) -> Finding:
    """Without a start event the one element that nothing leads to begins; several or none leave it open."""
    owner, free = model.nodes.get(scope), _free(model, scope)
    if len(free) == 1 and free[0].kind != "endEvent":
        return understood("start_left_out", free[0])
    if owner is not None and not model.children(scope):
        return wrong("subprocess_empty", owner)
    return wrong("start_missing", owner) if owner else about_process("start_missing", model)


def _free(model: ProcessModel, scope: str) -> list[Node]:
    inside = model.children(scope)
    return [n for n in inside if not (n.incoming or n.attached_to or n.begins_aside)]


def _unreachable(model: ProcessModel, scope: str) -> Iterator[Finding]:
    """Where to mend: what follows an element that nothing leads to is reached once that one is."""
    children = {node.id: node for node in model.children(scope)}
    reached: set[str] = set()
    starts = [node for node in children.values() if node.kind == "startEvent"] or _free(model, scope)
    aside = [node for node in children.values() if node.triggered_by_event]
    _reach(model, children, [*starts, *aside], reached)
    heads = [node for node in children.values() if not (node.incoming or node.attached_to)]
    for node in [*heads, *children.values()]:
        if node.id not in reached:
            yield wrong("unreachable", node)
            _reach(model, children, [node], reached)


def _reach(model: ProcessModel, children: dict[str, Node], starts: list[Node], reached: set[str]) -> None:
    waiting = [node.id for node in starts]
    links: set[str | None] = set()
    while waiting:
        here = waiting.pop()
        if here in reached or here not in children:
            continue
        reached.add(here)
        node = children[here]
        waiting += [model.flows[flow].target for flow in node.outgoing]
        waiting += [event.id for event in model.boundary_events(here)]
        waiting += [node.undone_by or ""]
        if is_link(node) and node.event is not None and node.event.name not in links:
            links.add(node.event.name)
            waiting += [target.id for target in link_targets(model, node)]


def _splits(model: ProcessModel, node: Node) -> Iterator[Finding]:
    outgoing = [model.flows[flow] for flow in node.outgoing]
    if node.kind in _CHOOSING:
        yield from _choices(model, node, outgoing)
    elif node.kind in _TAKING_ALL:
        for flow in outgoing:
            if flow.condition:
                yield wrong("condition_not_asked", flow, source=model.described(node), kind=node.kind)
    else:
        yield from _without_gateway(node, outgoing)


def _without_gateway(node: Node, outgoing: list[Flow]) -> Iterator[Finding]:
    if node.default is not None and node.default not in node.outgoing:
        yield wrong("default_unknown", node, flow=node.default)
    if len(outgoing) > 1:
        yield understood("split_without_gateway", node, count=len(outgoing))
    if outgoing and node.default is None and all(flow.condition for flow in outgoing):
        yield doubtful("path_may_end", node)
    for flow in outgoing:
        if flow.id == node.default and flow.condition:
            yield doubtful("condition_on_default", flow)


def _choices(model: ProcessModel, node: Node, outgoing: list[Flow]) -> Iterator[Finding]:
    if node.default is not None and node.default not in node.outgoing:
        yield wrong("default_unknown", node, flow=node.default)
    if len(outgoing) < 2:
        return
    for flow in outgoing:
        if flow.id == node.default and flow.condition:
            yield doubtful("condition_on_default", flow)
        if flow.id != node.default and not flow.condition:
            yield wrong("condition_missing", flow, gateway=model.described(node))
    if node.default is None:
        yield doubtful("default_missing", node)


def _ends(model: ProcessModel, node: Node) -> Iterator[Finding]:
    if node.kind == "endEvent":
        if node.outgoing:
            yield wrong("flow_out_of_end", node)
    elif not (node.outgoing or node.begins_aside or is_undoing(node) or link_targets(model, node)):
        yield wrong("end_missing", node) if node.kind in _MUST_GO_ON else understood("end_left_out", node)
