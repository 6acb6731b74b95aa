"""What kind of value a variable holds, so that an edit by hand does not turn a number into a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.errors import Invalid


def kind_of(value: Any) -> str:
    """``truth``, ``number``, ``list``, ``map``, ``date``, ``instant``, ``text`` or ``nothing``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int):
        return "number"
    if isinstance(value, list):
        return "list"
    return "map" if isinstance(value, Mapping) else _kind_of_text(str(value))


def require_kind(name: str, before: Any, after: Any) -> None:
    """Raise `Invalid` when ``after`` is of another kind; what holds nothing may become anything."""
    expected, found = kind_of(before), kind_of(after)
    if expected in (found, "nothing") or (expected == "text" and found in ("date", "instant")):
        return
    raise Invalid("variable_type", field=name, name=name, expected=f"kind.{expected}", found=f"kind.{found}")


def _kind_of_text(text: str) -> str:
    for kind, read, shortest in (("date", date.fromisoformat, 10), ("instant", datetime.fromisoformat, 16)):
        try:
            if len(text) >= shortest and text[4:5] == "-":
                read(text)
                return kind
        except ValueError:
            continue
    return "text"
