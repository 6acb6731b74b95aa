"""What a step works with, by name: so that whoever mends a failure sees its input and not the whole case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine import shapes
from engine.definitions.model import Mapped, Node, Setting
from engine.expressions import names_in
from engine.handlers import HandlerRegistry

LONGEST = 4000
MOST = 100


def values_read(node: Node | None, data: Mapping[str, Any], registry: HandlerRegistry) -> dict[str, Any]:
    """The values that a step reads; all that it sees where its diagram does not tell.

    A value longer than `LONGEST` characters is cut, and more than `MOST` names are left out.
    """
    wanted = _names(node, registry) if node is not None else None
    names = sorted(name for name in data if wanted is None or name in wanted)
    return {name: _short(data[name]) for name in names[:MOST]}


def _names(node: Node, registry: HandlerRegistry) -> set[str] | None:
    call = node.handler
    if call is not None and not call.inputs:
        known = registry.handlers.get(call.name)
        return set(shapes.fields_of(known.takes)) if known is not None and known.takes is not None else None
    if node.decision is not None and not node.decision.inputs:
        return None
    texts = list(_texts(node))
    if call is None and not texts:
        return None
    return {name for text in texts for name in names_in(text)}


def _texts(node: Node) -> Iterable[str]:
    mapped: list[Mapped] = [*node.correlation, *node.payload, *node.assigns]
    if node.handler is not None:
        mapped += node.handler.inputs
    if node.decision is not None:
        mapped += node.decision.inputs
    if node.call is not None:
        mapped += node.call.inputs
    settings: list[Setting | None] = [event.timer for event in node.events]
    if node.task is not None:
        task = node.task
        settings += [task.candidate_groups, task.candidate_users, task.assignee, task.excluded, task.due]
        settings += [task.follow_up, task.priority, task.warn]
        mapped += task.facts
    yield from (one.value for one in mapped)
    yield from (one.text for one in settings if one is not None and one.is_feel)
    if node.loop is not None:
        yield from (text for text in (node.loop.collection, node.loop.cardinality) if text)


def _short(value: Any) -> Any:
    written = json.dumps(value, ensure_ascii=False)
    return value if len(written) <= LONGEST else f"{written[:LONGEST]}…"
