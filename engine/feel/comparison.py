"""Equality and order by the rules of FEEL: three-valued, and null between different kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel.temporal import utc_micro
from engine.feel.values import KINDS, Range, kind
from engine.feel.wide import CLOCKS, WIDE, count

if TYPE_CHECKING:
    from engine.feel.limits import Run

SECOND = 1_000_000_000
ORDERED = frozenset(
    {"number", "string", "date", "time", "date and time"} | {"days and time duration", "years and months duration"}
)


def same_moment_kind(left: object, right: object) -> bool:
    """Whether two times or instants both have a zone or both have none.

    A time of day in a zone with summer time has no place in UTC; it goes only with others of that zone.
    """
    if isinstance(left, CLOCKS) and isinstance(right, CLOCKS):
        if (left.tzinfo is None) != (right.tzinfo is None):
            return False
        return left.tzinfo == right.tzinfo or (left.utcoffset() is not None and right.utcoffset() is not None)
    return True


def equal(left: object, right: object, run: Run, offset: int = 0) -> bool | None:
    """``left = right``; null only equals null, values of different kinds give null."""
    if left is None or right is None:
        return left is right
    left_kind = KINDS.get(type(left), "unknown")
    if left_kind != KINDS.get(type(right), "unknown") or left_kind == "unknown":
        run.warn("feel_compare_kinds", offset, left=kind(left), right=kind(right), operator="=")
        return None
    if type(left) in WIDE or type(right) in WIDE:
        return _equal_clocks(left, right, run, offset)
    special = _EQUALITY.get(type(left))
    if special is not None:
        return special(left, right, run, offset)
    return left == right


def _equal_lists(left: list[object], right: list[object], run: Run, offset: int) -> bool:
    run.spend()
    if len(left) != len(right):
        return False
    for one, other in zip(left, right, strict=True):
        run.spend()
        if equal(one, other, run, offset) is not True:
            return False
    return True


def _equal_contexts(left: dict[str, object], right: dict[str, object], run: Run, offset: int) -> bool:
    run.spend()
    if left.keys() != right.keys():
        return False
    for key, value in left.items():
        run.spend()
        if equal(value, right[key], run, offset) is not True:
            return False
    return True


def _equal_ranges(left: Range, right: Range, run: Run, offset: int) -> bool:
    run.spend()
    return (
        left.unary == right.unary
        and left.start_included == right.start_included
        and left.end_included == right.end_included
        and equal(left.start, right.start, run, offset) is True
        and equal(left.end, right.end, run, offset) is True
    )


def _equal_clocks(left: object, right: object, run: Run, _offset: int) -> bool:
    unit = SECOND if run.whole_seconds else 1
    return same_moment_kind(left, right) and count(left) // unit == count(right) // unit


def _equal_times(left: time, right: time, run: Run, offset: int) -> bool:
    if run.whole_seconds:
        return _equal_clocks(left, right, run, offset)
    return same_moment_kind(left, right) and utc_micro(left) == utc_micro(right)


def _equal_moments(left: datetime, right: datetime, run: Run, offset: int) -> bool:
    return _equal_clocks(left, right, run, offset) if run.whole_seconds else left == right


_EQUALITY: dict[type, Callable[[Any, Any, Run, int], bool]] = {
    list: _equal_lists,
    dict: _equal_contexts,
    Range: _equal_ranges,
    time: _equal_times,
    datetime: _equal_moments,
}


def comparable(left: object, right: object) -> bool:
    """Whether ``<`` is defined between the two."""
    left_kind = kind(left)
    return left_kind in ORDERED and left_kind == kind(right) and same_moment_kind(left, right)


def less(left: Any, right: Any) -> bool:
    """``left < right`` for comparable values."""
    if type(left) in WIDE or type(right) in WIDE:
        return count(left) < count(right)
    if type(left) is time:
        return utc_micro(left) < utc_micro(right)
    return bool(left < right)


def compare(operator: str, left: object, right: object, run: Run, offset: int = 0) -> bool | None:
    """``<``, ``<=``, ``>``, ``>=``; null with a warning between values that have no common order."""
    if not comparable(left, right):
        run.warn("feel_compare_kinds", offset, left=kind(left), right=kind(right), operator=operator)
        return None
    return ORDER[operator](left, right)


ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": less,
    "<=": lambda left, right: not less(right, left),
    ">": lambda left, right: less(right, left),
    ">=": lambda left, right: not less(left, right),
}


def within(value: object, limits: Range, run: Run, offset: int = 0) -> bool | None:
    """Whether a value lies in a range; null when it cannot be compared with its ends."""
    if value is None:
        run.warn("feel_compare_kinds", offset, left="null", right="range", operator="in")
        return None
    if limits.unary in ("=", "!="):
        same = equal(value, limits.start, run, offset)
        return same if limits.unary == "=" or same is None else not same
    if limits.start is None and limits.end is None:
        return None
    lower: bool | None = True
    if limits.start is not None or _missing_start(limits):
        lower = compare(">=" if limits.start_included else ">", value, limits.start, run, offset)
    if lower is False:
        return False
    upper: bool | None = True
    if limits.end is not None or _missing_end(limits):
        upper = compare("<=" if limits.end_included else "<", value, limits.end, run, offset)
    if upper is False:
        return False
    return None if lower is None or upper is None else True


def _missing_start(limits: Range) -> bool:
    return limits.unary is None and limits.start is None


def _missing_end(limits: Range) -> bool:
    return limits.unary is None and limits.end is None


def contains_equal(items: list[object], value: object, run: Run, offset: int = 0) -> bool:
    """Whether a list holds an element equal to ``value``; elements of other kinds are not equal."""
    for item in items:
        run.spend()
        if same(item, value, run):
            return True
    return False


def same(left: object, right: object, run: Run) -> bool:
    """Equality without a third value and without warnings, as list functions want it."""
    if type(left) is not type(right) and kind(left) != kind(right):
        return False
    if type(left) in (int, Decimal, str, bool, date):
        return left == right
    warnings = run.warnings
    run.warnings = []
    try:
        return equal(left, right, run) is True
    finally:
        run.warnings = warnings
