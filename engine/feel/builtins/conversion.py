"""Functions that make a value of one kind from another, and ``not`` and ``is``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.comparison import same
from engine.feel.errors import FeelLimitError
from engine.feel.temporal import format_temporal
from engine.feel.values import DECIMALS, Months, Number, Range
from engine.feel.wide import WideDate, WideMoment, WideSpan, WideTime

if TYPE_CHECKING:
    from engine.feel.limits import Run

_NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
MAX_NUMBER_TEXT = 200


@builtin("number", "from: string, grouping separator?: string, decimal separator?: string")
def number(_run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Number:
    """The number a text denotes, e.g. ``number("1 000,5", " ", ",")``."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ".", ",") or (grouping and grouping == point):
        raise NoValueError("feel_separator")
    if grouping:
        text = text.replace(grouping, "")
    if point and point != ".":
        text = text.replace(".", "x").replace(point, ".")
    if len(text) > MAX_NUMBER_TEXT or not _NUMBER.fullmatch(text):
        raise NoValueError("feel_not_a_number")
    value = DECIMALS.create_decimal(text)
    return int(text) if text.lstrip("-").isdecimal() and value.adjusted() < 34 else value


@builtin("number", "from: number")
def same_number(_run: Run, value: Number) -> Number:
    """A number stays what it is."""
    return value


@builtin("string", "from: any")
def string(run: Run, value: object) -> str | None:
    """A value as text; null stays null, strings inside lists and contexts are quoted."""
    if value is None or isinstance(value, str):
        return value
    room = run.limits.string
    parts: list[str] = []
    for piece in _pieces(value, run):
        room -= len(piece)
        if room < 0:
            raise FeelLimitError("feel_string_limit", {"limit": run.limits.string})
        parts.append(piece)
    return "".join(parts)


def _pieces(value: object, run: Run) -> Iterator[str]:
    run.spend()
    if isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from _pieces(item, run)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key if key.isidentifier() else _quoted(key)}: "
            yield from _pieces(item, run)
        yield "}"
    elif isinstance(value, Range):
        yield from _range_pieces(value, run)
    else:
        yield _quoted(value) if isinstance(value, str) else plain(value)


def _range_pieces(value: Range, run: Run) -> Iterator[str]:
    yield "[" if value.start_included else "("
    if value.start is not None:
        yield from _pieces(value.start, run)
    yield ".."
    if value.end is not None:
        yield from _pieces(value.end, run)
    yield "]" if value.end_included else ")"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


CONSTANTS = {None: "null", True: "true", False: "false"}


def plain(value: object) -> str:
    """A simple value as text; equal numbers give equal texts, without needless zeros."""
    if value is None or isinstance(value, bool):
        return CONSTANTS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if not value:
            return "0"
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, (date, time, timedelta, Months, WideDate, WideTime, WideMoment, WideSpan)):
        return format_temporal(value)
    return "function"


@builtin("not", "negand: any")
def negation(_run: Run, negand: object) -> bool | None:
    """The other boolean; null for anything else."""
    return not negand if isinstance(negand, bool) else None


@builtin("is", "value1~: any, value2~: any")
def is_same(run: Run, value1: object, value2: object) -> bool:
    """Whether two values are the same, zone and all."""
    if not same(value1, value2, run):
        return False
    if isinstance(value1, (date, time, WideTime, WideMoment)):
        return format_temporal(value1) == format_temporal(cast(date, value2))
    return True
