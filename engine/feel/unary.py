"""Closures for unary tests: what a decision-table cell or the right side of ``in`` says of a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.feel.comparison import comparable as has_order
from engine.feel.comparison import equal, less, same, within
from engine.feel.operators import TestCode, constant
from engine.feel.syntax import RangeNode
from engine.feel.values import Code, Range, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

INPUT = "?"


def combined_test(parts: Sequence[TestCode], *, negated: bool) -> TestCode:
    """True if any part is, else null if any is null, else false; the other way round when negated."""
    if len(parts) == 1 and not negated:
        return parts[0]

    def code(x: object, v: Mapping[str, object], run: Run) -> bool | None:
        result: bool | None = False
        for part in parts:
            outcome = part(x, v, run)
            if outcome is True:
                return not negated
            if outcome is None:
                result = None
        return result if result is None or not negated else True

    return code


def general_test(code: Code, offset: int, *, uses_input: bool, decides: bool) -> TestCode:
    """A test by any expression.

    With ``?`` in it the expression says itself whether the value fits. Without, a range must contain the
    value, a list must hold it (or a range containing it), anything else must equal it. An expression that
    yields a boolean where the value is none decides by itself, as ``limit > 5`` in a column of texts.
    """

    def with_input(x: object, v: Mapping[str, object], run: Run) -> bool | None:
        outcome = code({**v, INPUT: x}, run)
        return outcome if type(outcome) is bool else fits(x, outcome, run, offset)

    def without_input(x: object, v: Mapping[str, object], run: Run) -> bool | None:
        outcome = code(v, run)
        if decides and type(outcome) is bool and type(x) is not bool and x is not None:
            return outcome
        return fits(x, outcome, run, offset)

    return with_input if uses_input else without_input


def fits(x: object, wanted: object, run: Run, offset: int) -> bool | None:
    """Whether a value is, lies in, or is an element of what is wanted."""
    if isinstance(wanted, Range):
        return within(x, wanted, run, offset)
    if isinstance(wanted, list):
        return _fits_list(x, wanted, run, offset)
    return equal(x, wanted, run, offset)


def _fits_list(x: object, wanted: list[object], run: Run, offset: int) -> bool:
    for item in wanted:
        run.spend()
        if isinstance(item, Range) and not isinstance(x, Range):
            if x is not None and has_order(x, _bound(item)) and within(x, item, run, offset):
                return True
        elif same(x, item, run):
            return True
    return isinstance(x, list) and same(x, wanted, run)


def _bound(limits: Range) -> object:
    return limits.end if limits.start is None else limits.start


def range_code(known: Range | None, low: Code, high: Code, node: RangeNode) -> Code:
    """A range as a value; null when its ends have no common order."""

    def code(v: Mapping[str, object], run: Run) -> object:
        start, end = low(v, run), high(v, run)
        if node.unary is None and not _spans(start, end):
            run.warn("feel_range_ends", node.offset, start=kind(start), end=kind(end))
            return None
        return Range(start, end, node.low_included, node.high_included, node.unary)

    if known is not None and (known.unary or _spans(known.start, known.end)):
        return constant(known)
    return code


def _spans(start: object, end: object) -> bool:
    if start is None or end is None:
        return (start is None) != (end is None)
    return has_order(start, end) and not less(end, start)
