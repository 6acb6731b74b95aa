"""Functions that make one value of a list: sums, extremes, averages, and all or any."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.feel.arithmetic import add_numbers, calculate, divide_numbers, multiply_numbers
from engine.feel.builtins.lists import List
from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.comparison import comparable, less
from engine.feel.values import DECIMALS, NUMBER_TYPES, Number

if TYPE_CHECKING:
    from engine.feel.limits import Run


def _extreme(run: Run, items: List, *, greatest: bool) -> object:
    if not items:
        return None
    best = items[0]
    if not comparable(best, best):
        raise NoValueError("feel_not_comparable")
    for item in items[1:]:
        run.spend()
        if not comparable(best, item):
            raise NoValueError("feel_not_comparable")
        if less(best, item) if greatest else less(item, best):
            best = item
    return best


@builtin("min", "list*: list")
def minimum(run: Run, items: List) -> object:
    """The least element; null for none."""
    return _extreme(run, items, greatest=False)


@builtin("max", "list*: list")
def maximum(run: Run, items: List) -> object:
    """The greatest element; null for none."""
    return _extreme(run, items, greatest=True)


def _numbers(run: Run, items: List) -> list[Number]:
    run.spend_on_items(items)
    if not all(type(item) in NUMBER_TYPES for item in items):
        raise NoValueError("feel_argument_kind")
    return cast(list[Number], items)


@builtin("sum", "list*: list")
def total(run: Run, items: List) -> object:
    """The sum of numbers (or of durations of one kind); null for none."""
    if not items:
        return None
    if type(items[0]) in NUMBER_TYPES:
        result: Number = 0
        for number in _numbers(run, items):
            result = add_numbers(result, number)
        return result
    value = items[0]
    for item in items[1:]:
        run.spend()
        value = calculate("+", value, item, run)
    if isinstance(value, str):
        raise NoValueError("feel_argument_kind")
    return value if comparable(value, value) else None


@builtin("product", "list*: list")
def product(run: Run, items: List) -> object:
    """The product of numbers; null for none."""
    if not items:
        return None
    result: Number = 1
    for number in _numbers(run, items):
        result = multiply_numbers(result, number)
    return result


def _mean(run: Run, items: List) -> Number:
    numbers = _numbers(run, items)
    result: Number = 0
    for number in numbers:
        result = add_numbers(result, number)
    return divide_numbers(result, len(numbers))


@builtin("mean", "list*: list")
def mean(run: Run, items: List) -> object:
    """The average of numbers; null for none."""
    return _mean(run, items) if items else None


@builtin("median", "list*: list")
def median(run: Run, items: List) -> object:
    """The middle number, or the average of the two middle ones; null for none."""
    if not items:
        return None
    ordered = sorted(_numbers(run, items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divide_numbers(add_numbers(ordered[middle - 1], ordered[middle]), 2)


@builtin("stddev", "list*: list")
def stddev(run: Run, items: List) -> object:
    """The sample standard deviation; null for fewer than two numbers."""
    if len(items) < 2:
        raise NoValueError("feel_no_value")
    average = _mean(run, items)
    squares: Number = 0
    for number in _numbers(run, items):
        run.spend()
        distance = DECIMALS.subtract(number, average)
        squares = add_numbers(squares, DECIMALS.multiply(distance, distance))
    return DECIMALS.sqrt(DECIMALS.divide(squares, len(items) - 1))


@builtin("mode", "list*: list")
def mode(run: Run, items: List) -> List:
    """The commonest numbers in ascending order."""
    counts: dict[Number, int] = {}
    for number in _numbers(run, items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)  # type: ignore[return-value]


def _judged(items: List, *, decisive: bool) -> bool | None:
    if any(item is decisive for item in items):
        return decisive
    return None if any(type(item) is not bool for item in items) else not decisive


@builtin("all", "list*: list")
def all_true(_run: Run, items: List) -> bool | None:
    """False if any element is false, else null if any is no boolean, else true."""
    return _judged(items, decisive=False)


@builtin("any", "list*: list")
def any_true(_run: Run, items: List) -> bool | None:
    """True if any element is true, else null if any is no boolean, else false."""
    return _judged(items, decisive=True)
