"""Batches of vouchers as people look them up, and their lines as they go into a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.accounting.voucher_models import (
    Voucher,
    VoucherBatch,
    VoucherConfirmation,
    VoucherExport,
    VoucherLine,
)
from ledger.finance.models import JournalTransaction
from ledger.scope import visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class BatchRow:
    """A batch, how often it was taken along, and how many of its vouchers accounting has confirmed."""

    batch: VoucherBatch
    exports: int
    confirmed: int


@dataclass(frozen=True)
class VoucherRow:
    """A voucher with its lines and the number that it got in accounting."""

    voucher: Voucher
    lines: tuple[VoucherLine, ...]
    number: str | None


@dataclass(frozen=True)
class Left:
    """Transactions of a project that are in no batch yet: how many through the closed days, and on open ones."""

    closed: int
    open: int


def list_batches(
    session: Session, actor: Actor, project_id: str, *, limit: int = 50, offset: int = 0
) -> list[BatchRow]:
    """The batches of a project, the latest first, in one query."""
    exports = select(func.count()).where(VoucherExport.batch_id == VoucherBatch.id).correlate(VoucherBatch)
    confirmed = (
        select(func.count())
        .select_from(VoucherConfirmation)
        .join(Voucher, Voucher.id == VoucherConfirmation.voucher_id)
        .where(Voucher.batch_id == VoucherBatch.id)
        .correlate(VoucherBatch)
    )
    query = (
        select(VoucherBatch, exports.scalar_subquery(), confirmed.scalar_subquery())
        .where(VoucherBatch.project_id == project_id, visible(actor, VoucherBatch, Permission.FINANCE_VIEW))
        .order_by(VoucherBatch.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [BatchRow(batch, taken, done) for batch, taken, done in session.execute(query)]


def count_left(session: Session, project_id: str, closed_through: date | None) -> Left:
    """How many transactions no batch has yet."""
    taken = exists().where(Voucher.transaction_id == JournalTransaction.id)
    query = select(func.count()).where(JournalTransaction.project_id == project_id, ~taken)
    total = session.scalar(query) or 0
    if closed_through is None:
        return Left(0, total)
    closed = session.scalar(query.where(JournalTransaction.booked_on <= closed_through)) or 0
    return Left(closed, total - closed)


def list_vouchers(session: Session, batch_id: str, *, limit: int, offset: int = 0) -> list[VoucherRow]:
    """Vouchers of a batch that the caller may see, in their order, with their lines, in two queries."""
    query = (
        select(Voucher, VoucherConfirmation.number)
        .outerjoin(VoucherConfirmation, VoucherConfirmation.voucher_id == Voucher.id)
        .where(Voucher.batch_id == batch_id)
        .order_by(Voucher.number)
        .limit(limit)
        .offset(offset)
    )
    found = list(session.execute(query))
    lines: dict[str, list[VoucherLine]] = {voucher.id: [] for voucher, _ in found}
    of_page = select(VoucherLine).where(VoucherLine.voucher_id.in_(list(lines))).order_by(VoucherLine.position)
    for line in session.scalars(of_page):
        lines[line.voucher_id].append(line)
    return [VoucherRow(voucher, tuple(lines[voucher.id]), number) for voucher, number in found]


def all_vouchers(session: Session, batch_id: str) -> Iterator[VoucherRow]:
    """Every voucher of a batch, a few hundred at a time."""
    offset, size = 0, 500
    while rows := list_vouchers(session, batch_id, limit=size, offset=offset):
        yield from rows
        offset += size
