"""Whether the token can travel: starts, ends, joins, splits, conditions, and nothing unreachable."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import about_process, doubtful, wrong
from engine.definitions.model import Flow, Node, ProcessModel
from engine.findings import Finding

_CHOOSING = {"exclusiveGateway", "inclusiveGateway"}
_GATEWAYS = _CHOOSING | {"parallelGateway", "eventBasedGateway", "complexGateway"}
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
        yield from _ends(node)


def _dangling(model: ProcessModel) -> Iterator[Finding]:
    for flow in model.flows.values():
        for end, reference in (("source", flow.source), ("target", flow.target)):
            node = model.nodes.get(reference)
            if node is None or node.scope != flow.scope:
                yield wrong("flow_dangling", flow, end=end, reference=reference)


def _starts(model: ProcessModel, scope: str) -> Iterator[Finding]:
    starts = [node for node in model.children(scope) if node.kind == "startEvent"]
    plain = [node for node in starts if not node.events]
    owner = model.nodes.get(scope)
    if not starts:
        yield wrong("start_missing", owner) if owner else about_process("start_missing", model)
    for extra in plain[1:]:
        yield wrong("start_twice", extra, first=plain[0].id)
    for start in starts:
        if start.incoming:
            yield wrong("flow_into_start", start)


def _unreachable(model: ProcessModel, scope: str) -> Iterator[Finding]:
    children = {node.id: node for node in model.children(scope)}
    reached: set[str] = set()
    waiting = [node.id for node in children.values() if node.kind == "startEvent" or node.triggered_by_event]
    while waiting:
        here = waiting.pop()
        if here in reached or here not in children:
            continue
        reached.add(here)
        waiting += [model.flows[flow].target for flow in children[here].outgoing]
        waiting += [node.id for node in model.boundary_events(here)]
    for node in children.values():
        if node.id not in reached:
            yield wrong("unreachable", node)


def _splits(model: ProcessModel, node: Node) -> Iterator[Finding]:
    outgoing = [model.flows[flow] for flow in node.outgoing]
    if node.kind in _CHOOSING:
        yield from _choices(node, outgoing)
        return
    for flow in outgoing:
        if flow.condition:
            yield wrong("condition_not_asked", flow, source=node.name or node.id, kind=node.kind)
    if len(outgoing) > 1 and node.kind not in _GATEWAYS:
        yield wrong("split_without_gateway", node, count=len(outgoing))


def _choices(node: Node, outgoing: list[Flow]) -> Iterator[Finding]:
    if node.default is not None and node.default not in node.outgoing:
        yield wrong("default_unknown", node, flow=node.default)
    if len(outgoing) < 2:
        return
    for flow in outgoing:
        if flow.id == node.default and flow.condition:
            yield doubtful("condition_on_default", flow)
        if flow.id != node.default and not flow.condition:
            yield wrong("condition_missing", flow, gateway=node.name or node.id)
    if node.default is None:
        yield doubtful("default_missing", node)


def _ends(node: Node) -> Iterator[Finding]:
    if node.kind == "endEvent":
        if node.outgoing:
            yield wrong("flow_out_of_end", node)
    elif not node.outgoing and not node.triggered_by_event:
        yield wrong("end_missing", node)
