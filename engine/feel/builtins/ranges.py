"""How points and ranges lie to each other: before, meets, overlaps … (DMN 1.3, table 78).

A missing end of a range counts as infinitely far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.comparison import comparable, less
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import Parser
from engine.feel.reader import index_names
from engine.feel.syntax import Call, Literal, Name, Node, RangeNode
from engine.feel.temporal import parse_date, parse_duration, parse_moment, parse_time
from engine.feel.values import Range

if TYPE_CHECKING:
    from engine.feel.limits import Run

TWO_RANGES = "range1: any, range2: any"
TWO_POINTS = "point1: any, point2: any"
POINT_FIRST = "point: any, range: any"
RANGE_FIRST = "range: any, point: any"

F = TypeVar("F", bound=Callable[..., object])


def _relation(name: str, *signatures: str) -> Callable[[F], F]:
    """Register a function under all the parameter names that the standard gives it."""

    def register(function: F) -> F:
        for signature in (TWO_RANGES, *signatures):
            builtin(name, signature)(function)
        return function

    return register


def _order(left: object, right: object, *, left_end: bool, right_end: bool) -> int:
    """-1, 0 or 1; ``…_end`` says which side a missing value lies on."""
    if left is None or right is None:
        left_rank = 0 if left is not None else (1 if left_end else -1)
        right_rank = 0 if right is not None else (1 if right_end else -1)
        return (left_rank > right_rank) - (left_rank < right_rank)
    if not comparable(left, right):
        raise NoValueError("feel_not_comparable")
    return less(right, left) - less(left, right)


def _span(value: object) -> Range:
    """A point as a range of one value."""
    if value is None:
        raise NoValueError("feel_argument_kind")
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _starts(a: Range, b: Range) -> int:
    return _order(a.start, b.start, left_end=False, right_end=False)


def _ends(a: Range, b: Range) -> int:
    return _order(a.end, b.end, left_end=True, right_end=True)


def _end_to_start(a: Range, b: Range) -> int:
    return _order(a.end, b.start, left_end=True, right_end=False)


def _before(a: Range, b: Range) -> bool:
    order = _end_to_start(a, b)
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


def _ranges(a: object, b: object) -> tuple[Range, Range]:
    if not isinstance(a, Range) or not isinstance(b, Range):
        raise NoValueError("feel_argument_kind")
    return a, b


@_relation("before", TWO_POINTS, POINT_FIRST, RANGE_FIRST)
def before(_run: Run, a: object, b: object) -> bool:
    """``a`` ends before ``b`` starts."""
    return _before(_span(a), _span(b))


@_relation("after", TWO_POINTS, POINT_FIRST, RANGE_FIRST)
def after(_run: Run, a: object, b: object) -> bool:
    """``a`` starts after ``b`` ends."""
    return _before(_span(b), _span(a))


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _end_to_start(a, b) == 0


@_relation("meets")
def meets(_run: Run, a: object, b: object) -> bool:
    """``a`` ends where ``b`` starts, both including the point."""
    return _meets(*_ranges(a, b))


@_relation("met by")
def met_by(_run: Run, a: object, b: object) -> bool:
    """``b`` meets ``a``."""
    return _meets(*reversed(_ranges(a, b)))


@_relation("overlaps")
def overlaps(_run: Run, a: object, b: object) -> bool:
    """The two have at least one point in common."""
    first, second = _ranges(a, b)
    return not _before(first, second) and not _before(second, first)


def _starts_earlier(a: Range, b: Range) -> bool:
    order = _starts(a, b)
    return order < 0 or (order == 0 and a.start_included and not b.start_included)


def _ends_within(a: Range, b: Range) -> bool:
    order = _ends(a, b)
    return order < 0 or (order == 0 and (not a.end_included or b.end_included))


def _starts_within(a: Range, b: Range) -> bool:
    order = _starts(a, b)
    return order > 0 or (order == 0 and (not a.start_included or b.start_included))


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_earlier(a, b) and not _before(a, b) and _ends_within(a, b)


@_relation("overlaps before")
def overlaps_before(_run: Run, a: object, b: object) -> bool:
    """``a`` starts earlier and ends within ``b``."""
    return _overlaps_before(*_ranges(a, b))


@_relation("overlaps after")
def overlaps_after(_run: Run, a: object, b: object) -> bool:
    """``b`` starts earlier and ends within ``a``."""
    return _overlaps_before(*reversed(_ranges(a, b)))


def _finishes(a: object, b: object) -> bool:
    whole = _span(b)
    if not isinstance(b, Range):
        raise NoValueError("feel_argument_kind")
    if not isinstance(a, Range):
        return whole.end_included and _ends(_span(a), whole) == 0
    return a.end_included == whole.end_included and _ends(a, whole) == 0 and _starts_within(a, whole)


@_relation("finishes", POINT_FIRST)
def finishes(_run: Run, a: object, b: object) -> bool:
    """``a`` ends with ``b`` and starts within it."""
    return _finishes(a, b)


@_relation("finished by", RANGE_FIRST)
def finished_by(_run: Run, a: object, b: object) -> bool:
    """``b`` finishes ``a``."""
    return _finishes(b, a)


def _includes(a: object, b: object) -> bool:
    if not isinstance(a, Range):
        raise NoValueError("feel_argument_kind")
    part = _span(b)
    return _starts_within(part, a) and _ends_within(part, a)


@_relation("includes", RANGE_FIRST)
def includes(_run: Run, a: object, b: object) -> bool:
    """All of ``b`` lies in ``a``."""
    return _includes(a, b)


@_relation("during", POINT_FIRST)
def during(_run: Run, a: object, b: object) -> bool:
    """All of ``a`` lies in ``b``."""
    return _includes(b, a)


def _starts_with(a: object, b: object) -> bool:
    if not isinstance(b, Range):
        raise NoValueError("feel_argument_kind")
    if not isinstance(a, Range):
        return b.start_included and _starts(_span(a), b) == 0
    return a.start_included == b.start_included and _starts(a, b) == 0 and _ends_within(a, b)


@_relation("starts", POINT_FIRST)
def starts(_run: Run, a: object, b: object) -> bool:
    """``a`` starts with ``b`` and ends within it."""
    return _starts_with(a, b)


@_relation("started by", RANGE_FIRST)
def started_by(_run: Run, a: object, b: object) -> bool:
    """``b`` starts ``a``."""
    return _starts_with(b, a)


@_relation("coincides", TWO_POINTS)
def coincides(_run: Run, a: object, b: object) -> bool:
    """Two points are equal, or two ranges have the same ends."""
    first, second = _span(a), _span(b)
    if isinstance(a, Range) != isinstance(b, Range):
        raise NoValueError("feel_argument_kind")
    same_ends = _starts(first, second) == 0 and _ends(first, second) == 0
    included = (first.start_included, first.end_included) == (second.start_included, second.end_included)
    return same_ends and included


@builtin("range", "from: string")
def range_from(_run: Run, text: str) -> Range:
    """The range a text such as ``[1..5)`` denotes; its ends must be constants."""
    try:
        node = Parser(text, (_READER_NAMES,)).whole_expression()
    except FeelSyntaxError:
        raise NoValueError("feel_not_a_range") from None
    if not isinstance(node, RangeNode) or ".." not in text:
        raise NoValueError("feel_not_a_range")
    start, end = (None if part is None else _constant(part) for part in (node.low, node.high))
    if not node.unary and (not comparable(start, end) or less(end, start)):
        raise NoValueError("feel_range_ends")
    return Range(start, end, node.low_included, node.high_included, node.unary)


_READERS = {"date": parse_date, "time": parse_time, "date and time": parse_moment, "duration": parse_duration}
_READER_NAMES = index_names(_READERS)


def _constant(node: Node) -> object:
    """The value of a constant end, which may be written as a call such as ``date("2026-01-31")``."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Call) and isinstance(node.callee, Name) and len(node.arguments) == 1:
        (argument,) = node.arguments
        read = _READERS.get(node.callee.name)
        text = argument.value if isinstance(argument, Literal) else None
        value = read(text) if read is not None and isinstance(text, str) else None
        if value is not None:
            return value
    raise NoValueError("feel_not_a_range")
