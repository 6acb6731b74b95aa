"""The one sheet of a .csv file, whatever program and code page it was saved with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import PurePath

from .errors import PriceListError
from .grid import BLANK, Budget, Cell, Grid, Kind, Limits

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GUESSES = ("utf-8", "gb18030")
_WIDE_GUESSES = ("utf-16-le", "utf-16-be")
_QUOTED_FORMULA = re.compile(r'="([^"=]*)"')


def readings(content: bytes, file_name: str, limits: Limits) -> Iterator[tuple[str, Grid]]:
    """The file in each encoding that it can be in, most likely first; the caller takes what makes sense.

    A mark at the beginning decides. Otherwise strict UTF-8, then GB18030 (Excel in China saves GBK), or
    UTF-16 where NUL bytes show two bytes a character. Raises :class:`PriceListError` when nothing fits.
    """
    name = PurePath(file_name).stem
    read = False
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            continue
        read = True
        yield encoding.removesuffix("-sig"), _grid(text, name, limits)
    if not read:
        raise PriceListError("binary" if b"\0" in content else "unknown_encoding", file=file_name)


def _candidates(content: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return (encoding,)
    return _WIDE_GUESSES if b"\0" in content[:4096] else _GUESSES


def _grid(text: str, name: str, limits: Limits) -> Grid:
    budget = Budget(limits)
    grid = Grid(name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for record in reader:
            grid.rows.append(budget.take(tuple(_cell(value) for value in record)))
    except csv.Error as error:
        raise PriceListError("bad_csv", line=reader.line_num) from error
    return grid


def _delimiter(text: str) -> str:
    """The separator that occurs most in the first lines: comma, semicolon or tab."""
    head = text[:4096]
    return max((",", ";", "\t"), key=head.count)


def _cell(value: str) -> Cell:
    """Text of a field; ``="0301"`` is how programs keep leading zeros, any other ``=`` starts a formula."""
    text = value.strip()
    quoted = _QUOTED_FORMULA.fullmatch(text)
    if quoted:
        text = quoted[1].strip()
    elif text.startswith("="):
        return Cell(Kind.FORMULA, text[:80])
    return Cell(Kind.TEXT, text) if text else BLANK
