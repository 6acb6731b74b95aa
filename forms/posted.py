"""Reads what a browser posted into answers: ``buyers-0-share=1/2`` becomes a row of the list ``buyers``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from forms.model import Component, FormModel

NAME_SEPARATOR = "-"
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_posted(model: FormModel, items: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Answers of this form from the posted (name, value) pairs in order; other names (tokens) are left out."""
    values: dict[str, list[str]] = {}
    for name, value in items:
        values.setdefault(name, []).append(value)
    return _read(tuple(model.asked()), values)


def _read(components: tuple[Component, ...], values: Mapping[str, list[str]]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for component in components:
        if component.kind == "rows":
            answers[component.key] = _rows(component, values)
        elif component.key in values:
            posted = values[component.key]
            several = component.kind == "checkboxes"
            answers[component.key] = [v for v in posted if v] if several else _last(component, posted)
    return answers


def _last(component: Component, posted: list[str]) -> str:
    """What counts of a value that was posted; where a script posted a file, its name is no answer."""
    if component.kind == "file":
        posted = ["", *(value for value in posted if _IDENTIFIER.fullmatch(value))]
    return posted[-1]


def _rows(component: Component, values: Mapping[str, list[str]]) -> list[dict[str, object]]:
    """The rows in the order of their index; rows left wholly blank are dropped."""
    rows: dict[int, dict[str, list[str]]] = {}
    for name, posted in values.items():
        parts = name.split(NAME_SEPARATOR)
        if len(parts) == 3 and parts[0] == component.key and parts[1].isdecimal() and len(parts[1]) < 6:
            rows.setdefault(int(parts[1]), {})[parts[2]] = posted
    read = [_read(component.columns, rows[index]) for index in sorted(rows)]
    return [row for row in read if any(value not in ("", [], None) for value in row.values())]
