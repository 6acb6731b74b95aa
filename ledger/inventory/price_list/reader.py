"""From the bytes of a price list (价目表) to unit rows, refusals and permits; no database."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from .errors import PriceListError, RowRefused
from .file_kind import CSV, checked_kind
from .grid import Grid, Kind, Limits, plain
from .permits import find_permits
from .rows import Column, ColumnMapping, Field, PermitFound, PriceList, Refusal, SheetRead, SkippedRow, UnitRow
from .tables import Table, fill_merged, find_table, is_heading
from .text_file import readings
from .unit_rows import Carried, decide_units, read_unit, skipped_kind, unit_number
from .workbook import read_workbook

_BUILDING = re.compile(r"[A-Za-z0-9一二三四五六七八九十]{1,6}(?:栋|幢|座|号楼|#楼|#)")


def read_price_list(
    content: bytes,
    file_name: str,
    *,
    mapping: ColumnMapping | None = None,
    limits: Limits | None = None,
) -> PriceList:
    """Read a whole price list; good rows and refused rows together are all unit rows of the file.

    Sheets without a table of units and hidden sheets are left out and say so in ``sheets``. Raises
    :class:`PriceListError` when the file as a whole cannot be read: it is not what its name says, too large,
    encrypted, in an unknown encoding, or lacks a required column.
    """
    encoding, found = _tables(content, file_name, mapping, limits or Limits())
    _require_columns([table for _, table in found if table], file_name)
    sheets = [_Sheet(grid, table) for grid, table in found]
    units, refused = _read_rows([sheet for sheet in sheets if sheet.table])
    permits = [permit for sheet in sheets if sheet.table for permit in sheet.permits()]
    return PriceList(
        file_name=file_name,
        encoding=encoding,
        sheets=tuple(sheet.report() for sheet in sheets),
        units=tuple(units),
        refused=tuple(refused),
        permits=tuple(permits),
    )


def propose_columns(
    content: bytes, file_name: str, *, limits: Limits | None = None
) -> tuple[tuple[str, tuple[Column, ...]], ...]:
    """The columns of each sheet that holds a table, with the field proposed for each, required ones or not.

    For the step in which a person decides what a column means. Raises :class:`PriceListError`.
    """
    _, found = _tables(content, file_name, None, limits or Limits())
    tables = [table for _, table in found if table]
    if not tables:
        raise PriceListError("no_table", file=file_name)
    return tuple((table.grid.name, table.columns) for table in tables)


def _tables(
    content: bytes, file_name: str, mapping: ColumnMapping | None, limits: Limits
) -> tuple[str, list[tuple[Grid, Table | None]]]:
    """The encoding of a text file, and the sheets with the table that each visible one holds."""
    if checked_kind(content, file_name, limits) == CSV:
        encoding, grids = _best_reading(content, file_name, mapping, limits)
    else:
        encoding, grids = "", read_workbook(content, file_name, limits)
    return encoding, [(grid, None if grid.hidden else find_table(grid, mapping)) for grid in grids]


def _best_reading(
    content: bytes, file_name: str, mapping: ColumnMapping | None, limits: Limits
) -> tuple[str, list[Grid]]:
    """The first encoding in which the headings make sense; else the first in which the bytes can be read."""
    first: tuple[str, list[Grid]] | None = None
    for encoding, grid in readings(content, file_name, limits):
        if find_table(grid, mapping):
            return encoding, [grid]
        first = first or (encoding, [grid])
    if first is None:
        raise PriceListError("unknown_encoding", file=file_name)
    return first


def _require_columns(tables: list[Table], file_name: str) -> None:
    if not tables:
        raise PriceListError("no_table", file=file_name)
    for table in tables:
        if table.missing:
            raise PriceListError("missing_column", sheet=table.grid.name, column=table.missing[0].value)


@dataclass(slots=True)
class _Sheet:
    """A sheet with the rows of its table sorted out."""

    grid: Grid
    table: Table | None
    unit_rows: list[int] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.table is None:
            return
        fill_merged(self.table)
        for row in range(self.table.header_row + 1, len(self.grid.rows) + 1):
            if not any(not cell.blank for cell in self.grid.rows[row - 1]):
                continue
            kind = "header" if is_heading(self.table, row) else skipped_kind(self.table, row)
            if kind:
                self.skipped.append(SkippedRow(row, kind))
            else:
                self.unit_rows.append(row)

    def building(self) -> str:
        """The building that sheet name or title name, for a table without that column."""
        titles = self.grid.rows[: self.table.first_header_row - 1] if self.table else []
        texts = [self.grid.name, *(cell.text for cells in titles for cell in cells)]
        names = [match[0] for text in texts if (match := _BUILDING.search(plain(text)))]
        return names[0] if names else ""

    def permits(self) -> list[PermitFound]:
        """The permits in the rows above the headings."""
        if self.table is None:
            return []
        titles = self.grid.rows[: self.table.first_header_row - 1]
        return find_permits(
            self.grid.name,
            [(row, [cell for cell in cells if not cell.blank]) for row, cells in enumerate(titles, 1)],
        )

    def report(self) -> SheetRead:
        """How this sheet was understood."""
        table = self.table
        return SheetRead(
            name=self.grid.name,
            hidden=self.grid.hidden,
            header_row=table.header_row if table else 0,
            columns=table.columns if table else (),
            unit_rows=len(self.unit_rows),
            skipped=tuple(self.skipped),
        )


@dataclass(frozen=True, slots=True)
class _Located:
    """A unit row with what it carries from the rows above."""

    table: Table
    row: int
    carried: Carried

    @property
    def entrance(self) -> str:
        cell = self.carried.cell(Field.ENTRANCE)
        return plain(cell.text) if cell and cell.kind is not Kind.FORMULA else ""


def _read_rows(sheets: list[_Sheet]) -> tuple[list[UnitRow], list[Refusal]]:
    located = [row for sheet in sheets for row in _located(sheet)]
    entrances: dict[str, set[str]] = defaultdict(set)
    for at in located:
        entrances[at.carried.building].add(at.entrance)
    units_of = {id(s.table): decide_units(s.table, s.unit_rows) for s in sheets if s.table}
    seen: dict[tuple[str, str], int] = {}
    good: list[UnitRow] = []
    refused: list[Refusal] = []
    for at in located:
        unit_no = unit_number(at.table.cell(at.row, Field.UNIT_NO))
        if at.entrance and len(entrances[at.carried.building]) > 1:
            unit_no = f"{at.entrance.removesuffix('单元')}-{unit_no}"
        key = (at.carried.building.casefold(), unit_no.casefold())
        try:
            if key in seen and at.carried.building:
                raise RowRefused("duplicate", building=at.carried.building, first_row=seen[key])
            seen[key] = at.row
            good.append(read_unit(at.table, at.row, unit_no, at.carried, units_of[id(at.table)]))
        except RowRefused as wrong:
            refused.append(Refusal(at.table.grid.name, at.row, unit_no, wrong.code, wrong.params))
    return good, refused


def _located(sheet: _Sheet) -> list[_Located]:
    table = sheet.table
    if table is None:
        return []
    carried = Carried(sheet.building())
    rows = []
    for row in sheet.unit_rows:
        carried.see(table, row)
        rows.append(_Located(table, row, Carried(carried.building, dict(carried.cells))))
    return rows
