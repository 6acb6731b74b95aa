"""Elements that the engine cannot run are refused by name: nothing of a diagram is ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.checks.finding import about_process, doubtful, wrong
from engine.definitions.model import Node, ProcessModel
from engine.findings import Finding

_KEY = re.compile(r"[a-z][a-z0-9_]{1,58}")
_UNSUPPORTED_NODES = {"complexGateway", "adHocSubProcess"}
_HAVING_NO_EFFECT = {"task", "manualTask"}


def check(model: ProcessModel) -> Iterator[Finding]:
    """Unsupported elements, reserved ids, keys that are no slug."""
    if not _KEY.fullmatch(model.key):
        yield about_process("key_not_a_slug", model, key=model.key)
    for node in model.nodes.values():
        yield from _check_node(node)


def _check_node(node: Node) -> Iterator[Finding]:
    if node.kind in _UNSUPPORTED_NODES:
        yield unsupported(node, node.kind)
    if node.kind in _HAVING_NO_EFFECT:
        yield doubtful("task_does_nothing", node, kind=node.kind)
    if len(node.events) > 1:
        yield unsupported(node, "multipleEvent")


def unsupported(node: Node, kind: str) -> Finding:
    """The finding for what the engine cannot run, with what to draw instead."""
    return wrong("element_unsupported", node, kind=kind, advice=f"instead_of.{kind}", advice_params={})
