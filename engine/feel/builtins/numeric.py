"""Functions on numbers; all results are decimals of 34 digits."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from typing import TYPE_CHECKING

from engine.feel.arithmetic import as_decimal
from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.values import DECIMALS, Months, Number
from engine.feel.wide import AnySpan, WideSpan

if TYPE_CHECKING:
    from engine.feel.limits import Run

_REMAINDERS = Context(prec=13_000, Emin=-20_000, Emax=20_000, traps=[InvalidOperation])
"""Enough digits for the quotient of any two numbers, so that a remainder always exists."""
MIN_SCALE, MAX_SCALE = -6111, 6176


def rounded(value: Number, scale: Number, rounding: str) -> Number:
    """A number with ``scale`` digits after the point (before it when negative); a fraction of it is cut off."""
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise NoValueError("feel_scale")
    digits = int(scale)
    number = as_decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return simplest(number.quantize(Decimal((0, (1,), -digits)), rounding, DECIMALS))


def simplest(value: Decimal) -> Number:
    """Whole numbers of moderate size as int, so that they can serve as positions and print plainly."""
    if value == value.to_integral_value() and value.adjusted() < 34:
        return int(value)
    return DECIMALS.plus(value)


def _register_rounding(name: str, rounding: str) -> None:
    def function(_run: Run, n: Number, scale: Number) -> Number:
        return rounded(n, scale, rounding)

    builtin(name, "n: number, scale: number")(function)


for _name, _rounding in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    _register_rounding(_name, _rounding)


def _register_whole(name: str, rounding: str) -> None:
    def function(_run: Run, n: Number, scale: Number = 0) -> Number:
        return rounded(n, scale, rounding)

    builtin(name, "n: number")(function)
    builtin(name, "n: number, scale: number")(function)


_register_whole("floor", ROUND_FLOOR)
_register_whole("ceiling", ROUND_CEILING)


@builtin("round money", "n: number")
def round_money(_run: Run, n: Number) -> Number:
    """Whole fen (分), halves away from zero; an addition of Keyturn's."""
    return rounded(n, 0, ROUND_HALF_UP)


@builtin("abs", "n: magnitude")
def absolute(_run: Run, n: Number | AnySpan | Months) -> object:
    """The size of a number or duration without its sign."""
    if isinstance(n, Months):
        return Months(abs(n.months))
    if isinstance(n, WideSpan):
        return WideSpan(abs(n.nanoseconds))
    return n.copy_abs() if isinstance(n, Decimal) else abs(n)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(_run: Run, dividend: Number, divisor: Number) -> Number:
    """The remainder with the sign of the divisor."""
    if type(dividend) is int and type(divisor) is int:
        return dividend % divisor
    remainder = _REMAINDERS.remainder(as_decimal(dividend), as_decimal(divisor))
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = DECIMALS.add(remainder, divisor)
    return DECIMALS.plus(remainder)


@builtin("sqrt", "number: number")
def sqrt(_run: Run, number: Number) -> Number:
    """The square root; none for negative numbers."""
    return DECIMALS.sqrt(number)


@builtin("log", "number: number")
def log(_run: Run, number: Number) -> Number:
    """The natural logarithm; none for zero and below."""
    if number <= 0:
        raise NoValueError("feel_no_value")
    return DECIMALS.ln(number)


@builtin("exp", "number: number")
def exp(_run: Run, number: Number) -> Number:
    """e to the power of a number."""
    return DECIMALS.exp(number)


def _is_odd(number: Number) -> bool | None:
    value = as_decimal(number)
    if value != value.to_integral_value():
        return None
    if value.adjusted() >= 34:
        return False
    return int(value) % 2 == 1


@builtin("odd", "number: number")
def odd(_run: Run, number: Number) -> bool:
    """Whether a whole number is odd."""
    return _is_odd(number) is True


@builtin("even", "number: number")
def even(_run: Run, number: Number) -> bool:
    """Whether a whole number is even."""
    return _is_odd(number) is False
