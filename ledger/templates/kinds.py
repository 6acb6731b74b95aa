"""Variables of papers: their types, and how a value of a type is written in the language of the paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from ledger.finance.capitals import LIMIT_FEN, in_capitals

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
Type = Literal[
    "text", "date", "money", "capitals", "area", "unit_price", "count", "percent", "off", "lines", "plans"
]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NUMBERS = ("money", "area", "unit_price", "count", "percent", "off")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that a template of a kind may name.

    ``example`` is a value as it is kept: money in fen, areas in hundredths of a square metre, rates in basis
    points, dates ISO. A line of the text whose ``optional`` variable has no value is left out. ``fields`` are of
    each line of a list. ``given`` says that whoever makes the paper gives the value; others are the ledger's.
    """

    name: str
    type: Type
    label_zh: str
    label: str
    example: Any
    optional: bool = False
    given: bool = False
    fields: tuple[Variable, ...] = ()

    def named(self, language: str) -> str:
        """Its label in a language."""
        return self.label_zh if language == "zh" else self.label

    def may_lack(self) -> Variable:
        """The same as an optional one."""
        return replace(self, optional=True)


def is_numeric(kind: Type) -> bool:
    """Whether values of the type stand to the right in a table."""
    return kind in _NUMBERS


def fits(kind: Type, value: object) -> bool:
    """Whether a value is of the type in its kept form."""
    if kind in _NUMBERS or kind == "capitals":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in ("lines", "plans"):
        return isinstance(value, list | tuple) and all(isinstance(line, Mapping) for line in value)
    return isinstance(value, str)


def written(kind: Type, value: Any, language: Language, *, bare: bool = False) -> str:
    """A value in words of the paper's language; ``bare`` leaves the unit of money to the head of the table."""
    write = _WRITERS.get(kind)
    return str(value) if write is None else write(value, language, bare)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals: 123456 is 1,234.56."""
    size = abs(fen)
    return f"{'−' if fen < 0 else ''}{size // 100:,}.{size % 100:02d}"


def _money(fen: int, language: Language, bare: bool) -> str:
    if bare:
        return yuan(fen)
    return f"{yuan(fen)}元" if language == "zh" else f"CNY {yuan(fen)}"


def _capitals(fen: int, language: Language, bare: bool) -> str:
    size = abs(fen)
    if size >= LIMIT_FEN:
        return yuan(fen)
    return ("负" if fen < 0 else "") + f"人民币{in_capitals(size)}"


def _area(hundredths: int, language: Language, bare: bool) -> str:
    size = abs(hundredths)
    sign = "−" if hundredths < 0 else ""
    return f"{sign}{size // 100:,}.{size % 100:02d}{'㎡' if language == 'zh' else ' m²'}"


def _unit_price(fen: int, language: Language, bare: bool) -> str:
    return f"{yuan(fen)}元/㎡" if language == "zh" else f"CNY {yuan(fen)}/m²"


def _percent(basis_points: int, language: Language, bare: bool) -> str:
    return f"{'−' if basis_points < 0 else ''}{_short(abs(basis_points))}%"


def _off(basis_points: int, language: Language, bare: bool) -> str:
    """Basis points off a price: 400 is 9.6折 or 4% off."""
    if language == "en":
        return f"{_short(basis_points)}% off"
    whole, rest = divmod(10_000 - basis_points, 1000)
    decimals = f".{rest:03d}".rstrip("0").rstrip(".")
    return f"{whole}{decimals}折"


def _short(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def _date(value: str, language: Language, bare: bool) -> str:
    """An ISO date in words; other words, such as those for a milestone, as they are."""
    if _DAY.fullmatch(value) is None:
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_WRITERS: Mapping[str, Callable[[Any, Language, bool], str]] = {
    "money": _money,
    "capitals": _capitals,
    "area": _area,
    "unit_price": _unit_price,
    "percent": _percent,
    "off": _off,
    "date": _date,
}
