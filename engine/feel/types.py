"""Whether a value is of a type as FEEL writes types after ``instance of`` and for parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel.syntax import TypeNode
from engine.feel.values import Function, Range, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

SHORT_NAMES = {
    "day time duration": "days and time duration",
    "year month duration": "years and months duration",
}


def conforms(value: object, wanted: TypeNode, run: Run) -> bool:
    """Whether a value is of the type; null is of the types ``any`` and ``null`` only."""
    run.spend()
    if wanted.own:
        return value is not None and run.own_types is not None and run.own_types(value, wanted.name, run)
    name = SHORT_NAMES.get(wanted.name, wanted.name)
    if name == "any":
        return value is not None
    if kind(value) != name:
        return False
    check = _DEEPER.get(name)
    return check is None or check(value, wanted, run)


def _list(value: object, wanted: TypeNode, run: Run) -> bool:
    element = wanted.element
    if element is None or not isinstance(value, list):
        return True
    return all(_conforms_inside(item, element, run) for item in value)


def _range(value: object, wanted: TypeNode, run: Run) -> bool:
    element = wanted.element
    if element is None or not isinstance(value, Range):
        return True
    return all(_conforms_inside(end, element, run) for end in (value.start, value.end))


def _context(value: object, wanted: TypeNode, run: Run) -> bool:
    if not isinstance(value, dict):
        return False
    return all(key in value and _conforms_inside(value[key], member, run) for key, member in wanted.members)


def _function(value: object, wanted: TypeNode, _run: Run) -> bool:
    if wanted.element is None or not isinstance(value, Function):
        return True
    return len(value.parameters) == len(wanted.members)


def _conforms_inside(value: object, wanted: TypeNode, run: Run) -> bool:
    """Elements and members may be null in any type."""
    return value is None or conforms(value, wanted, run)


_DEEPER: dict[str, Callable[[object, TypeNode, Run], bool]] = {
    "list": _list,
    "range": _range,
    "context": _context,
    "function": _function,
}
