"""What completed and could be undone: it must be undoable in the other version too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.changing.elements import ElementMap
from engine.spiff.build import ScopeSpec
from engine.spiff.case import Case
from engine.spiff.records import Record, Run


def is_undoing(case: Case) -> bool:
    """Whether compensation is under way."""
    return any(token.undoes is not None or "left" in token.internal_data for token in case.standing())


def undoable(runs: list[Run]) -> Iterator[Record]:
    """The records of one scope, oldest first, those that repeat once."""
    for _, inside in runs:
        if isinstance(inside, list):
            yield from undoable(inside)
        else:
            yield inside


def lost(runs: list[Run], elements: ElementMap, spec: ScopeSpec) -> Iterator[str]:
    """The completed activities, by their old id, that nothing could undo in the other version."""
    for record in undoable(runs):
        image = elements.of(record["e"])
        inside = elements.new.scopes.get(image) if "i" in record else None
        if image in spec.handlers:
            continue
        if inside is None:
            yield record["e"]
        else:
            yield from lost(record["i"], elements, inside)


def renamed(runs: list[Run], elements: ElementMap) -> list[Run]:
    """The same records by the ids of the other version."""
    return [
        [times, renamed(inside, elements) if isinstance(inside, list) else _renamed(inside, elements)]
        for times, inside in runs
    ]


def _renamed(record: Record, elements: ElementMap) -> Record:
    changed: dict[str, Any] = {**record, "e": elements.of(record["e"])}
    if "i" in record:
        changed["i"] = renamed(record["i"], elements)
    return changed
