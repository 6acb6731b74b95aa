"""A brought file as rows of cells, whatever program and code page it was saved with. The upload is distrusted."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.banking.errors import Problem, StatementRefused
from ledger.inventory.price_list.errors import PriceListError
from ledger.inventory.price_list.file_kind import CSV, checked_kind
from ledger.inventory.price_list.grid import Cell, Limits
from ledger.inventory.price_list.text_file import readings
from ledger.inventory.price_list.workbook import read_workbook

LIMITS = Limits(file_bytes=10_000_000, unpacked_bytes=100_000_000, rows=50_000, columns=60, cells=1_500_000)
_CODES = ("utf-8", "gb18030")
_LONGEST_CHARACTER = 4


@dataclass(frozen=True)
class Sheet:
    """``ends_clean`` is False where the file ends in the middle of a line, as one that was not read to its end."""

    rows: list[tuple[Cell, ...]]
    encoding: str
    ends_clean: bool = True


def open_sheet(content: bytes, file_name: str) -> Sheet:
    """The sheet of a CSV file or the first visible one of a workbook. Raises `StatementRefused`."""
    try:
        if checked_kind(content, file_name, LIMITS) == CSV:
            return _text_sheet(content, file_name)
        sheets = [sheet for sheet in read_workbook(content, file_name, LIMITS) if not sheet.hidden]
    except PriceListError as error:
        raise _refused(f"statement_{error.reason}", **error.params) from error
    if not sheets:
        raise _refused("statement_no_table")
    return Sheet(sheets[0].rows, "xlsx")


def _text_sheet(content: bytes, file_name: str) -> Sheet:
    try:
        encoding, grid = next(iter(readings(content, file_name, LIMITS)))
    except PriceListError as error:
        if error.reason == "unknown_encoding" and _cut_in_a_character(content):
            raise _refused("statement_cut_off") from error
        raise
    text = content.decode(encoding)
    if text.count('"') % 2:
        raise _refused("statement_cut_off")
    return Sheet(grid.rows, encoding, text.endswith(("\n", "\r")))


def _cut_in_a_character(content: bytes) -> bool:
    """Whether only the last character is incomplete."""
    for encoding in _CODES:
        for missing in range(1, _LONGEST_CHARACTER):
            try:
                content[:-missing].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _refused(code: str, **params: object) -> StatementRefused:
    return StatementRefused([Problem(None, None, code, dict(params))])
