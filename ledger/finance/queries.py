"""What a sale owes, has paid and still has to pay, and its receipts. Balances are sums, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.accounts import has_event, home_sale, refund_stands, refunded_fen, usable
from ledger.finance.errors import ReceiptMissing, SaleMissing
from ledger.finance.interest_models import WaiverPart
from ledger.finance.kinds import (
    MONEY_ACCOUNTS,
    Account,
    Debtor,
    EventKind,
    Method,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
)
from ledger.finance.models import (
    Allocation,
    JournalEntry,
    Receipt,
    ReceiptEvent,
    ReceiptMove,
    Receivable,
    ReceivableSchedule,
    Refund,
)
from ledger.sales.models import Sale
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class AccountLine:
    """A live receivable at a date: fen owed, paid, let off, open; due or not; days since it fell due when late."""

    receivable_id: str
    kind: ReceivableKind
    class_: ReceivableClass
    debtor: Debtor
    amount_fen: int
    allocated_fen: int
    due_on: date | None
    milestone: str | None
    state: ReceivableState
    overdue_days: int
    is_due: bool
    waived_fen: int = 0

    @property
    def open_fen(self) -> int:
        """Fen still to be paid; nothing of what is written off."""
        if self.state is ReceivableState.WRITTEN_OFF:
            return 0
        return self.amount_fen - self.allocated_fen - self.waived_fen


@dataclass(frozen=True)
class SaleAccount:
    """A sale's money at a date (收款台帐): its lines and sums in fen. ``due_fen`` is open and due (现需交付)."""

    sale_id: str
    on: date
    total_fen: int | None
    lines: tuple[AccountLine, ...]
    received_fen: int
    refunded_fen: int
    credit_fen: int

    @property
    def allocated_fen(self) -> int:
        """Fen counted towards receivables."""
        return sum(line.allocated_fen for line in self.lines)

    @property
    def open_fen(self) -> int:
        """Fen still to be paid by whomever."""
        return sum(line.open_fen for line in self.lines)

    @property
    def due_fen(self) -> int:
        """Fen open and due by the date, the date itself included."""
        return sum(line.open_fen for line in self.lines if line.is_due)

    @property
    def overdue_fen(self) -> int:
        """Fen open and late; what is due today is not late."""
        return sum(line.open_fen for line in self.lines if line.overdue_days)


def sale_account(session: Session, actor: Actor, sale_id: str, on: date) -> SaleAccount:
    """A sale's account, lines judged at ``on``. Raises `SaleMissing` outside the actor's scope."""
    found = sale_accounts(session, actor, [sale_id], on)
    if sale_id not in found:
        raise SaleMissing(field="sale_id", id=sale_id)
    return found[sale_id]


def sale_accounts(session: Session, actor: Actor, sale_ids: Iterable[str], on: date) -> dict[str, SaleAccount]:
    """The accounts of several sales in a fixed number of queries; those outside the actor's scope are left out."""
    allowed = scoped(actor, Sale, Permission.FINANCE_VIEW).where(Sale.id.in_(list(sale_ids)))
    ids = list(session.scalars(allowed.with_only_columns(Sale.id)))
    lines: dict[str, list[AccountLine]] = {sale_id: [] for sale_id in ids}
    for line, fen, waived in session.execute(_lines_of(ids)):
        lines[str(line.sale_id)].append(_line(line, int(fen), int(waived), on))
    sums = _receipt_sums(session, ids)
    schedules = select(ReceivableSchedule.sale_id, ReceivableSchedule.total_fen).where(
        ReceivableSchedule.sale_id.in_(ids)
    )
    totals = {row.sale_id: row.total_fen for row in session.execute(schedules.order_by(ReceivableSchedule.number))}
    found = {}
    for sale_id in ids:
        received, allocated, refunded = sums.get(sale_id, (0, 0, 0))
        credit = received - allocated - refunded
        found[sale_id] = SaleAccount(
            sale_id, on, totals.get(sale_id), tuple(lines[sale_id]), received, refunded, credit
        )
    return found


def _lines_of(sale_ids: Sequence[str]) -> Select[Receivable, int, int]:
    return (
        select(Receivable, paid_on_line(), waived_on_line())
        .where(Receivable.sale_id.in_(sale_ids), Receivable.state != ReceivableState.SUPERSEDED)
        .order_by(Receivable.sequence, Receivable.id)
    )


def paid_on_line() -> ScalarSelect[int]:
    """Fen allocated to the receivable of the enclosing query."""
    total = func.coalesce(func.sum(Allocation.amount_fen), 0)
    return select(total).where(Allocation.receivable_id == Receivable.id).scalar_subquery()


def waived_on_line() -> ScalarSelect[int]:
    """Fen of the receivable of the enclosing query that were waived or written off."""
    total = func.coalesce(func.sum(WaiverPart.amount_fen), 0)
    return select(total).where(WaiverPart.receivable_id == Receivable.id).scalar_subquery()


def _line(line: Receivable, allocated_fen: int, waived_fen: int, on: date) -> AccountLine:
    is_due = line.due_on is not None and line.due_on <= on
    late = line.due_on is not None and line.due_on < on and line.state is ReceivableState.PLANNED
    return AccountLine(
        line.id,
        line.kind,
        line.class_,
        line.debtor,
        line.amount_fen,
        allocated_fen,
        line.due_on,
        line.milestone,
        line.state,
        (on - line.due_on).days if late and line.due_on and allocated_fen + waived_fen < line.amount_fen else 0,
        is_due,
        waived_fen,
    )


def _receipt_sums(session: Session, sale_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Fen received, allocated and refunded (or about to be) of the usable receipts that belong to each sale."""
    moved_here = select(ReceiptMove.receipt_id).where(ReceiptMove.sale_id.in_(sale_ids))
    home = home_sale().label("home")
    allocated = select(func.sum(Allocation.amount_fen)).where(Allocation.receipt_id == Receipt.id)
    refunded = select(func.sum(Refund.amount_fen)).where(Refund.receipt_id == Receipt.id, refund_stands())
    query = select(
        home, Receipt.amount_fen, allocated.scalar_subquery().label("allocated"), refunded.scalar_subquery()
    ).where(Receipt.sale_id.in_(sale_ids) | Receipt.id.in_(moved_here), home_sale().in_(sale_ids), usable())
    sums: dict[str, tuple[int, int, int]] = {}
    for sale_id, received, counted, back in session.execute(query):
        before = sums.get(sale_id, (0, 0, 0))
        sums[sale_id] = (before[0] + received, before[1] + int(counted or 0), before[2] + int(back or 0))
    return sums


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt in a list. ``number`` is the paper's, once confirmed."""

    id: str
    number: str | None
    sale_id: str | None
    sale_no: str | None
    customer_id: str | None
    amount_fen: int
    allocated_fen: int
    method: Method
    account: Account
    paid_on: date
    payer: str
    payer_role: Debtor
    confirmed: bool
    reversed: bool
    path: str


_ReceiptSelect = Select[Receipt, str | None, str | None, str | None, int | None, bool, bool]


@dataclass(frozen=True)
class ReceiptFilter:
    """What a list of receipts is cut to; dates are inclusive. ``search``: receipt or sale number, payer."""

    sale_id: str | None = None
    customer_id: str | None = None
    project_id: str | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    method: Method | None = None
    confirmed: bool | None = None
    reversed: bool | None = None
    search: str = ""


def list_receipts(
    session: Session, actor: Actor, where: ReceiptFilter, *, limit: int = 50, offset: int = 0
) -> list[ReceiptRow]:
    """Receipts, latest first, in one query; a sale's receipts are seen by whoever sees the sale's money."""
    query = _filtered(_receipt_select(actor), where).order_by(Receipt.paid_on.desc(), Receipt.id.desc())
    rows = session.execute(query.limit(limit).offset(offset))
    return [_receipt_row(*row) for row in rows]


def _receipt_select(actor: Actor) -> _ReceiptSelect:
    """Receipts that the actor may see: by their place, or because he sees the money of their sale."""
    home = home_sale()
    number = (
        select(ReceiptEvent.number)
        .where(ReceiptEvent.receipt_id == Receipt.id, ReceiptEvent.kind == EventKind.CONFIRMED)
        .scalar_subquery()
    )
    allocated = select(func.sum(Allocation.amount_fen)).where(Allocation.receipt_id == Receipt.id)
    confirmed, reversed_ = has_event(EventKind.CONFIRMED), has_event(EventKind.REVERSED)
    return (
        select(Receipt, home, Sale.no, number, allocated.scalar_subquery(), confirmed, reversed_)
        .outerjoin(Sale, Sale.id == home)
        .where(
            visible(actor, Receipt, Permission.FINANCE_VIEW)
            | (Sale.id.is_not(None) & visible(actor, Sale, Permission.FINANCE_VIEW))
        )
    )


@dataclass(frozen=True)
class ReceiptPart:
    """Fen of a receipt that are counted towards one receivable."""

    receivable_id: str
    kind: ReceivableKind
    amount_fen: int


@dataclass(frozen=True)
class ReceiptDetail:
    """A receipt with what it paid for, what is left of it as credit, and who did what when."""

    row: ReceiptRow
    parts: tuple[ReceiptPart, ...]
    refunded_fen: int
    reference: str | None
    events: tuple[ReceiptEvent, ...]

    @property
    def usable(self) -> bool:
        """Whether the money is confirmed and was not taken back."""
        return self.row.confirmed and not self.row.reversed

    @property
    def credit_fen(self) -> int:
        """Fen neither counted towards anything nor refunded; nothing unless it is confirmed and stands."""
        free = self.row.amount_fen - self.row.allocated_fen - self.refunded_fen
        return free if self.usable else 0


def get_receipt(session: Session, actor: Actor, receipt_id: str) -> ReceiptDetail:
    """One receipt for its page and its paper (收据). Raises `ReceiptMissing` outside the actor's scope."""
    found = session.execute(_receipt_select(actor).where(Receipt.id == receipt_id)).one_or_none()
    if found is None:
        raise ReceiptMissing(field="receipt_id", id=receipt_id)
    row = _receipt_row(*found)
    total = func.sum(Allocation.amount_fen)
    parts = (
        select(Receivable.id, Receivable.kind, total)
        .join(Allocation, Allocation.receivable_id == Receivable.id)
        .where(Allocation.receipt_id == receipt_id)
        .group_by(Receivable.id, Receivable.kind, Receivable.sequence)
        .having(total > 0)
        .order_by(Receivable.sequence, Receivable.id)
    )
    events = select(ReceiptEvent).where(ReceiptEvent.receipt_id == receipt_id).order_by(ReceiptEvent.at)
    return ReceiptDetail(
        row,
        tuple(ReceiptPart(line, kind, int(fen)) for line, kind, fen in session.execute(parts)),
        refunded_fen(session, found[0]),
        found[0].reference,
        tuple(session.scalars(events.order_by(ReceiptEvent.id))),
    )


def _filtered(query: _ReceiptSelect, where: ReceiptFilter) -> _ReceiptSelect:
    equal: Mapping[str, object] = {
        "customer_id": where.customer_id,
        "project_id": where.project_id,
        "method": where.method,
    }
    query = query.filter(*(getattr(Receipt, name) == value for name, value in equal.items() if value is not None))
    if where.sale_id is not None:
        query = query.where(home_sale() == where.sale_id)
    if where.paid_from is not None:
        query = query.where(Receipt.paid_on >= where.paid_from)
    if where.paid_to is not None:
        query = query.where(Receipt.paid_on <= where.paid_to)
    if where.confirmed is not None:
        query = query.where(has_event(EventKind.CONFIRMED) == where.confirmed)
    if where.reversed is not None:
        query = query.where(has_event(EventKind.REVERSED) == where.reversed)
    return query.where(_about(where.search.strip())) if where.search.strip() else query


def _about(words: str) -> ColumnElement[bool]:
    """Receipt number, sale number or payer contains the words."""
    numbered = select(ReceiptEvent.receipt_id).where(ReceiptEvent.number.icontains(words, autoescape=True))
    return (
        Receipt.id.in_(numbered)
        | Sale.no.icontains(words, autoescape=True)
        | Receipt.payer.icontains(words, autoescape=True)
    )


def _receipt_row(
    receipt: Receipt,
    home: str | None,
    sale_no: str | None,
    number: str | None,
    allocated: int | None,
    confirmed: bool,
    reversed_: bool,
) -> ReceiptRow:
    return ReceiptRow(
        receipt.id,
        number,
        home,
        sale_no,
        receipt.customer_id,
        receipt.amount_fen,
        int(allocated or 0),
        receipt.method,
        receipt.account,
        receipt.paid_on,
        receipt.payer,
        receipt.payer_role,
        bool(confirmed),
        bool(reversed_),
        receipt.path,
    )


def money_at(session: Session, sale_id: str) -> int:
    """What the money accounts hold of a sale by the journal, in fen."""
    query = select(func.coalesce(func.sum(JournalEntry.amount_fen), 0)).where(
        JournalEntry.sale_id == sale_id, JournalEntry.account.in_(MONEY_ACCOUNTS)
    )
    return int(session.scalar(query) or 0)
