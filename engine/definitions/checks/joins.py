"""Where branches meet: a join that waits for branches of which only one is taken, a merge that is passed twice.

Only the plain cases are told, in which the branches lead from one split to one meeting without forking between.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.finding import doubtful
from engine.definitions.model import Node, ProcessModel
from engine.findings import Finding

_ONE_TAKEN = {"exclusiveGateway", "eventBasedGateway"}
_WAITING = {"parallelGateway"}
_JOINING = {"parallelGateway", "inclusiveGateway", "complexGateway", "endEvent"}


def check(model: ProcessModel) -> Iterator[Finding]:
    """All rules of this page."""
    for node in model.nodes.values():
        if len(node.incoming) > 1:
            yield from _meeting(model, node)


def _meeting(model: ProcessModel, node: Node) -> Iterator[Finding]:
    seen: set[str] = set()
    for flow in node.incoming:
        split = _split_before(model, flow)
        if split is None or split.id == node.id:
            continue
        if split.id in seen:
            if node.kind in _WAITING and split.kind in _ONE_TAKEN:
                yield doubtful("join_waits_for_ever", node, split=model.described(split), kind=split.kind)
                return
            if node.kind not in _JOINING and _takes_all(model, split):
                yield doubtful("merge_passed_twice", node, split=model.described(split))
                return
        seen.add(split.id)


def _split_before(model: ProcessModel, flow: str) -> Node | None:
    """The nearest node backwards along a flow from which several flows leave; None when paths meet before it."""
    visited: set[str] = set()
    while True:
        node = model.nodes.get(model.flows[flow].source)
        if node is None or node.id in visited or node.attached_to:
            return None
        if len(node.outgoing) > 1:
            return node
        if len(node.incoming) != 1:
            return None
        visited.add(node.id)
        flow = node.incoming[0]


def _takes_all(model: ProcessModel, split: Node) -> bool:
    if split.kind == "parallelGateway":
        return True
    is_gateway = split.kind.endswith("Gateway")
    return not is_gateway and not any(model.flows[flow].condition for flow in split.outgoing)
