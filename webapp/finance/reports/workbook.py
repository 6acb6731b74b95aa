"""A report as an Excel workbook: amounts as numbers in yuan, days as dates, words that no spreadsheet runs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS = {"money": "#,##0.00", "day": "yyyy-mm-dd", "count": "#,##0", "share": "0.0%"}
_WIDTHS = {"text": 22, "money": 18, "day": 12, "count": 10, "share": 10}
Kind = Literal["text", "money", "day", "count", "share"]
Value = str | int | date | None


@dataclass(frozen=True)
class Column:
    """A column: its title and what stands in it; money is fen, a share basis points."""

    title: str
    kind: Kind = "text"


def workbook(
    title: str,
    about: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    total: Sequence[Value] | None = None,
) -> bytes:
    """A workbook of one sheet: what it is, what it was cut to, the table, and its total."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has a sheet
    sheet.title = "".join(sign for sign in title if sign not in r"\/*?:[]")[:31]
    sheet.append([_plain(title)])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in about:
        sheet.append([_plain(line)])
    sheet.append([])
    sheet.append([column.title for column in columns])
    head = sheet.max_row
    for row in rows:
        _write(sheet, columns, row)
    if total is not None:
        _write(sheet, columns, total, bold=True)
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(head, number)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="left" if column.kind == "text" else "right")
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[column.kind]
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write(sheet: Worksheet, columns: Sequence[Column], row: Sequence[Value], *, bold: bool = False) -> None:
    sheet.append([_value(column.kind, value) for column, value in zip(columns, row, strict=True)])
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(sheet.max_row, number)
        if isinstance(cell, Cell):
            cell.number_format = _FORMATS.get(column.kind, cell.number_format)
            cell.font = Font(bold=bold)


def _value(kind: Kind, value: Value) -> str | int | date | Decimal | None:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, int) and kind == "money":
        return Decimal(value) / 100
    if isinstance(value, int) and kind == "share":
        return Decimal(value) / 10_000
    return value


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def download(content: bytes, name: str, media_type: str = MEDIA_TYPE) -> Response:
    """The file as an answer that browsers save and keep nowhere else."""
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
