"""A batch of vouchers as a file for accounting: CSV or Excel, one line for each line of a voucher."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ledger.accounting.voucher_models import VoucherBatch
from ledger.accounting.voucher_queries import VoucherRow
from webapp.formatting import yuan
from webapp.wording import state_name

CSV = "text/csv; charset=utf-8"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = (26, 12, 8, 6, 34, 14, 24, 16, 16, 16, 24, 14, 20)
Row = list[str]


def _rows(vouchers: Iterable[VoucherRow], batch: VoucherBatch, times: int) -> Iterator[Row]:
    """The heading and a row for each line of each voucher; amounts in yuan with two decimals."""
    yield [
        _("Voucher key"), _("Voucher date"), _("Batch no."), _("Line no."), _("Summary"), _("Account code"),
        _("Account name"), _("Debited"), _("Credited"), _("Voucher total"), _("Sale"), _("Belongs to"),
        _("Number in accounting"),
    ]  # fmt: skip
    mark = f"{batch.number} ({_('exported again, %(times)s', times=times)})" if times > 1 else str(batch.number)
    for row in vouchers:
        voucher = row.voucher
        summary = state_name(f"journal.{voucher.kind}")
        for line in row.lines:
            debit, credit = max(line.amount_fen, 0), max(-line.amount_fen, 0)
            yield [
                voucher.key,
                voucher.booked_on.isoformat(),
                mark,
                str(line.position),
                _plain(f"{summary} {line.sale_no or ''}".strip()),
                _plain(line.code),
                _plain(line.name),
                _amount(debit),
                _amount(credit),
                _amount(voucher.total_fen),
                _plain(line.sale_no or ""),
                voucher.belongs_on.isoformat() if voucher.belongs_on else "",
                _plain(row.number or ""),
            ]


def _amount(fen: int) -> str:
    return yuan(fen).replace(",", "") if fen else ""


def _plain(text: str) -> str:
    """Words that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def voucher_csv(vouchers: Iterable[VoucherRow], batch: VoucherBatch, times: int) -> bytes:
    """The batch as CSV; with the mark at its beginning Excel reads it as UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(_rows(vouchers, batch, times))
    return text.getvalue().encode("utf-8-sig")


def voucher_workbook(vouchers: Iterable[VoucherRow], batch: VoucherBatch, times: int) -> bytes:
    """The batch as a workbook; amounts are numbers of two decimals."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Vouchers")[:31])
    for place, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJKLM"[place]].width = width
    sheet.freeze_panes = "A2"
    rows = _rows(vouchers, batch, times)
    sheet.append([_bold(sheet, text) for text in next(rows)])
    for row in rows:
        sheet.append([_number(sheet, text) if place in (7, 8, 9) else text for place, text in enumerate(row)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _bold(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _number(sheet: object, text: str) -> WriteOnlyCell | None:
    if not text:
        return None
    # Fen within a trillion yuan are exact in the double that a workbook holds, to its two decimals.
    cell = WriteOnlyCell(sheet, value=float(text))
    cell.number_format = "#,##0.00"
    return cell
