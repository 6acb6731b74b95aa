"""Cells of a sheet, the same for a workbook and a text file."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto

from .errors import PriceListError


class Kind(Enum):
    """What a cell holds; only ``TEXT`` and ``NUMBER`` can be read as a value."""

    BLANK = auto()
    TEXT = auto()
    NUMBER = auto()
    FORMULA = auto()
    DATE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` is what a person reads in the cell, trimmed; an ISO date for ``DATE``."""

    kind: Kind
    text: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the cell."""
        return self.kind is Kind.BLANK


BLANK = Cell(Kind.BLANK)


SPREADSHEET_ROWS = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read, far above any real price list; blank rows do not count towards ``rows``."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 200_000_000
    parts: int = 2_000
    rows: int = 50_000
    columns: int = 256
    cells: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells (合并单元格), rows and columns counted from 1, inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """One sheet: ``rows[0]`` is row 1. Rows are as long as their last cell."""

    name: str
    hidden: bool = False
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    merges: tuple[Merge, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """The cell at ``row`` and ``column``, both from 1; blank outside the sheet."""
        cells = self.rows[row - 1]
        return cells[column - 1] if column <= len(cells) else BLANK


class Budget:
    """Counts rows and cells over all sheets of a file and stops at the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._filled = 0
        self._cells = 0

    def take(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Count one row and return it without its trailing blanks; raise ``PriceListError`` past a limit."""
        width = len(cells)
        while width and cells[width - 1].blank:
            width -= 1
        self._rows += 1
        self._filled += bool(width)
        self._cells += width
        if width > self._limits.columns:
            raise PriceListError("too_many_columns", limit=self._limits.columns)
        if self._filled > self._limits.rows or self._rows > SPREADSHEET_ROWS:
            raise PriceListError("too_many_rows", limit=self._limits.rows)
        if self._cells > self._limits.cells:
            raise PriceListError("too_many_cells", limit=self._limits.cells)
        return cells[:width]


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrow(text: str) -> str:
    """Full-width signs as ASCII, character by character, so that positions stay those of ``text``."""
    return text.translate(_NARROW)


def plain(text: str) -> str:
    """Compatibility form (NFKC) without surrounding blanks: full-width digits and signs become ASCII."""
    return unicodedata.normalize("NFKC", text).strip()
