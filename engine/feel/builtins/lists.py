"""Functions on lists; none changes the list it is given."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.comparison import comparable, contains_equal, less, same
from engine.feel.iteration import whole
from engine.feel.values import Function, Number, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

List = list[object]

HASHED = frozenset({"null", "boolean", "number", "string", "date"})
"""Kinds whose equal values hash alike."""


@builtin("list contains", "list: list, element: any")
def list_contains(run: Run, items: List, element: object) -> bool:
    """Whether an element equal to ``element`` is in the list."""
    return contains_equal(items, element, run)


@builtin("count", "list*: list")
def count(_run: Run, items: List) -> int:
    """The number of elements."""
    return len(items)


def _place(items: List, position: Number, *, beyond: int = 0) -> int:
    """A FEEL position as an index from 0; raises NoValueError outside the list."""
    number = whole(position)
    if not number or not 1 <= abs(number) <= len(items) + beyond:
        raise NoValueError("feel_position")
    return number - 1 if number > 0 else len(items) + number


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(_run: Run, items: List, start: Number, length: Number | None = None) -> List:
    """``length`` elements from a position on, or all to the end."""
    begin = _place(items, start)
    if length is None:
        return items[begin:]
    size = whole(length)
    if size is None or size < 1 or begin + size > len(items):
        raise NoValueError("feel_position")
    return items[begin : begin + size]


@builtin("append", "list: list, item*: any")
def append(_run: Run, items: List, more: List) -> List:
    """The list with more elements at its end."""
    return [*items, *more]


@builtin("concatenate", "list*: any")
def concatenate(run: Run, lists: List) -> List:
    """All lists one after the other."""
    joined: List = []
    for part in lists:
        if part is None:
            raise NoValueError("feel_argument_kind")
        found = part if isinstance(part, list) else [part]
        run.claim_items(len(joined) + len(found))
        joined.extend(found)
    return joined


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(_run: Run, items: List, position: Number, new: object) -> List:
    """The list with a new element before a position."""
    place = _place(items, position)
    return [*items[:place], new, *items[place:]]


@builtin("remove", "list: list, position: number")
def remove(_run: Run, items: List, position: Number) -> List:
    """The list without the element at a position."""
    place = _place(items, position)
    return [*items[:place], *items[place + 1 :]]


@builtin("list replace", "list: list, position: number, newItem: any")
def list_replace_at(_run: Run, items: List, position: Number, new: object) -> List:
    """The list with another element at a position."""
    place = _place(items, position)
    return [*items[:place], new, *items[place + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any")
def list_replace_matching(run: Run, items: List, match: Function, new: object) -> List:
    """The list with another element wherever ``match(element, newItem)`` is true."""
    result: List = []
    for item in items:
        chosen = _asked(match, run, item, new)
        if type(chosen) is not bool:
            raise NoValueError("feel_not_boolean")
        result.append(new if chosen else item)
    return result


def _asked(function: Function, run: Run, first: object, second: object) -> object:
    """What a function of two says; raises NoValueError for one that takes another number."""
    if not function.variadic and len(function.parameters) != 2:
        raise NoValueError("feel_argument_count")
    return function.invoke(run, [first, second], 0)


@builtin("reverse", "list: list")
def reverse(_run: Run, items: List) -> List:
    """The list from its end."""
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(run: Run, items: List, match: object) -> List:
    """All positions at which the list holds an equal element."""
    found: List = []
    for position, item in enumerate(items, 1):
        run.spend()
        if same(item, match, run):
            found.append(position)
    return found


def _distinct(run: Run, items: List) -> List:
    kept: List = []
    seen: set[object] = set()
    for item in items:
        run.spend()
        name = kind(item)
        if name in HASHED:
            if (name, item) in seen:
                continue
            seen.add((name, item))
        elif contains_equal(kept, item, run):
            continue
        kept.append(item)
    return kept


@builtin("distinct values", "list: list")
def distinct_values(run: Run, items: List) -> List:
    """Every element once, in the order of first appearance."""
    return _distinct(run, items)


@builtin("union", "list*: any")
def union(run: Run, lists: List) -> List:
    """All lists together, every element once."""
    return _distinct(run, concatenate(run, lists))


@builtin("flatten", "list: list")
def flatten(run: Run, items: List) -> List:
    """All elements of lists within lists, in one list."""
    flat: List = []
    waiting: List = [items]
    while waiting:
        run.spend()
        value = waiting.pop()
        if isinstance(value, list):
            run.claim_items(len(value))
            waiting.extend(reversed(value))
        else:
            flat.append(value)
    return flat


@builtin("sort", "list: list, precedes?: function")
def sort(run: Run, items: List, precedes: Function | None = None) -> List:
    """The list in the order of ``precedes(a, b)``, or in natural order; equal elements keep their order."""

    def before(left: object, right: object) -> bool:
        if precedes is not None:
            return _asked(precedes, run, left, right) is True
        run.spend()
        if not comparable(left, right):
            raise NoValueError("feel_not_comparable")
        return less(left, right)

    def order(left: object, right: object) -> int:
        if before(left, right):
            return -1
        return 1 if before(right, left) else 0

    return sorted(items, key=cmp_to_key(order))
