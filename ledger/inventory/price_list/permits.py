"""Presale permits (预售许可证) in the title rows of a price list."""

from __future__ import annotations

import re
from datetime import date

from .grid import Cell, Kind, narrow, plain
from .rows import PermitFound

_LABEL = re.compile(
    r"(?:(?<!施工)(?<!规划)(?<!用地)许可证|预售证(?=号?\s*:)|\b(?:presale |sales? )?permit)"
    r"\s*(?:编号|号码|号|no\.?|number)?\s*:?\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[^\s,;、。]*\d[^\s,;、。]*(?:\s*第?\s*\d+\s*号)?")
_LABEL_OF_NEXT = re.compile(
    r"(?:发证|许可|取得|核发|颁发|批准|公示|公布|有效|issued?|published|date).*", re.IGNORECASE
)
_ISSUED = re.compile(r"(?:发证|许可|取得|核发|颁发|批准)(?:日期|时间|日)|issued?", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:公示|公布|公开)(?:日期|时间|日)|published", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})")


def find_permits(sheet: str, titles: list[tuple[int, list[Cell]]]) -> list[PermitFound]:
    """The permits named in ``titles`` (row number and filled cells), each once, with the date beside them."""
    found: dict[str, PermitFound] = {}
    day, kind = _date_in(titles)
    for row, cells in titles:
        for index, cell in enumerate(cells):
            label = _LABEL.search(narrow(cell.text))
            if not label:
                continue
            rest = cell.text[label.end() :] or (cells[index + 1].text if index + 1 < len(cells) else "")
            for number in _numbers(rest):
                found.setdefault(plain(number), PermitFound(sheet, row, number, day, kind))
    return list(found.values())


def _numbers(text: str) -> list[str]:
    """The permit numbers in what follows the label, as they are printed, up to the next label."""
    reading = narrow(text)
    stop = _LABEL_OF_NEXT.search(reading)
    end = stop.start() if stop else len(reading)
    return [text[match.start() : match.end()] for match in _NUMBER.finditer(reading, 0, end)]


def _date_in(titles: list[tuple[int, list[Cell]]]) -> tuple[date | None, str]:
    text = " ".join(narrow(cell.text) for _, cells in titles for cell in cells if cell.kind is not Kind.FORMULA)
    for kind, label in (("issued", _ISSUED), ("published", _PUBLISHED)):
        for match in label.finditer(text):
            day = _DAY.search(text, match.end(), match.end() + 24)
            if day:
                try:
                    return date(int(day[1]), int(day[2]), int(day[3])), kind
                except ValueError:
                    continue
    return None, ""
