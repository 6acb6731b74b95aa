"""What differs between two versions of a diagram, element by element."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.definitions.model import Flow, Node, ProcessModel
from engine.results.changes import ElementDifference

# Where an element stands in the file, and what follows from flows that are compared themselves.
_APART = frozenset({"line", "incoming", "outgoing"})
Drawn = Node | Flow


def differences(old: ProcessModel, new: ProcessModel) -> list[ElementDifference]:
    """Added, removed and changed elements and flows, those of the new version in its order first."""
    before: dict[str, Drawn] = {**old.nodes, **old.flows}
    after: dict[str, Drawn] = {**new.nodes, **new.flows}
    found = [_difference(before.get(name), drawn) for name, drawn in after.items()]
    found += [_told(drawn, "removed", ()) for name, drawn in before.items() if name not in after]
    return [difference for difference in found if difference is not None]


def _difference(old: Drawn | None, new: Drawn) -> ElementDifference | None:
    if old is None:
        return _told(new, "added", ())
    if type(old) is not type(new):
        return _told(new, "changed", ("kind",))
    fields = [field.name for field in dataclasses.fields(new) if field.name not in _APART]
    changed = tuple(name for name in fields if _plain(getattr(old, name)) != _plain(getattr(new, name)))
    return _told(new, "changed", changed) if changed else None


def _told(drawn: Drawn, becomes: str, fields: tuple[str, ...]) -> ElementDifference:
    kind = drawn.kind if isinstance(drawn, Node) else "sequenceFlow"
    return ElementDifference(drawn.id, drawn.name or drawn.id, kind, becomes, fields)


def _plain(value: Any) -> Any:
    """A value without the lines of the file."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value) if field.name not in _APART)
        return {name: _plain(getattr(value, name)) for name in fields}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
