"""Sheets of an .xlsx workbook, with formulas seen as formulas and everything bounded."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.cell import range_boundaries

from .errors import PriceListError
from .file_kind import open_package
from .grid import BLANK, Budget, Cell, Grid, Kind, Limits, Merge

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MAX_MERGES = 20_000


def read_workbook(content: bytes, file_name: str, limits: Limits) -> list[Grid]:
    """Every sheet as a :class:`Grid`, hidden ones marked.

    Formulas are kept apart from values, since a stored result is only what some program last computed.
    Raises :class:`PriceListError` for a damaged, encrypted or oversized package and for XML that declares a
    document type or entities.
    """
    package = open_package(content, file_name, limits)
    try:
        merges = _examine(package, file_name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of extensions that do not concern the cells.
            return list(_grids(content, merges, limits))
    except PriceListError:
        raise
    except Exception as error:  # A hostile workbook makes openpyxl raise nearly anything.
        raise PriceListError("damaged", file=file_name) from error


def _examine(package: zipfile.ZipFile, file_name: str) -> dict[str, tuple[Merge, ...]]:
    """Refuse declarations in any part, whatever its name; collect merged cells, which streaming skips."""
    merges: dict[str, tuple[Merge, ...]] = {}
    for part in package.infolist():
        data = package.read(part)
        if _DECLARATION.search(data.replace(b"\0", b"")):
            raise PriceListError("xml_declaration", file=file_name)
        found = _MERGE.findall(data)[:_MAX_MERGES]
        merges[part.filename] = tuple(_merge(reference.decode("ascii")) for reference in found)
    return merges


def _merge(reference: str) -> Merge:
    left, top, right, bottom = (bound or 0 for bound in range_boundaries(reference))
    return Merge(int(top), int(left), int(bottom), int(right))


def _grids(content: bytes, merges: dict[str, tuple[Merge, ...]], limits: Limits) -> Iterator[Grid]:
    budget = Budget(limits)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        for sheet in book.worksheets:
            # The size that a file declares may be wrong, and reading would stop there.
            sheet.reset_dimensions()
            part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
            grid = Grid(sheet.title, hidden=sheet.sheet_state != "visible", merges=merges.get(part, ()))
            for row in sheet.iter_rows():
                cells = tuple(_cell(cell) for cell in row)
                grid.rows.append(budget.take(cells))
            yield grid
    finally:
        book.close()


def _cell(cell: SheetCell | MergedCell) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(Kind.FORMULA, str(value)[:80] if isinstance(value, str) else "=")
    if value is None:
        return BLANK
    if cell.data_type == "e" or isinstance(value, bool):
        return Cell(Kind.OTHER, str(value))
    if isinstance(value, int | float | Decimal):
        return Cell(Kind.NUMBER, _number_text(value))
    if isinstance(value, date | time | timedelta):
        return Cell(Kind.DATE, value.date().isoformat() if isinstance(value, datetime) else str(value))
    text = str(value).strip()
    return Cell(Kind.TEXT, text) if text else BLANK


def _number_text(value: int | float | Decimal) -> str:
    """A number as a spreadsheet shows it: 15 digits, no exponent (25.150000000000006 is 25.15)."""
    if isinstance(value, int):
        return str(value)
    number = Decimal(format(value, ".15g"))
    if not number.is_finite() or abs(number.adjusted()) > 20:
        return str(value)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
