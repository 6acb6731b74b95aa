"""From the bytes of a survey (测绘成果表) to area rows and refusals, by the price list's reader; no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.inventory.price_list import quantities
from ledger.inventory.price_list.errors import PriceListError, RowRefused
from ledger.inventory.price_list.file_kind import CSV, checked_kind
from ledger.inventory.price_list.grid import Grid, Kind, Limits, plain
from ledger.inventory.price_list.rows import Field, Refusal
from ledger.inventory.price_list.tables import Table, fill_merged, find_table, is_heading
from ledger.inventory.price_list.text_file import readings
from ledger.inventory.price_list.unit_rows import Carried, skipped_kind, unit_number
from ledger.inventory.price_list.workbook import read_workbook

LIMITS = Limits(file_bytes=20_000_000, rows=20_000)
_REQUIRED = (Field.UNIT_NO, Field.BUILDING_AREA)
_NOTHING = {"", "/", "-", "—", "无"}


@dataclass(frozen=True)
class AreaRow:
    """One good row; areas in hundredths of a square metre. ``building`` is empty where the file names none.

    ``unit_no`` begins with the entrance where the file tells it, ``number`` never does.
    """

    sheet: str
    row: int
    building: str
    unit_no: str
    number: str
    building_area_hundredths: int
    inside_area_hundredths: int | None


@dataclass(frozen=True)
class SurveyFile:
    """A file read to its end; ``rows`` and ``refused`` together are all its unit rows."""

    file_name: str
    rows: tuple[AreaRow, ...]
    refused: tuple[Refusal, ...]


def read_survey(content: bytes, file_name: str) -> SurveyFile:
    """Read a whole survey from Excel or CSV: building, entrance, unit, building area and inside area.

    Raises `PriceListError` when the file as a whole cannot be read or lacks a required column.
    """
    tables = [table for grid in _grids(content, file_name) if (table := _table_of(grid))]
    if not tables:
        raise PriceListError("no_table", file=file_name)
    rows: list[AreaRow] = []
    refused: list[Refusal] = []
    seen: dict[tuple[str, str], int] = {}
    for table in tables:
        fill_merged(table)
        for row, carried in _unit_rows(table):
            unit_no = _unit_no(table, row, carried)
            key = (carried.building.casefold(), unit_no.casefold())
            try:
                if key in seen:
                    raise RowRefused("duplicate", building=carried.building or "—", first_row=seen[key])
                seen[key] = row
                rows.append(_read(table, row, carried.building, unit_no))
            except RowRefused as wrong:
                refused.append(Refusal(table.grid.name, row, unit_no, wrong.code, wrong.params))
    return SurveyFile(file_name, tuple(rows), tuple(refused))


def _grids(content: bytes, file_name: str) -> list[Grid]:
    if checked_kind(content, file_name, LIMITS) != CSV:
        return [grid for grid in read_workbook(content, file_name, LIMITS) if not grid.hidden]
    found = [grid for _, grid in readings(content, file_name, LIMITS)]
    if not found:
        raise PriceListError("unknown_encoding", file=file_name)
    return [next((grid for grid in found if find_table(grid)), found[0])]


def _table_of(grid: Grid) -> Table | None:
    table = find_table(grid)
    if table is None:
        return None
    for field in _REQUIRED:
        if table.column(field) is None:
            raise PriceListError("missing_column", sheet=grid.name, column=field.value)
    return table


def _unit_rows(table: Table) -> Iterator[tuple[int, Carried]]:
    """The unit rows of a table, each with the building and entrance that it repeats from above."""
    carried = Carried("")
    for row in range(table.header_row + 1, len(table.grid.rows) + 1):
        if all(cell.blank for cell in table.grid.rows[row - 1]):
            continue
        if is_heading(table, row) or skipped_kind(table, row):
            continue
        carried.see(table, row)
        yield row, Carried(carried.building, dict(carried.cells))


def _unit_no(table: Table, row: int, carried: Carried) -> str:
    number = unit_number(table.cell(row, Field.UNIT_NO))
    cell = carried.cell(Field.ENTRANCE)
    entrance = plain(cell.text).removesuffix("单元") if cell and cell.kind is not Kind.FORMULA else ""
    return f"{entrance}-{number}" if entrance else number


def _read(table: Table, row: int, building: str, unit_no: str) -> AreaRow:
    for field in (*_REQUIRED, Field.BUILDING, Field.INSIDE_AREA):
        if table.cell(row, field).kind is Kind.FORMULA:
            raise RowRefused("formula", column=_header(table, field))
    number = table.cell(row, Field.UNIT_NO)
    if number.kind in {Kind.DATE, Kind.OTHER}:
        raise RowRefused("bad_unit_number", value=number.text[:40])
    area = quantities.area_hundredths(table.cell(row, Field.BUILDING_AREA), _header(table, Field.BUILDING_AREA))
    cell, inside = table.cell(row, Field.INSIDE_AREA), None
    if plain(cell.text) not in _NOTHING:
        inside = quantities.area_hundredths(cell, _header(table, Field.INSIDE_AREA))
    if inside is not None and inside > area:
        raise RowRefused("inside_exceeds_building_area", column=_header(table, Field.INSIDE_AREA))
    return AreaRow(table.grid.name, row, building, unit_no, unit_number(number), area, inside)


def _header(table: Table, field: Field) -> str:
    column = table.column(field)
    return column.header if column else field.value
