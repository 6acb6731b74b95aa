"""The values FEEL knows and how Python represents them.

null ``None`` · boolean ``bool`` · number ``int`` or ``Decimal`` (34 digits) · string ``str`` ·
date ``date`` · time ``time`` · date and time ``datetime`` · days and time duration ``timedelta`` ·
years and months duration ``Months`` · list ``list`` · context ``dict`` · range ``Range`` ·
function ``Function``. What Python's dates and times cannot hold is wide (``engine.feel.wide``). Floats and other
objects are not FEEL values and never looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import TYPE_CHECKING

from engine.feel.wide import WideDate, WideMoment, WideSpan, WideTime

if TYPE_CHECKING:
    from engine.feel.limits import Run
    from engine.feel.syntax import TypeNode

Number = int | Decimal
Code = Callable[[Mapping[str, object], "Run"], object]
"""A compiled expression: a closure over the variables and the run."""

DECIMALS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""IEEE 754 decimal128, as the standard wants; used explicitly and never set globally."""

NUMBER_TYPES = frozenset({int, Decimal})
WHOLE_LIMIT = 10**34


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration, e.g. P1Y6M is 18 months."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """A range of comparable values; an end that is None together with ``open_*`` has no bound."""

    start: object
    end: object
    start_included: bool
    end_included: bool
    unary: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be called: parameter names and the code to run with their values.

    ``invoke`` takes the run, the values by position (missing ones are None) and the calling place.
    ``by_name`` takes arguments by name where the order of ``parameters`` is not the only one.
    ``types`` of parameters and of the ``result`` may be missing, which is to say anything.
    """

    name: str
    parameters: tuple[str, ...]
    invoke: Callable[[Run, list[object], int], object]
    variadic: bool = False
    by_name: Callable[[Run, Mapping[str, object], int], object] | None = None
    types: tuple[TypeNode | None, ...] = ()
    result: TypeNode | None = None


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    WideDate: "date",
    WideTime: "time",
    WideMoment: "date and time",
    timedelta: "days and time duration",
    WideSpan: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}

FEEL_TYPES = frozenset(KINDS)


def kind(value: object) -> str:
    """The FEEL name of a value's type; ``unknown`` for what FEEL does not know."""
    return KINDS.get(type(value), "unknown")


def adopt(value: object, run: Run, offset: int, name: str) -> object:
    """A value from outside as a FEEL value: mappings become contexts, tuples lists; the rest is null."""
    if type(value) in FEEL_TYPES:
        return value
    if isinstance(value, Mapping):
        run.spend_on_items(value)
        return dict(value)
    if isinstance(value, tuple):
        run.spend_on_items(value)
        return list(value)
    run.warn("feel_foreign_value", offset, name=name, type=type(value).__name__)
    return None


def settle(value: Number) -> Number:
    """A number within 34 digits: whole results beyond become decimals, as every other result is."""
    if type(value) is int and not -WHOLE_LIMIT < value < WHOLE_LIMIT:
        return DECIMALS.create_decimal(value)
    return value
