"""Numbers as offices write them: 16,516 · 1,954,834元 · 195.48万元 · 118.36㎡ · full-width digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .errors import RowRefused
from .grid import Cell, Kind, plain

YUAN = "yuan"
TEN_THOUSAND = "wan"
YUAN_PER_M2 = "yuan/m2"
TEN_THOUSAND_PER_M2 = "wan/m2"
SQUARE_METRES = "m2"

FEN_PER = {YUAN: 100, TEN_THOUSAND: 1_000_000, YUAN_PER_M2: 100, TEN_THOUSAND_PER_M2: 1_000_000}

MAX_AREA_HUNDREDTHS = 10_000_000  # 100,000 m², larger than any tower
MAX_PRICE_FEN = 10_000_000_000_000  # 100 thousand million yuan

_M2 = r"(?:m2|m\^2|平方米|平米|平方|平|sqm|sq\.?\s?m)"
_NUMBER = re.compile(
    r"(?:¥|rmb|cny|人民币)?\s*"
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*"
    r"(?P<unit>[^\d\s.,].*)?",
    re.IGNORECASE,
)
_UNITS = (
    (TEN_THOUSAND_PER_M2, re.compile(rf"万元?(?:人民币)?\s*[/每]\s*{_M2}", re.IGNORECASE)),
    (
        YUAN_PER_M2,
        re.compile(rf"元?(?:人民币)?\s*[/每]\s*{_M2}|(?:yuan|rmb|cny)\s*/\s*{_M2}", re.IGNORECASE),
    ),
    (TEN_THOUSAND, re.compile(r"万元?(?:人民币)?", re.IGNORECASE)),
    (YUAN, re.compile(r"元整?(?:人民币)?|yuan|rmb|cny", re.IGNORECASE)),
    (SQUARE_METRES, re.compile(_M2, re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit written in its own cell, empty where there is none."""

    value: Decimal
    unit: str

    @property
    def decimals(self) -> int:
        """How many digits stand after the point, trailing zeros not counted."""
        exponent = self.value.normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0


def unit_of(text: str, *, whole: bool = False) -> str:
    """The unit named in ``text`` (a heading, a title row, what follows a number), empty where none is."""
    for unit, pattern in _UNITS:
        if pattern.fullmatch(text) if whole else pattern.search(text):
            return unit
    return ""


def parse(cell: Cell, column: str) -> Quantity:
    """Read a cell as a number; raise :class:`RowRefused` for a formula or anything that is not one.

    ``column`` is the heading, for the message.
    """
    if cell.kind is Kind.FORMULA:
        raise RowRefused("formula", column=column)
    if cell.blank:
        raise RowRefused("missing_value", column=column)
    match = _NUMBER.fullmatch(plain(cell.text)) if cell.kind in {Kind.TEXT, Kind.NUMBER} else None
    tail = (match["unit"] or "").strip() if match else ""
    unit = unit_of(tail, whole=True)
    if match is None or (tail and not unit):
        raise RowRefused("not_a_number", column=column, value=cell.text[:40])
    return Quantity(Decimal(match["number"].replace(",", "")), unit)


def area_hundredths(cell: Cell, column: str) -> int:
    """An area in hundredths of a square metre; more than two decimals, zero and absurd sizes are refused."""
    quantity = parse(cell, column)
    if quantity.unit not in {"", SQUARE_METRES}:
        raise RowRefused("wrong_unit", column=column, value=cell.text[:40])
    return _whole(quantity.value * 100, column, cell, MAX_AREA_HUNDREDTHS)


def price_fen(cell: Cell, column: str, unit: str) -> int:
    """A price in fen; ``unit`` is the column's, used where the cell names none of its own."""
    quantity = parse(cell, column)
    own = quantity.unit or unit
    if own not in FEN_PER or _per_area(own) != _per_area(unit):
        raise RowRefused("wrong_unit", column=column, value=cell.text[:40])
    return _whole(quantity.value * FEN_PER[own], column, cell, MAX_PRICE_FEN)


def rounding_fen(cell: Cell, unit: str) -> int:
    """The rounding of a stated total: 1 yuan, or for 万元 the last of its (at least two) decimals.

    162.83 and 162.8 万元 are both rounded to 100 yuan: a spreadsheet drops the trailing zero.
    """
    quantity = parse(cell, "")
    if (quantity.unit or unit) != TEN_THOUSAND:
        return 100
    return (10_000, 1_000, 100)[min(max(quantity.decimals, 2), 4) - 2]


def half_up(amount: Fraction) -> int:
    """Round a non-negative fraction of a fen half up."""
    return int((2 * amount + 1) // 2)


def _per_area(unit: str) -> bool:
    return unit in {YUAN_PER_M2, TEN_THOUSAND_PER_M2}


def _whole(amount: Decimal, column: str, cell: Cell, limit: int) -> int:
    if amount <= 0 or amount > limit:
        raise RowRefused("out_of_range", column=column, value=cell.text[:40])
    if amount != int(amount):
        raise RowRefused("too_many_decimals", column=column, value=cell.text[:40])
    return int(amount)
