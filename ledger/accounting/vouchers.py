"""Vouchers (记账凭证) for accounting: each journal transaction of closed days in exactly one batch."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from ledger.accounting.chart import Mapped, chart_at
from ledger.accounting.errors import BatchMissing, MappingMissing, VouchersRefused
from ledger.accounting.periods import books_of
from ledger.accounting.voucher_models import Voucher, VoucherBatch, VoucherExport, VoucherLine
from ledger.finance.kinds import Account
from ledger.finance.models import JournalEntry, JournalTransaction
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission

MOST_VOUCHERS = 20_000
"""A batch that a file and a transaction still hold; what is left goes into the next one."""

_CHUNK = 500


def make_batch(session: Session, actor: Actor, clock: Clock, *, project_id: str, through: date) -> VoucherBatch:
    """Write the vouchers of every transaction through a closed day that no batch has yet.

    Raises `VouchersRefused` by the field ``through`` for open days and when nothing is left, `MappingMissing`
    naming the accounts without a counterpart, `NotAllowed`.
    """
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    actor.require(Permission.ACCOUNTING_EXPORT, project.path)
    # One batch at a time, and nobody books or opens the days meanwhile.
    session.scalars(locked(select(Project).where(Project.id == project_id), Project)).one()
    closed = books_of(session, project_id).closed_through
    if closed is None or through > closed:
        raise VouchersRefused("vouchers_of_open_days", field="through", closed_through=closed)
    transactions = _left(session, project_id, through)
    if not transactions:
        raise VouchersRefused("vouchers_nothing_left", field="through")
    entries, sale_nos = _entries(session, transactions)
    chart = _complete_chart(session, project, entries)
    return _write(session, actor, clock, project, through, transactions, entries, sale_nos, chart)


def _left(session: Session, project_id: str, through: date) -> list[JournalTransaction]:
    taken = exists().where(Voucher.transaction_id == JournalTransaction.id)
    query = (
        select(JournalTransaction)
        .where(JournalTransaction.project_id == project_id, JournalTransaction.booked_on <= through, ~taken)
        .order_by(JournalTransaction.booked_on, JournalTransaction.at, JournalTransaction.id)
        .limit(MOST_VOUCHERS)
    )
    return list(session.scalars(query))


def _entries(
    session: Session, transactions: list[JournalTransaction]
) -> tuple[dict[str, list[JournalEntry]], dict[str, str]]:
    """The entries of transactions, debits first, and the numbers of the sales they concern."""
    found: dict[str, list[JournalEntry]] = defaultdict(list)
    ids = [transaction.id for transaction in transactions]
    for begin in range(0, len(ids), _CHUNK):
        query = select(JournalEntry).where(JournalEntry.transaction_id.in_(ids[begin : begin + _CHUNK]))
        for entry in session.scalars(query.order_by(JournalEntry.amount_fen.desc(), JournalEntry.id)):
            found[entry.transaction_id].append(entry)
    sales = list({entry.sale_id for entries in found.values() for entry in entries if entry.sale_id})
    numbers: dict[str, str] = {}
    for begin in range(0, len(sales), _CHUNK):
        rows = session.execute(select(Sale.id, Sale.no).where(Sale.id.in_(sales[begin : begin + _CHUNK])))
        numbers.update({row.id: row.no for row in rows})
    return found, numbers


def _complete_chart(
    session: Session, project: Project, entries: dict[str, list[JournalEntry]]
) -> dict[Account, Mapped]:
    chart = chart_at(session, project.path)
    needed = {entry.account for some in entries.values() for entry in some}
    if missing := sorted(needed - chart.keys()):
        raise MappingMissing(field="through", accounts=[f"account.{account}" for account in missing])
    return chart


def _write(
    session: Session,
    actor: Actor,
    clock: Clock,
    project: Project,
    through: date,
    transactions: list[JournalTransaction],
    entries: dict[str, list[JournalEntry]],
    sale_nos: dict[str, str],
    chart: dict[Account, Mapped],
) -> VoucherBatch:
    last = select(func.max(VoucherBatch.number)).where(VoucherBatch.project_id == project.id)
    batch = VoucherBatch(
        project_id=project.id,
        path=project.path,
        number=(session.scalar(last) or 0) + 1,
        through=through,
        vouchers=len(transactions),
        total_fen=sum(_debit(entries[one.id]) for one in transactions),
        at=clock.now(),
        by=actor.id,
    )
    session.add(batch)
    session.flush()  # Vouchers name it.
    made = select(func.count()).select_from(Voucher).join(VoucherBatch, VoucherBatch.id == Voucher.batch_id)
    number = session.scalar(made.where(VoucherBatch.project_id == project.id)) or 0
    vouchers, lines = [], []
    for one in transactions:
        number += 1
        voucher = _voucher(project, batch, one, number, _debit(entries[one.id]))
        vouchers.append(voucher)
        lines += _lines(voucher["id"], entries[one.id], sale_nos, chart)
    # A voucher comes after its lines: its insertion checks their sum and closes it.
    session.execute(insert(VoucherLine), lines)
    session.execute(insert(Voucher), vouchers)
    after = {"number": batch.number, "count": batch.vouchers, "total_fen": batch.total_fen}
    audit.record(
        session, actor, clock, "accounting:hand_over", "voucher_batch", batch.id, path=project.path, after=after
    )
    return batch


def _debit(entries: list[JournalEntry]) -> int:
    return sum(entry.amount_fen for entry in entries if entry.amount_fen > 0)


def _voucher(
    project: Project, batch: VoucherBatch, one: JournalTransaction, number: int, total_fen: int
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "batch_id": batch.id,
        "transaction_id": one.id,
        "number": number,
        "key": f"{project.code.upper()}-{one.booked_on:%Y%m}-{number:06d}",
        "path": project.path,
        "kind": one.kind,
        "booked_on": one.booked_on,
        "belongs_on": one.belongs_on,
        "total_fen": total_fen,
    }


def _lines(
    voucher_id: str, entries: list[JournalEntry], sale_nos: dict[str, str], chart: dict[Account, Mapped]
) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "voucher_id": voucher_id,
            "position": position,
            "account": entry.account.value,
            "code": chart[entry.account].code,
            "name": chart[entry.account].name,
            "amount_fen": entry.amount_fen,
            "sale_no": sale_nos.get(entry.sale_id or ""),
        }
        for position, entry in enumerate(entries, start=1)
    ]


def get_batch(session: Session, actor: Actor, batch_id: str) -> VoucherBatch:
    """A batch; raises `BatchMissing` outside the actor's scope."""
    query = scoped(actor, VoucherBatch, Permission.FINANCE_VIEW).where(VoucherBatch.id == batch_id)
    batch = session.scalars(query).one_or_none()
    if batch is None:
        raise BatchMissing(id=batch_id)
    return batch


def note_export(session: Session, actor: Actor, clock: Clock, *, batch_id: str, ending: str) -> int:
    """Note that a batch is taken along as a file; returns which time this is, from 1. Raises `BatchMissing`."""
    batch = get_batch(session, actor, batch_id)
    actor.require(Permission.ACCOUNTING_EXPORT, batch.path)
    session.scalars(locked(select(VoucherBatch).where(VoucherBatch.id == batch_id), VoucherBatch)).one()
    earlier = select(func.count()).select_from(VoucherExport).where(VoucherExport.batch_id == batch_id)
    number = (session.scalar(earlier) or 0) + 1
    session.add(VoucherExport(batch_id=batch_id, number=number, ending=ending, at=clock.now(), by=actor.id))
    session.flush()  # Another export in this transaction counts this one.
    after = {"number": batch.number, "times": number, "kind": ending}
    audit.record(
        session, actor, clock, "accounting:export", "voucher_batch", batch_id, path=batch.path, after=after
    )
    return number
