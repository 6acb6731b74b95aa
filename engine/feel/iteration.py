"""Closures for ``for``, ``some``, ``every``, filters and paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.components import COMPONENTS
from engine.feel.values import FEEL_TYPES, NUMBER_TYPES, Code, Range, adopt, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

Variables = dict[str, object]
Source = Callable[[Variables, "Run"], Iterable[object] | None]
Turn = Callable[[Variables, "Run"], bool]
"""One turn of the innermost loop; True ends all loops."""


def _days(start: date, end: date) -> Iterable[object]:
    step = 1 if end >= start else -1
    for ordinal in range(start.toordinal(), end.toordinal() + step, step):
        yield date.fromordinal(ordinal)


def _span(start: object, end: object, run: Run, offset: int) -> Iterable[object] | None:
    """Whole numbers or days from start to end, both included, upwards or downwards."""
    if type(start) in NUMBER_TYPES and type(end) in NUMBER_TYPES:
        first, last = whole(start), whole(end)
        if first is not None and last is not None:
            step = 1 if last >= first else -1
            return range(first, last + step, step)
    if type(start) is date and type(end) is date:
        return _days(start, end)
    run.warn("feel_not_countable", offset, start=kind(start), end=kind(end))
    return None


def whole(value: object) -> int | None:
    """A whole number that fits an index, else None."""
    if type(value) is int:
        return value if -(10**15) < value < 10**15 else None
    if isinstance(value, Decimal) and abs(value) < 10**15 and value == int(value):
        return int(value)
    return None


def elements(value: object, run: Run, offset: int) -> Iterable[object] | None:
    """What a loop walks over: a list, a countable range, or a single value as a list of one."""
    if type(value) is list:
        return value
    if value is None:
        run.warn("feel_null_list", offset)
        return None
    if isinstance(value, Range):
        return _range_elements(value, run, offset)
    return [value]


def _range_elements(value: Range, run: Run, offset: int) -> Iterable[object] | None:
    start, end = value.start, value.end
    walk = _span(start, end, run, offset)
    if walk is None:
        return None
    ends = ((start, value.start_included), (end, value.end_included))
    skipped = [bound for bound, inside in ends if not inside]
    return (item for item in walk if item not in skipped) if skipped else walk


def list_source(code: Code, offset: int) -> Source:
    """The elements of ``x in list``."""
    return lambda v, run: elements(code(v, run), run, offset)


def span_source(start: Code, end: Code, offset: int) -> Source:
    """The elements of ``x in start..end``."""
    return lambda v, run: _span(start(v, run), end(v, run), run, offset)


def _walk(loops: Sequence[tuple[str, Source]], v: Variables, run: Run, turn: Turn) -> bool | None:
    """All combinations; True when a turn ended the loops, None when a source is no list."""
    if not loops:
        return turn(v, run)
    name, source = loops[0]
    values = source(v, run)
    if values is None:
        return None
    missing = False
    for value in values:
        run.spend()
        v[name] = value
        done = _walk(loops[1:], v, run, turn)
        if done:
            return True
        missing = missing or done is None
    return None if missing else False


def for_loop(loops: Sequence[tuple[str, Source]], body: Code, *, uses_partial: bool) -> Code:
    """``for … return``; null when what it walks over is no list."""

    def code(v: Mapping[str, object], run: Run) -> object:
        results: list[object] = []

        def turn(inner: Variables, run: Run) -> bool:
            if uses_partial:
                run.claim_items(len(results))
                inner["partial"] = list(results)
            results.append(body(inner, run))
            return False

        missing = _walk(loops, dict(v), run, turn) is None
        return None if missing else run.items(results)

    return code


def quantifier(loops: Sequence[tuple[str, Source]], condition: Code, *, some: bool, offset: int) -> Code:
    """``some`` and ``every``, three-valued as ``or`` and ``and``; null once the condition is no boolean."""

    def code(v: Mapping[str, object], run: Run) -> object:
        unknown = False
        decided: bool | None = None

        def turn(inner: Variables, run: Run) -> bool:
            nonlocal unknown, decided
            value = condition(inner, run)
            if value is None:
                unknown = True
            elif value is some:
                decided = some
                return True
            elif type(value) is not bool:
                run.warn("feel_not_boolean", offset, found=kind(value))
                return True
            return False

        done = _walk(loops, dict(v), run, turn)
        if done:
            return decided
        return None if unknown or done is None else not some

    return code


def at_index(items: list[object], index: object, run: Run, offset: int) -> object:
    """The element at a position from 1, or from the end with a negative one; null outside."""
    position = whole(index)
    if position and 1 <= abs(position) <= len(items):
        return items[position - 1 if position > 0 else position]
    run.warn("feel_index", offset, index=str(index)[:40], length=len(items))
    return None


def as_list(value: object, run: Run, offset: int) -> list[object]:
    """A value to filter: a list, a countable range, a single value as a list of one."""
    if type(value) is list:
        return value
    if isinstance(value, Range):
        walk = _range_elements(value, run, offset)
        found: list[object] = []
        for item in walk or ():
            run.spend()
            found.append(item)
        return run.items(found)
    return [value]


def index_filter(source: Code, index: object, offset: int) -> Code:
    """``list[3]``."""

    def code(v: Mapping[str, object], run: Run) -> object:
        value = source(v, run)
        if value is None:
            run.warn("feel_null_list", offset)
            return None
        return at_index(as_list(value, run, offset), index, run, offset)

    return code


def condition_filter(source: Code, condition: Code, names: Sequence[str] | None, offset: int) -> Code:
    """``list[condition]``: within, ``item`` is the element and the element's own entries come first.

    Null with a warning when the condition is neither true nor false nor null for an element, nor a position.
    ``names`` are those that the condition uses, None if it may use any.
    """

    def code(v: Mapping[str, object], run: Run) -> object:
        value = source(v, run)
        if value is None:
            run.warn("feel_null_list", offset)
            return None
        items = as_list(value, run, offset)
        inner = dict(v)
        if not items and _is_position(condition, inner, run):
            return at_index(items, 1, run, offset)
        found: list[object] = []
        for item in items:
            run.spend()
            if names is None:
                inner = {**v, "item": item, **(item if isinstance(item, dict) else {})}
            else:
                _enter_item(inner, v, item, names)
            value = condition(inner, run)
            if value is True:
                found.append(item)
            elif type(value) in NUMBER_TYPES:
                return at_index(items, value, run, offset)
            elif value is not False and value is not None:
                run.warn("feel_not_boolean", offset, found=kind(value))
                return None
        return run.items(found)

    return code


def _is_position(condition: Code, inner: Variables, run: Run) -> bool:
    """Whether a condition that no element has been put to is a position after all."""
    warnings, run.warnings = run.warnings, []
    try:
        return type(condition({"item": None, **inner}, run)) in NUMBER_TYPES
    finally:
        run.warnings = warnings


def _enter_item(inner: Variables, outer: Mapping[str, object], item: object, names: Sequence[str]) -> None:
    inner["item"] = item
    fields: Mapping[str, object] = item if isinstance(item, dict) else {}
    for name in names:
        if name in fields:
            inner[name] = fields[name]
        elif name in outer:
            inner[name] = outer[name]
        elif name != "item":
            inner.pop(name, None)


def path(source: Code, name: str, offset: int) -> Code:
    """``source.name``: an entry, a component of a temporal value or range, or that of every element."""

    def code(v: Mapping[str, object], run: Run) -> object:
        value = source(v, run)
        if type(value) is dict:
            found = value.get(name)
            if type(found) in FEEL_TYPES and found is not None:
                return found
        return member(value, name, run, offset)

    return code


def member(value: object, name: str, run: Run, offset: int) -> object:
    """One entry of a context or one component of another value, or that of every element of a list.

    Null with a warning if there is none.
    """
    if type(value) is list:
        run.claim_items(len(value))
        run.spend()
        return [member(item, name, run, offset) for item in value]
    if isinstance(value, Mapping):
        if name in value:
            return adopt(value[name], run, offset, name)
        run.warn("feel_unknown_entry", offset, name=name)
        return None
    component = COMPONENTS.get((type(value), name))
    if component is None:
        run.warn("feel_unknown_entry", offset, name=name, of=kind(value))
        return None
    return component(value)
