"""What a receipt (收款单) has settled, as it stood at an instant, and what it may still settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.accounts import accounts_of, home_of, settled_by_receivable
from ledger.finance.allocation import ACCRUED, payable, suggest
from ledger.finance.interest import uncharged_fen
from ledger.finance.kinds import Account, Debtor, ReceivableKind
from ledger.finance.models import Allocation, Receipt, ReceiptEvent, Receivable
from ledger.finance.queries import get_receipt
from ledger.scope import visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class AllocationRow:
    """What a receipt has settled of one receivable, in fen, net of what was taken back."""

    receivable_id: str
    kind: ReceivableKind
    due_on: date | None
    amount_fen: int


@dataclass(frozen=True)
class OfferLine:
    """A receivable that a receipt may settle: fen open, fen suggested by the law's order (Civil Code 560)."""

    receivable_id: str
    kind: ReceivableKind
    debtor: Debtor
    due_on: date | None
    open_fen: int
    suggested_fen: int


def allocations_of(
    session: Session, receipt_id: str, *, until: datetime | None = None
) -> tuple[AllocationRow, ...]:
    """What a receipt has settled, optionally as it stood at an instant, in the order of the schedule."""
    total = func.sum(Allocation.amount_fen)
    query = (
        select(Receivable.id, Receivable.kind, Receivable.due_on, total)
        .join(Allocation, Allocation.receivable_id == Receivable.id)
        .where(Allocation.receipt_id == receipt_id)
        .group_by(Receivable.id, Receivable.kind, Receivable.due_on, Receivable.sequence)
        .order_by(Receivable.sequence, Receivable.id)
        .having(total != 0)
    )
    if until is not None:
        query = query.where(Allocation.at <= until)
    return tuple(AllocationRow(row[0], row[1], row[2], int(row[3])) for row in session.execute(query))


@dataclass(frozen=True)
class CountedLine:
    """A receivable that a receipt settles or may settle: fen of the receipt counted now, fen still open."""

    receivable_id: str
    kind: ReceivableKind
    due_on: date | None
    amount_fen: int
    counted_fen: int
    open_fen: int


def counted_lines(session: Session, actor: Actor, receipt_id: str) -> list[CountedLine]:
    """What a receipt settles and may settle, in the order of the schedule. Raises `ReceiptMissing`."""
    receipt = session.get_one(Receipt, get_receipt(session, actor, receipt_id).row.id)
    counted = {part.receivable_id: part.amount_fen for part in allocations_of(session, receipt_id)}
    lines = {line.id: line for line in payable(session, receipt)}
    missing = [key for key in counted if key not in lines]
    lines |= {line.id: line for line in session.scalars(select(Receivable).where(Receivable.id.in_(missing)))}
    settled = settled_by_receivable(session, list(lines))
    found = [
        CountedLine(
            line.id,
            line.kind,
            line.due_on,
            line.amount_fen,
            counted.get(line.id, 0),
            line.amount_fen - settled.get(line.id, 0),
        )
        for line in sorted(lines.values(), key=lambda line: (line.sequence, line.id))
    ]
    return [line for line in found if line.open_fen or line.counted_fen]


def receipt_numbers(session: Session, actor: Actor, receipt_ids: Sequence[str]) -> dict[str, str]:
    """The papers' numbers of confirmed receipts that the actor may see."""
    query = (
        select(Receipt.id, ReceiptEvent.number)
        .join(ReceiptEvent, ReceiptEvent.receipt_id == Receipt.id)
        .where(Receipt.id.in_(receipt_ids), ReceiptEvent.number.is_not(None))
        .where(visible(actor, Receipt, Permission.FINANCE_VIEW))
    )
    return {receipt_id: str(number) for receipt_id, number in session.execute(query)}


def allocation_offer(session: Session, actor: Actor, receipt_id: str, *, amount_fen: int) -> Sequence[OfferLine]:
    """What so much of a receipt could settle, with the suggestion of contract or law. Raises `ReceiptMissing`.

    Late interest that is not charged yet stands last, under the id `ACCRUED`.
    """
    receipt = session.get_one(Receipt, get_receipt(session, actor, receipt_id).row.id)
    lines = payable(session, receipt)
    settled = settled_by_receivable(session, [line.id for line in lines])
    accrued = _accrued_fen(session, receipt)
    suggested = suggest(session, receipt, amount_fen, receipt.paid_on, accrued_fen=accrued) if amount_fen else {}
    offer = [
        OfferLine(
            line.id,
            line.kind,
            line.debtor,
            line.due_on,
            line.amount_fen - settled.get(line.id, 0),
            suggested.get(line.id, 0),
        )
        for line in lines
    ]
    if accrued:
        kind, day = ReceivableKind.LATE_INTEREST, receipt.paid_on
        offer.append(OfferLine(ACCRUED, kind, Debtor.BUYER, day, accrued, suggested.get(ACCRUED, 0)))
    return [line for line in offer if line.open_fen]


def _accrued_fen(session: Session, receipt: Receipt) -> int:
    """Interest that a buyer's receipt would be asked for and that is not charged yet."""
    sale_id = home_of(session, receipt)
    reaches = {Account.SUPERVISED, Account.GENERAL} & accounts_of(session, receipt)
    if sale_id is None or receipt.payer_role is not Debtor.BUYER or not reaches:
        return 0
    return uncharged_fen(session, sale_id, through=receipt.paid_on)
