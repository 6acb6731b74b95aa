"""Types as FEEL writes them after ``instance of`` and for parameters: who is of them, who can be made so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, time
from typing import TYPE_CHECKING, cast

from engine.feel.syntax import TypeNode
from engine.feel.values import Function, Range, kind
from engine.feel.wide import AnyDate, AnyMoment, moment_of

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
    name = _name(wanted)
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
    """A function takes at least what the type's callers give, and gives no more than they expect."""
    if wanted.element is None or not isinstance(value, Function):
        return True
    own = value.types or (None,) * len(value.parameters)
    given = [member for _name, member in wanted.members]
    fits = len(own) == len(given) and all(_includes(mine, theirs) for mine, theirs in zip(own, given, strict=True))
    return fits and (value.result is None or _includes(wanted.element, value.result))


def _includes(wide: TypeNode | None, narrow: TypeNode | None) -> bool:
    """Whether every value of the narrow type is of the wide one; a type not given is ``Any``."""
    if wide is None or wide.name == "any":
        return True
    if narrow is None or _name(narrow) != _name(wide):
        return False
    if wide.element is not None and not _includes(wide.element, narrow.element):
        return False
    if _name(wide) == "function":
        return len(wide.members) == len(narrow.members) and all(
            _includes(theirs, mine) for (_a, mine), (_b, theirs) in zip(wide.members, narrow.members, strict=True)
        )
    members = dict(narrow.members)
    return all(key in members and _includes(member, members[key]) for key, member in wide.members)


def _name(wanted: TypeNode) -> str:
    return SHORT_NAMES.get(wanted.name, wanted.name)


class UnfitError(Exception):
    """A value that is not of a type and cannot be made so."""


def midnight(day: AnyDate) -> AnyMoment:
    """A date as an instant: its midnight UTC, as the standard converts it."""
    return moment_of(day, time(tzinfo=UTC))


def coerced(value: object, wanted: TypeNode | None, run: Run) -> object:
    """A value made to fit its type by the conversions of the standard; null fits every type.

    A list of one serves as its element, one value as a list of one, a date as its midnight UTC.
    Raises UnfitError for everything else that is not of the type.
    """
    if wanted is None or value is None or wanted.name == "any" or conforms(value, wanted, run):
        return value
    if isinstance(value, list):
        if len(value) == 1 and value[0] is not None and conforms(value[0], wanted, run):
            return value[0]
    elif _name(wanted) == "list" and conforms([value], wanted, run):
        return [value]
    elif _name(wanted) == "date and time" and kind(value) == "date":
        return midnight(cast(AnyDate, value))
    raise UnfitError


def _conforms_inside(value: object, wanted: TypeNode, run: Run) -> bool:
    """Elements and members may be null in any type."""
    return value is None or conforms(value, wanted, run)


_DEEPER: dict[str, Callable[[object, TypeNode, Run], bool]] = {
    "list": _list,
    "range": _range,
    "context": _context,
    "function": _function,
}
