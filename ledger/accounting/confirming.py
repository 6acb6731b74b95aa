"""Taking in what accounting says: its number for each voucher, from a file, all of it or nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.accounting.errors import ConfirmationsRefused, LineRefused
from ledger.accounting.voucher_models import Voucher, VoucherConfirmation
from ledger.documents.uploads import check_upload
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.errors import AmountInvalid
from ledger.scope import visible
from ledger.staff.permissions import Permission

MOST_LINES = 20_000
HEADINGS = {
    "key": ("voucher key", "凭证键"),
    "number": ("number in accounting", "会计凭证号"),
    "amount": ("voucher total", "合计金额"),
}
_LONGEST_NUMBER = 60
_CHUNK = 500


@dataclass(frozen=True)
class Told:
    """A line of the file: which voucher, its number in accounting, its total as a text of yuan."""

    line: int
    key: str
    number: str
    amount: str


def confirm_vouchers(session: Session, actor: Actor, clock: Clock, *, filename: str, content: bytes) -> int:
    """Take the numbers in that accounting gave; returns how many.

    Raises `UploadRefused` for no file of the kind and `ConfirmationsRefused` with the wrong lines: unknown
    vouchers, doubled or already confirmed ones, totals that are not the voucher's. Then nothing was taken in.
    """
    if not actor.may_anywhere(Permission.ACCOUNTING_EXPORT):
        raise NotAllowed(permission=Permission.ACCOUNTING_EXPORT)
    told = _told(_rows(filename, content))
    vouchers = _vouchers(session, actor, [one.key for one in told])
    confirmed = _confirmed(session, [voucher.id for voucher in vouchers.values()])
    if refused := list(_refusals(told, vouchers, confirmed)):
        raise ConfirmationsRefused("confirmations_refused", refused)
    try:
        with session.begin_nested():
            for one in told:
                session.add(
                    VoucherConfirmation(
                        voucher_id=vouchers[one.key].id, number=one.number, at=clock.now(), by=actor.id
                    )
                )
    except IntegrityError as clash:  # Somebody took the same file in at the same moment.
        raise ConfirmationsRefused("confirmations_taken") from clash
    for path in sorted({voucher.path for voucher in vouchers.values()}):
        count = sum(vouchers[one.key].path == path for one in told)
        audit.record(
            session, actor, clock, "accounting:confirm", "voucher_batch", "file", path=path, after={"count": count}
        )
    return len(told)


def _rows(filename: str, content: bytes) -> list[list[str]]:
    checked = check_upload(filename, content)
    if checked.media_type.endswith("spreadsheetml.sheet"):
        return _of_workbook(content)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [list(row) for row in csv.reader(io.StringIO(content.decode(encoding)), strict=True)]
        except UnicodeDecodeError:
            continue
        except csv.Error as wrong:
            raise ConfirmationsRefused("confirmations_unreadable") from wrong
    raise ConfirmationsRefused("confirmations_unreadable")


def _of_workbook(content: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_row=MOST_LINES + 2, max_col=50)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as wrong:
        raise ConfirmationsRefused("confirmations_unreadable") from wrong


def _told(rows: Sequence[Sequence[str]]) -> list[Told]:
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    places = {}
    for column, words in HEADINGS.items():
        place = next((heads.index(word) for word in words if word in heads), None)
        if place is None:
            raise ConfirmationsRefused("confirmations_heading_missing", heading=words[1], heading_en=words[0])
        places[column] = place
    told = [
        Told(line, *(row[places[column]].strip() if places[column] < len(row) else "" for column in HEADINGS))
        for line, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if not 1 <= len(told) <= MOST_LINES:
        raise ConfirmationsRefused("confirmations_how_many", most=MOST_LINES)
    return told


def _vouchers(session: Session, actor: Actor, keys: Sequence[str]) -> dict[str, Voucher]:
    found: dict[str, Voucher] = {}
    for begin in range(0, len(keys), _CHUNK):
        query = select(Voucher).where(
            visible(actor, Voucher, Permission.ACCOUNTING_EXPORT), Voucher.key.in_(keys[begin : begin + _CHUNK])
        )
        found.update({voucher.key: voucher for voucher in session.scalars(query)})
    return found


def _confirmed(session: Session, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for begin in range(0, len(ids), _CHUNK):
        some = VoucherConfirmation.voucher_id.in_(ids[begin : begin + _CHUNK])
        rows = session.execute(select(VoucherConfirmation.voucher_id, VoucherConfirmation.number).where(some))
        found.update({row.voucher_id: row.number for row in rows})
    return found


def _refusals(
    told: Iterable[Told], vouchers: dict[str, Voucher], confirmed: dict[str, str]
) -> Iterable[LineRefused]:
    seen: dict[str, int] = {}
    for one in told:
        voucher = vouchers.get(one.key)
        code = ""
        params: dict[str, object] = {}
        if voucher is None:
            code = "voucher_unknown"
        elif one.key in seen:
            code, params = "voucher_twice", {"line": seen[one.key]}
        elif voucher.id in confirmed:
            code, params = "voucher_confirmed", {"number": confirmed[voucher.id]}
        elif not one.number or len(one.number) > _LONGEST_NUMBER:
            code, params = "voucher_number_wrong", {"longest": _LONGEST_NUMBER}
        elif _fen(one.amount) != voucher.total_fen:
            code, params = "voucher_changed", {"total_fen": voucher.total_fen}
        seen.setdefault(one.key, one.line)
        if code:
            yield LineRefused(one.line, code, {"key": one.key[:80], **params})


def _fen(text: str) -> int | None:
    try:
        return fen_of_yuan(text.removeprefix("¥"), "amount")
    except AmountInvalid:
        return None
