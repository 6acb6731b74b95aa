"""Cuts what an input column may hold into elementary parts, so that every cell is a set of whole parts.

A column whose cells name single values has one part for each value and one for all others. A column with
ranges has each bound as a part and each open interval between. Sets are bit masks over the parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.decisions.model import Cell
from engine.feel import DEFAULT, FeelError, Months, Range, Run
from engine.feel.builtins.conversion import plain
from engine.feel.comparison import comparable, less
from engine.feel.temporal import format_temporal
from engine.feel.values import kind


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval of values; None is no bound; a single value is an interval of one."""

    low: object
    high: object
    low_included: bool
    high_included: bool

    @property
    def is_point(self) -> bool:
        """Whether the piece is a single value."""
        return self.low is not None and self.low == self.high and self.low_included and self.high_included

    def bounds(self) -> list[object]:
        """The bounds that exist."""
        return [bound for bound in (self.low, self.high) if bound is not None]


@dataclass(frozen=True, slots=True)
class CellSet:
    """What a cell takes: pieces, perhaps all but these, or ``unknown`` when that cannot be read off."""

    pieces: tuple[Piece, ...] = ()
    negated: bool = False
    unknown: bool = False
    any_value: bool = False


UNKNOWN = CellSet(unknown=True)
ANY_VALUE = CellSet(any_value=True)


def read_cell(cell: Cell) -> CellSet:
    """The set of values a cell takes, unknown if it depends on anything but the value."""
    if cell.any_value:
        return ANY_VALUE
    if cell.tests is None or cell.tests.names:
        return UNKNOWN
    pieces: list[Piece] = []
    for part in cell.tests.alternatives:
        run = Run(DEFAULT, None, None, None)
        try:
            value = part({}, run)
        except FeelError:
            return UNKNOWN
        if run.warnings:
            return UNKNOWN
        found = list(_pieces(value))
        if not found:
            return UNKNOWN
        pieces.extend(found)
    return CellSet(tuple(pieces), cell.tests.syntax.negated)


def _pieces(value: object) -> Iterator[Piece]:
    if isinstance(value, list):
        for item in value:
            yield from _pieces(item)
    elif isinstance(value, Range):
        if value.unary == "!=":
            yield Piece(None, value.start, False, False)
            yield Piece(value.start, None, False, False)
        else:
            yield Piece(value.start, value.end, value.start_included, value.end_included)
    elif isinstance(value, (bool, int, Decimal, str, date, time, timedelta, Months)):
        yield Piece(value, value, True, True)


@dataclass(slots=True)
class Column:
    """The parts of one column: ``points`` in order, with intervals between them if ``ordered``."""

    name: str
    points: list[Any]
    ordered: bool
    domain: int = 0
    masks: list[int] = field(default_factory=list)
    unknown: list[bool] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of parts."""
        return 2 * len(self.points) + 1 if self.ordered else len(self.points) + 1

    @property
    def full(self) -> int:
        """All parts, allowed or not."""
        return (1 << self.size) - 1

    def mask(self, cell: CellSet) -> int:
        """The parts a cell takes."""
        if cell.any_value or cell.unknown:
            return self.full
        mask = 0
        for piece in cell.pieces:
            mask |= self._piece_mask(piece)
        return self.full & ~mask if cell.negated else mask

    def _piece_mask(self, piece: Piece) -> int:
        if not self.ordered:
            return 1 << self.points.index(piece.low)
        first = 0
        if piece.low is not None:
            first = 2 * self.points.index(piece.low) + (1 if piece.low_included else 2)
        last = 2 * len(self.points)
        if piece.high is not None:
            last = 2 * self.points.index(piece.high) + (1 if piece.high_included else 0)
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1) if last >= first else 0

    def describe(self, mask: int) -> str:
        """A set of parts as a cell would write it, ``…`` standing for all other values."""
        if mask & self.domain == self.domain:
            return "-"
        if not self.ordered:
            named = [written(point) for index, point in enumerate(self.points) if mask >> index & 1]
            return ", ".join(named + (["…"] if mask >> len(self.points) & 1 else []))
        return ", ".join(self._interval(first, last) for first, last in _runs(mask))

    def _interval(self, first: int, last: int) -> str:
        low = None if first == 0 else self.points[(first - 1) // 2]
        high = None if last == self.size - 1 else self.points[(last - 1) // 2 if last % 2 else last // 2]
        low_included, high_included = first % 2 == 1, last % 2 == 1
        if low is None:
            return f"{'<=' if high_included else '<'} {written(high)}"
        if high is None:
            return f"{'>=' if low_included else '>'} {written(low)}"
        if first == last and low_included:
            return written(low)
        return f"{'[' if low_included else '('}{written(low)}..{written(high)}{']' if high_included else ')'}"


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    first = 0
    while mask >> first:
        if not mask >> first & 1:
            first += 1
            continue
        last = first
        while mask >> (last + 1) & 1:
            last += 1
        yield first, last
        first = last + 1


def written(value: object) -> str:
    """A value as FEEL text."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (date, time, timedelta, Months)):
        return f'@"{format_temporal(value)}"'
    return plain(value)


def build_column(
    name: str, cells: Sequence[CellSet], allowed: CellSet | None, *, integers: bool, boolean: bool
) -> Column | None:
    """The column of these cells; None if its values have no common order or kind."""
    known = [cell for cell in (*cells, *([allowed] if allowed else [])) if not cell.unknown]
    pieces = [piece for cell in known for piece in cell.pieces]
    bounds: list[object] = [bound for piece in pieces for bound in piece.bounds()]
    if boolean or any(isinstance(bound, bool) for bound in bounds):
        bounds += [True, False]
    kinds = {kind(bound) for bound in bounds}
    if len(kinds) > 1:
        return None
    ordered = not all(piece.is_point for piece in pieces)
    points = _distinct(bounds)
    if points is None:
        return None
    column = Column(name, points, ordered)
    column.domain = _domain(column, allowed, kinds, integers=integers)
    for cell in cells:
        column.masks.append(column.mask(cell))
        column.unknown.append(cell.unknown)
    return column


def _distinct(bounds: list[object]) -> list[object] | None:
    if bounds and isinstance(bounds[0], bool):
        return [True, False]
    if not all(comparable(bounds[0], bound) for bound in bounds):
        return None
    ordered = sorted(bounds, key=cmp_to_key(lambda a, b: less(b, a) - less(a, b)))
    return [bound for index, bound in enumerate(ordered) if index == 0 or less(ordered[index - 1], bound)]


def _domain(column: Column, allowed: CellSet | None, kinds: set[str], *, integers: bool) -> int:
    domain = column.full
    if kinds == {"boolean"}:
        domain &= ~(1 << len(column.points))
    if allowed is not None and not allowed.unknown:
        domain &= column.mask(allowed)
    if integers and column.ordered:
        for index in range(1, len(column.points)):
            low, high = column.points[index - 1], column.points[index]
            if int(high // 1) - (high % 1 == 0) <= int(low // 1):
                domain &= ~(1 << (2 * index))
    return domain
