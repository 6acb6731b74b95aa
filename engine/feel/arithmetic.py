"""FEEL's arithmetic: decimals with 34 digits, dates, times and durations; null for anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, cast

from engine.feel import wide
from engine.feel.comparison import same_moment_kind
from engine.feel.temporal import (
    MICROSECOND,
    add_months,
    add_span,
    span_of,
    utc_micro,
    whole_months,
)
from engine.feel.values import DECIMALS, NUMBER_TYPES, WHOLE_LIMIT, Months, Number, kind, settle
from engine.feel.wide import SPANS, AnyDay, WideDate, WideMoment, WideTime, count, span_of_nanos

if TYPE_CHECKING:
    from engine.feel.limits import Run

SHIFTS = SPANS | {Months}


def as_decimal(value: Number) -> Decimal:
    """A number as a decimal of at most 34 digits."""
    return DECIMALS.create_decimal(value)


def add_numbers(left: Number, right: Number) -> Number:
    """The exact sum of whole numbers, else the sum rounded to 34 digits."""
    if type(left) is int and type(right) is int:
        return settle(left + right)
    return DECIMALS.add(left, right)


def subtract_numbers(left: Number, right: Number) -> Number:
    """The difference, rounded as a sum is."""
    if type(left) is int and type(right) is int:
        return settle(left - right)
    return DECIMALS.subtract(left, right)


def multiply_numbers(left: Number, right: Number) -> Number:
    """The product, rounded as a sum is."""
    if type(left) is int and type(right) is int and abs(left) < WHOLE_LIMIT and abs(right) < WHOLE_LIMIT:
        return settle(left * right)
    return DECIMALS.multiply(left, right)


def divide_numbers(left: Number, right: Number) -> Number:
    """The quotient to 34 digits; raises DivisionByZero."""
    return DECIMALS.divide(left, right)


def raise_number(left: Number, right: Number) -> Number:
    """A power to 34 digits, 1 for any number to the power of 0.

    Raises a DecimalException beyond the range of decimals.
    """
    if right == 0:
        return 1
    if type(left) is int and type(right) is int and 0 <= right <= 100 and abs(left) <= 1_000:
        return settle(left**right)
    if left == 0 and right < 0:
        raise ZeroDivisionError
    return DECIMALS.power(left, right)


def add(left: object, right: object, run: Run) -> object:
    """``left + right`` for all kinds but two numbers; NotImplemented when it has no meaning."""
    if type(left) is str and type(right) is str:
        if len(left) + len(right) > run.limits.string:
            run.text("x" * (run.limits.string + 1))
        return run.text(left + right)
    if type(left) is Months and type(right) is Months:
        return whole_months(left.months + right.months)
    if type(left) in SPANS and type(right) in SPANS:
        return span_of_nanos(count(left) + count(right))
    if type(right) in SHIFTS:
        return _shift(left, right, 1)
    if type(left) in SHIFTS:
        return _shift(right, left, 1)
    return NotImplemented


def _shift(moment: object, span: object, sign: int) -> object:
    if type(span) in SPANS and isinstance(moment, (time, WideTime)):
        return wide.from_nanos(wide.clock_nanos(moment) + sign * count(span), moment.tzinfo)
    if type(moment) in (date, datetime, WideDate, WideMoment):
        return _shift_day(cast(AnyDay, moment), span, sign)
    return NotImplemented


def _shift_day(day: AnyDay, span: object, sign: int) -> object:
    if isinstance(day, date):
        try:
            if type(span) is Months:
                return add_months(day, sign * span.months)
            if type(span) is timedelta:
                return add_span(day, sign * span)
        except OverflowError:
            pass
    if type(span) is Months:
        return wide.add_months(day, sign * span.months)
    return wide.add_nanos(day, sign * count(span))


def subtract(left: object, right: object, run: Run) -> object:
    """``left - right`` for all kinds but two numbers; NotImplemented when it has no meaning."""
    if type(left) is Months and type(right) is Months:
        return whole_months(left.months - right.months)
    if type(left) in SPANS and type(right) in SPANS:
        return span_of_nanos(count(left) - count(right))
    if type(right) in SHIFTS:
        return _shift(left, right, -1)
    return _distance(left, right)


def _distance(left: object, right: object) -> object:
    """The time between two times, dates or instants; a date against an instant means its midnight UTC."""
    if type(left) is time and type(right) is time:
        if not same_moment_kind(left, right):
            return NotImplemented
        return (utc_micro(left) - utc_micro(right)) * MICROSECOND
    if type(left) in wide.WIDE or type(right) in wide.WIDE:
        return _wide_distance(left, right)
    if type(left) is date and type(right) is date:
        return left - right
    if type(left) in (date, datetime) and type(right) in (date, datetime):
        return _elapsed(_instant(cast(date, left)), _instant(cast(date, right)))
    return NotImplemented


def _wide_distance(left: object, right: object) -> object:
    kinds = {kind(left), kind(right)}
    if kinds == {"date", "date and time"}:
        left, right = (
            value
            if kind(value) == "date and time"
            else wide.moment_of(cast(wide.AnyDate, value), time(tzinfo=UTC))
            for value in (left, right)
        )
    elif len(kinds) != 1:
        return NotImplemented
    return wide.elapsed(left, right) if same_moment_kind(left, right) else NotImplemented


def _instant(value: date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), UTC)


def _elapsed(left: datetime, right: datetime) -> object:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return NotImplemented
    if left.tzinfo is None:
        return left - right
    return left.astimezone(UTC) - right.astimezone(UTC)


def multiply(left: object, right: object, _run: Run) -> object:
    """``left * right`` for a duration and a number."""
    if type(left) in NUMBER_TYPES:
        left, right = right, left
    if type(right) in NUMBER_TYPES:
        factor = cast(Number, right)
        if type(left) in SPANS:
            return span_of(DECIMALS.multiply(count(left), factor))
        if type(left) is Months:
            return whole_months(_truncate(DECIMALS.multiply(left.months, factor)))
    return NotImplemented


def divide(left: object, right: object, _run: Run) -> object:
    """``left / right`` for a duration by a number, or by a duration of its kind."""
    if type(left) in SPANS and type(right) in SPANS:
        return DECIMALS.divide(count(left), count(right))
    if type(left) is Months and type(right) is Months:
        return DECIMALS.divide(left.months, right.months)
    if type(right) in NUMBER_TYPES:
        divisor = cast(Number, right)
        if type(left) in SPANS:
            return span_of(DECIMALS.divide(count(left), divisor))
        if type(left) is Months:
            return whole_months(_truncate(DECIMALS.divide(left.months, divisor)))
    return NotImplemented


def _truncate(value: Decimal) -> int:
    if abs(value) >= WHOLE_LIMIT:
        raise OverflowError
    return int(value)


def negate(value: object, run: Run, offset: int) -> object:
    """``-value`` for numbers and durations."""
    if type(value) in NUMBER_TYPES:
        number = cast(Number, value)
        return -number if type(number) is int else cast(Decimal, number).copy_negate()
    if type(value) is Months:
        return Months(-value.months)
    if type(value) in SPANS:
        try:
            return span_of_nanos(-count(value))
        except OverflowError:
            run.warn("feel_arithmetic", offset, operator="-")
            return None
    run.warn("feel_operands", offset, operator="-", left="", right=kind(value))
    return None


def _no_power(_left: object, _right: object, _run: Run) -> object:
    return NotImplemented


NUMERIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": add_numbers,
    "-": subtract_numbers,
    "*": multiply_numbers,
    "/": divide_numbers,
    "**": raise_number,
}

OTHERS: dict[str, Callable[[object, object, Run], object]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": _no_power,
}


def calculate(operator: str, left: object, right: object, run: Run, offset: int = 0) -> object:
    """``left operator right``; null with a warning when the kinds do not fit or the result does not exist."""
    try:
        if type(left) in NUMBER_TYPES and type(right) in NUMBER_TYPES:
            return NUMERIC[operator](cast(Number, left), cast(Number, right))
        result = OTHERS[operator](left, right, run)
    except (DecimalException, OverflowError, ZeroDivisionError):
        run.warn("feel_arithmetic", offset, operator=operator)
        return None
    if result is NotImplemented:
        run.warn("feel_operands", offset, operator=operator, left=kind(left), right=kind(right))
        return None
    return result
