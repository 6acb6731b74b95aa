"""The history of a case as a table to take along: CSV or Excel, in the reader's language, the project's time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from flask import Response
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from engine.api import Instance
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Missing
from webapp.acting import acting, clock
from webapp.formatting import local_time
from webapp.inbox.blueprint import pages
from webapp.inbox.cases import case_values
from webapp.inbox.happenings import Happening

Row = tuple[str, str, str, str]
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = (20, 24, 60, 60)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


@pages.get("/cases/<instance_id>/history.<ending>")
def history_table(instance_id: str, ending: str) -> Response:
    """Every line that the case's page tells, oldest first; that it was taken along is noted."""
    if ending not in ("csv", "xlsx"):
        raise Missing
    with acting() as (session, actor):
        rows, case = _rows(session, actor, instance_id)
        audit.record(session, actor, clock(), "history:export", "instance", instance_id, path=case.scope)
    content = _csv(rows) if ending == "csv" else _workbook(rows)
    answer = Response(content, content_type="text/csv; charset=utf-8" if ending == "csv" else _WORKBOOK)
    answer.headers["Content-Disposition"] = f"attachment; filename=history-{_file_word(case)}.{ending}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _file_word(case: Instance) -> str:
    """What names the case in the name of a file: the number people know it by, else its id."""
    key = case.business_key or ""
    return key if _PLAIN_NAME.fullmatch(key) else case.id


def _rows(session: Session, actor: Actor, instance_id: str) -> tuple[list[Row], Instance]:
    """The table with its heads, and the case. Raises `Missing` for a case that is not theirs."""
    values = case_values(session, actor, instance_id)
    lines: list[Happening] = values["history"]
    heads = (_("When"), _("Who"), _("What"), _("Note"))
    return [heads, *(_row(line) for line in reversed(lines))], values["instance"]


def _row(line: Happening) -> Row:
    at = local_time(line.at).strftime("%Y-%m-%d %H:%M:%S")
    return at, _plain(line.who), _plain(line.text), _plain(line.note)


def _plain(text: object) -> str:
    """Words without markup that no spreadsheet runs."""
    striptags = getattr(text, "striptags", None)
    words = str(striptags()) if striptags else str(text)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    # With the mark, Excel reads it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _workbook(rows: list[Row]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = _("History")[:31]
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
