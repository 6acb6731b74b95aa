"""Public holidays and make-up workdays of a year from a file, CSV or JSON, checked row by row.

CSV has a heading and the columns ``date`` (2027-02-05), ``kind`` (``holiday`` 休 or ``workday`` 班), ``name``, and
where wanted ``name_en`` and ``blocks`` (``09:00-12:00``). JSON is a list of objects with the same names, or an
object whose ``days`` is that list.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.calendar.blocks import BlocksUnreadable, read_blocks
from kernel.calendar.days import SpecialDay
from kernel.errors import Invalid

_HEADINGS = {"日期": "date", "类型": "kind", "名称": "name", "英文名称": "name_en", "时段": "blocks"}
_KINDS = {"holiday": False, "休": False, "放假": False, "workday": True, "班": True, "上班": True, "调休": True}
_MOST_ROWS = 2_000
_LONGEST_NAME = 60


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row; ``row`` counts as the reader sees it: the heading of a CSV file is row 1."""

    row: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class DaysUnreadable(Invalid):
    """A file holds no days, or rows that are wrong; ``problems`` tells each."""

    code = "calendar_file_wrong"

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__(field="file", count=len(problems))
        self.problems = problems


def read_days(content: bytes, source: str) -> dict[date, SpecialDay]:
    """The days of a file, which ``source`` names. Raises `DaysUnreadable` telling every wrong row."""
    rows = list(_rows(_text(content)))
    if not rows:
        raise DaysUnreadable([RowProblem(1, "calendar_file_empty")])
    if len(rows) > _MOST_ROWS:
        raise DaysUnreadable([RowProblem(_MOST_ROWS + 1, "calendar_file_long", {"most": _MOST_ROWS})])
    found: dict[date, SpecialDay] = {}
    first: dict[date, int] = {}
    problems = []
    for number, row in rows:
        try:
            day, special = _read(row, source)
        except _Wrong as wrong:
            problems.append(RowProblem(number, wrong.code, wrong.params))
            continue
        if day in first:
            problems.append(RowProblem(number, "calendar_day_twice", {"day": day, "other": first[day]}))
        first.setdefault(day, number)
        found[day] = special
    if problems:
        raise DaysUnreadable(problems)
    return found


class _Wrong(Exception):
    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # The second is what Excel writes in China.
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DaysUnreadable([RowProblem(1, "calendar_file_no_text")])


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if text.lstrip().startswith(("[", "{")):
        yield from enumerate(_json_rows(text), start=1)
        return
    reader = csv.DictReader(io.StringIO(text))
    headings = [_HEADINGS.get(name.strip(), name.strip().lower()) for name in reader.fieldnames or []]
    if not headings:
        return
    missing = sorted({"date", "kind"} - set(headings))
    if missing:
        raise DaysUnreadable([RowProblem(1, "calendar_column_missing", {"columns": ", ".join(missing)})])
    reader.fieldnames = headings
    for row in reader:
        if any(isinstance(value, str) and value.strip() for value in row.values()):
            yield reader.line_num, row


def _json_rows(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as fault:
        line = fault.lineno if isinstance(fault, json.JSONDecodeError) else 1
        raise DaysUnreadable([RowProblem(line, "calendar_file_no_json")]) from fault
    rows = found.get("days") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise DaysUnreadable([RowProblem(1, "calendar_file_no_json")])
    return [row if isinstance(row, dict) else {} for row in rows]


def _read(row: Mapping[str, Any], source: str) -> tuple[date, SpecialDay]:
    written = _cell(row, "date")
    try:
        day = date.fromisoformat(written.replace("/", "-"))
    except ValueError as fault:
        raise _Wrong("calendar_date_wrong", given=written) from fault
    kind = _cell(row, "kind").lower()
    if kind not in _KINDS:
        raise _Wrong("calendar_kind_unknown", given=kind)
    name, english = _cell(row, "name"), _cell(row, "name_en")
    if not (name or english):
        raise _Wrong("calendar_name_missing", day=day)
    try:
        blocks = read_blocks(_cell(row, "blocks")) or None
    except BlocksUnreadable as fault:
        raise _Wrong("calendar_blocks_wrong", given=fault.text) from fault
    if blocks and not _KINDS[kind]:
        raise _Wrong("calendar_blocks_of_rest", day=day)
    names = {"zh": (name or english)[:_LONGEST_NAME], "en": (english or name)[:_LONGEST_NAME]}
    return day, SpecialDay(_KINDS[kind], names, blocks, source)


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value).strip() if value is not None else ""
