"""Price lists written for a test, as bytes of a workbook or a text file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl

HEADINGS = ("楼栋", "楼层", "房号", "户型", "建筑面积(㎡)", "套内面积(㎡)", "单价(元/㎡)", "总价(元)", "备注")
GOOD = ("3栋", 2, "201", "两室", 100, 80, 15000, 1500000, None)

Row = Sequence[object]


def workbook(rows: Iterable[Row], *, title: str = "3栋", merges: Iterable[str] = ()) -> bytes:
    """An .xlsx file with one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return target.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def repacked(content: bytes, **changes: bytes) -> bytes:
    """A workbook with parts added or replaced; a double underscore stands for the slash of a name."""
    return packed({**unpacked(content), **{name.replace("__", "/"): data for name, data in changes.items()}})


def text_file(rows: Iterable[Row], *, encoding: str = "gb18030", delimiter: str = ",") -> bytes:
    """A .csv file."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(["" if v is None else v for v in row] for row in rows)
    return target.getvalue().encode(encoding)


def wide(text: str) -> str:
    """Digits, signs and brackets in full width (全角), as a Chinese keyboard gives them."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def unit(**changes: object) -> list[object]:
    """A good row with some cells changed, named by position: floor, no, area, inside, price, total, note."""
    names = ("building", "floor", "no", "layout", "area", "inside", "price", "total", "note")
    return [changes.get(name, value) for name, value in zip(names, GOOD, strict=True)]
