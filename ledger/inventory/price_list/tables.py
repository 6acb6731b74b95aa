"""Where the table of a sheet begins and what its columns are."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import PriceListError
from .grid import BLANK, Cell, Grid, Kind, plain
from .headings import EXACT, GROUP_HINT, default_unit, heading_unit, meaning, title_unit
from .rows import Column, ColumnMapping, Field

SEARCHED_ROWS = 40
MIN_SCORE = 3
REQUIRED = (Field.UNIT_NO, Field.BUILDING_AREA, Field.LIST_PRICE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table found in ``grid``: data starts below ``header_row`` (the last of one or two heading rows)."""

    grid: Grid
    first_header_row: int
    header_row: int
    columns: tuple[Column, ...]

    def column(self, field: Field) -> Column | None:
        """The column read for ``field``."""
        return next((column for column in self.columns if column.field is field), None)

    def cell(self, row: int, field: Field) -> Cell:
        """The cell of ``field`` in ``row``, blank where the table has no such column."""
        column = self.column(field)
        return self.grid.cell(row, column.number) if column else BLANK

    @property
    def missing(self) -> list[Field]:
        """Required columns that the table lacks."""
        return [field for field in REQUIRED if self.column(field) is None]


def find_table(grid: Grid, mapping: ColumnMapping | None = None) -> Table | None:
    """The table of a sheet, ``None`` where no row looks like headings of one.

    The row, or pair of rows, whose texts name the most fields wins; the earliest among equals. ``mapping``
    adds to and overrides the proposal. Raises :class:`PriceListError` ``no_such_column`` for a mapped column
    that a recognised table does not have.
    """
    spans = [(row, last) for row in range(1, min(SEARCHED_ROWS, len(grid.rows)) + 1) for last in (row, row + 1)]
    scores = {span: _score(_headers(grid, *span), mapping) for span in spans}
    # Among equals a single row before a pair, and the earliest.
    best = max(spans, key=lambda span: (scores[span], span[0] == span[1], -span[0]), default=None)
    if best is None or scores[best] < MIN_SCORE:
        return None
    first, last = best
    headers = _headers(grid, first, last)
    columns = _chosen(_proposed(headers, _sheet_unit(grid, first)), mapping or {}, grid.name)
    return Table(grid, first, last, tuple(columns))


def fill_merged(table: Table) -> None:
    """Repeat what stands in cells merged downwards; a unit number and a total belong to one row only."""
    grid = table.grid
    own = {column.number for column in table.columns if column.field in {Field.UNIT_NO, Field.LIST_PRICE}}
    for merge in grid.merges:
        if merge.left != merge.right or merge.left in own or merge.top <= table.header_row:
            continue
        value = grid.cell(merge.top, merge.left)
        for row in range(merge.top + 1, min(merge.bottom, len(grid.rows)) + 1):
            cells = list(grid.rows[row - 1]) + [BLANK] * (merge.left - len(grid.rows[row - 1]))
            cells[merge.left - 1] = value
            grid.rows[row - 1] = tuple(cells)


def is_heading(table: Table, row: int) -> bool:
    """Whether ``row`` repeats the headings, as on each printed page."""
    unit = table.cell(row, Field.UNIT_NO)
    column = table.column(Field.UNIT_NO)
    return (
        unit.kind is Kind.TEXT
        and column is not None
        and (plain(unit.text) == plain(column.header) or meaning(unit.text) == (Field.UNIT_NO, EXACT))
    )


def _headers(grid: Grid, first: int, last: int) -> list[str]:
    """The heading of each column; of two rows the lower one, with the upper where it changes the meaning."""
    top = _texts(grid, first)
    if last == first:
        return top
    if last > len(grid.rows) or any(cell.kind is Kind.NUMBER for cell in grid.rows[last - 1]):
        return []
    bottom = _texts(grid, last)
    width = max(len(top), len(bottom))
    groups = _spread(grid, first, top + [""] * (width - len(top)))
    top, bottom = top + [""] * (width - len(top)), bottom + [""] * (width - len(bottom))
    return [_joined(top[at], groups[at], bottom[at]) for at in range(width)]


def _texts(grid: Grid, row: int) -> list[str]:
    return [cell.text if cell.kind in {Kind.TEXT, Kind.NUMBER} else "" for cell in grid.rows[row - 1]]


def _spread(grid: Grid, row: int, top: list[str]) -> list[str]:
    """Carry a heading over the columns it is merged across, or over the blanks beside it in a text file."""
    groups = list(top)
    if grid.merges:
        for merge in grid.merges:
            if merge.top <= row <= merge.bottom:
                for at in range(merge.left, min(merge.right, len(groups))):
                    groups[at] = top[merge.left - 1]
        return groups
    for at in range(1, len(groups)):
        groups[at] = groups[at] or groups[at - 1]
    return groups


def _joined(top: str, group: str, bottom: str) -> str:
    if not bottom:
        return top
    if GROUP_HINT.search(group) and meaning(group + bottom):
        return group + bottom
    return group + bottom if not meaning(bottom) and meaning(group + bottom) else bottom


def _score(headers: list[str], mapping: ColumnMapping | None) -> int:
    known = {found[0] for header in headers if (found := meaning(header))}
    chosen = {plain(name) for name in (mapping or {}).values() if isinstance(name, str)}
    named = sum(1 for header in headers if header and plain(header) in chosen)
    if Field.UNIT_NO not in known and Field.ENTRANCE not in known and not named:
        return 0
    return len(known) + 2 * named


def _sheet_unit(grid: Grid, first: int) -> str:
    units = [title_unit(cell.text) for cells in grid.rows[: first - 1] for cell in cells]
    return next((unit for unit in units if unit), "")


def _proposed(headers: list[str], sheet_unit: str) -> list[Column]:
    """Give each field to the best matching column, the leftmost among equals."""
    found = {number: meaning(header) for number, header in enumerate(headers, 1)}
    best: dict[Field, int] = {}
    sure: dict[Field, int] = {}
    for number, match in found.items():
        if match and match[1] > sure.get(match[0], 0):
            best[match[0]], sure[match[0]] = number, match[1]
    if Field.UNIT_NO not in best and Field.ENTRANCE in best:
        best[Field.UNIT_NO] = best.pop(Field.ENTRANCE)
    fields = {number: field for field, number in best.items()}
    columns = []
    for number, header in enumerate(headers, 1):
        chosen, match = fields.get(number), found[number]
        unit = (heading_unit(header) or default_unit(chosen, sheet_unit)) if chosen else ""
        columns.append(Column(number, header, chosen, match[1] if chosen and match else 0, unit))
    return columns


def _chosen(columns: list[Column], mapping: ColumnMapping, sheet: str) -> list[Column]:
    """Apply the explicit choice of columns."""
    chosen: dict[int, Field] = {}
    for name, wanted in mapping.items():
        if wanted is not None:
            chosen[_number(columns, wanted, sheet)] = name
    result = []
    for column in columns:
        field = chosen.get(column.number)
        if field:
            unit = heading_unit(column.header) or column.unit or default_unit(field, "")
            result.append(Column(column.number, column.header, field, EXACT, unit))
        elif column.field in mapping:
            result.append(Column(column.number, column.header, None, 0, ""))
        else:
            result.append(column)
    return result


def _number(columns: list[Column], wanted: str | int, sheet: str) -> int:
    for column in columns:
        if wanted == column.number or (isinstance(wanted, str) and plain(wanted) == plain(column.header)):
            return column.number
    raise PriceListError("no_such_column", sheet=sheet, column=wanted)
