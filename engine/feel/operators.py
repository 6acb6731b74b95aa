"""Closures for constants, arithmetic, comparison and logic: the hot path of every condition."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.feel.arithmetic import NUMERIC, calculate, negate
from engine.feel.comparison import compare, equal, within
from engine.feel.values import NUMBER_TYPES, Code, Range, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

TestCode = Callable[[object, Mapping[str, object], "Run"], bool | None]
"""A compiled unary test: the input value, the variables and the run."""

SIMPLE_KEYS = frozenset({str, int, bool})

PYTHON_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def constant(value: object) -> Code:
    """Always the same value."""
    return lambda _v, _run: value


def general_comparison(sign: str, left: object, right: object, run: Run, offset: int) -> bool | None:
    """Any comparison of any two values."""
    if sign == "=":
        return equal(left, right, run, offset)
    if sign == "!=":
        same = equal(left, right, run, offset)
        return None if same is None else not same
    return compare(sign, left, right, run, offset)


def comparison(sign: str, left: Code, right: Code, offset: int) -> Code:
    """``left sign right`` for any operands."""
    fast = PYTHON_OPERATORS[sign]

    def code(v: Mapping[str, object], run: Run) -> object:
        a = left(v, run)
        b = right(v, run)
        kind_a = type(a)
        if kind_a is type(b) and (kind_a is int or kind_a is str):
            return fast(a, b)
        return general_comparison(sign, a, b, run, offset)

    return code


def _is_simple(wanted: type, sign: str) -> bool:
    return wanted in (int, str) or (wanted is bool and sign in ("=", "!="))


def comparison_with_constant(sign: str, left: Code, value: object, offset: int) -> Code:
    """``left sign constant``."""
    fast = PYTHON_OPERATORS[sign]
    wanted = type(value)

    def code(v: Mapping[str, object], run: Run) -> object:
        a = left(v, run)
        if type(a) is wanted:
            return fast(a, value)
        return general_comparison(sign, a, value, run, offset)

    return code if _is_simple(wanted, sign) else comparison(sign, left, constant(value), offset)


def variable_with_constant(sign: str, name: str, left: Code, value: object, offset: int) -> Code:
    """``name sign constant``, the commonest condition of all."""
    fast = PYTHON_OPERATORS[sign]
    wanted = type(value)
    if not _is_simple(wanted, sign):
        return comparison_with_constant(sign, left, value, offset)

    def code(v: Mapping[str, object], run: Run) -> object:
        a = v.get(name)
        if type(a) is wanted:
            return fast(a, value)
        return general_comparison(sign, left(v, run), value, run, offset)

    return code


def arithmetic(first: Code, terms: Sequence[tuple[str, Code, int]]) -> Code:
    """A chain of operators of one strength, from left to right."""
    if len(terms) == 1:
        return _single_operation(first, *terms[0])

    def code(v: Mapping[str, object], run: Run) -> object:
        value = first(v, run)
        for sign, operand, offset in terms:
            value = calculate(sign, value, operand(v, run), run, offset)
        return value

    return code


def _single_operation(left: Code, sign: str, right: Code, offset: int) -> Code:
    numeric = NUMERIC[sign]
    simple = sign in ("+", "-", "*")

    def code(v: Mapping[str, object], run: Run) -> object:
        a = left(v, run)
        b = right(v, run)
        if simple and type(a) is int and type(b) is int:
            return numeric(a, b)
        return calculate(sign, a, b, run, offset)

    return code


def negation(operand: Code, offset: int) -> Code:
    """``-operand``."""
    return lambda v, run: negate(operand(v, run), run, offset)


def logic(sign: str, parts: Sequence[Code], offset: int) -> Code:
    """``and`` and ``or`` with three values: what decides wins, anything but a boolean counts as null."""
    decisive = sign == "or"
    other = not decisive
    if len(parts) == 2:
        return _logic_of_two(decisive, parts[0], parts[1], offset)

    def code(v: Mapping[str, object], run: Run) -> object:
        result: bool | None = other
        for part in parts:
            value = part(v, run)
            if value is decisive:
                return decisive
            if value is not other:
                _note_non_boolean(value, run, offset)
                result = None
        return result

    return code


def _logic_of_two(decisive: bool, left: Code, right: Code, offset: int) -> Code:
    other = not decisive

    def code(v: Mapping[str, object], run: Run) -> object:
        a = left(v, run)
        if a is decisive:
            return decisive
        b = right(v, run)
        if b is decisive:
            return decisive
        if a is other and b is other:
            return other
        _note_non_boolean(a, run, offset)
        _note_non_boolean(b, run, offset)
        return None

    return code


def _note_non_boolean(value: object, run: Run, offset: int) -> None:
    if value is not None and type(value) is not bool:
        run.warn("feel_not_boolean", offset, found=kind(value))


def choice(condition: Code, chosen: Code, otherwise: Code, offset: int) -> Code:
    """``if``: anything but true goes the other way, as the standard says; a null is noted."""

    def code(v: Mapping[str, object], run: Run) -> object:
        value = condition(v, run)
        if value is True:
            return chosen(v, run)
        if value is not False:
            run.warn("feel_condition_null", offset, found=kind(value))
        return otherwise(v, run)

    return code


def between(value: Code, low: Code, high: Code, offset: int) -> Code:
    """``value between low and high``."""

    def code(v: Mapping[str, object], run: Run) -> object:
        x = value(v, run)
        above = compare(">=", x, low(v, run), run, offset)
        below = compare("<=", x, high(v, run), run, offset)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return code


def range_test(limits: Range, offset: int) -> TestCode:
    """A unary test against a range that is known beforehand."""
    low: Any = limits.start
    high: Any = limits.end
    if type(low) not in NUMBER_TYPES | {type(None)} or type(high) not in NUMBER_TYPES | {type(None)}:
        return lambda x, _v, run: within(x, limits, run, offset)
    if (limits.unary is None and (low is None or high is None)) or limits.unary in ("=", "!="):
        return lambda x, _v, run: within(x, limits, run, offset)
    above = operator.ge if limits.start_included else operator.gt
    below = operator.le if limits.end_included else operator.lt

    def code(x: Any, _v: Mapping[str, object], run: Run) -> bool | None:
        if type(x) in NUMBER_TYPES:
            return (low is None or above(x, low)) and (high is None or below(x, high))
        return within(x, limits, run, offset)

    return code


def constant_test(value: object, offset: int) -> TestCode:
    """A unary test against one constant."""
    wanted = type(value)
    if wanted in SIMPLE_KEYS:

        def code(x: object, _v: Mapping[str, object], run: Run) -> bool | None:
            if type(x) is wanted:
                return x == value
            return equal(x, value, run, offset)

        return code
    return lambda x, _v, run: equal(x, value, run, offset)


def set_test(values: Sequence[object], offset: int) -> TestCode:
    """A unary test against several constants of one simple type."""
    known = frozenset(values)
    wanted = NUMBER_TYPES if type(values[0]) is int else frozenset({type(values[0])})

    def code(x: object, _v: Mapping[str, object], run: Run) -> bool | None:
        if type(x) in wanted:
            return x in known
        if x is None:
            return False
        run.warn("feel_compare_kinds", offset, left=kind(x), right=kind(values[0]), operator="in")
        return None

    return code
