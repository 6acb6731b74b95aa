"""Sums over the rows of finance: what a receipt holds, what a receivable has got, where a receipt belongs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import Session

from ledger.finance.interest_models import WaiverPart
from ledger.finance.kinds import Account, EventKind, RefundEventKind, TodoKind, TodoState
from ledger.finance.models import Allocation, MoneyTodo, Receipt, ReceiptEvent, ReceiptMove, Refund, RefundEvent


def has_event(kind: EventKind) -> ColumnElement[bool]:
    """Whether the receipt of the enclosing query has such an event."""
    return exists().where(ReceiptEvent.receipt_id == Receipt.id, ReceiptEvent.kind == kind)


def usable() -> ColumnElement[bool]:
    """Whether the receipt of the enclosing query is confirmed and not reversed."""
    return and_(has_event(EventKind.CONFIRMED), ~has_event(EventKind.REVERSED))


def home_sale() -> ScalarSelect[str | None]:
    """The sale that the receipt of the enclosing query belongs to now."""
    moved = (
        select(ReceiptMove.sale_id)
        .where(ReceiptMove.receipt_id == Receipt.id)
        .order_by(ReceiptMove.number.desc())
        .limit(1)
        .correlate(Receipt)
        .scalar_subquery()
    )
    return select(func.coalesce(moved, Receipt.sale_id)).correlate(Receipt).scalar_subquery()


def refund_stands() -> ColumnElement[bool]:
    """Whether the refund of the enclosing query is not cancelled."""
    return ~exists().where(RefundEvent.refund_id == Refund.id, RefundEvent.kind == RefundEventKind.CANCELLED)


def home_of(session: Session, receipt: Receipt) -> str | None:
    """The sale that a receipt belongs to now, or None for a queue fee."""
    return session.scalar(select(home_sale()).select_from(Receipt).where(Receipt.id == receipt.id))


def receipts_at_home(session: Session, sale_id: str) -> list[Receipt]:
    """The usable receipts that belong to a sale, oldest first, locked against others."""
    moved_here = select(ReceiptMove.receipt_id).where(ReceiptMove.sale_id == sale_id)
    candidates = (Receipt.sale_id == sale_id) | Receipt.id.in_(moved_here)
    query = select(Receipt).where(candidates, home_sale() == sale_id, usable())
    return list(
        session.scalars(query.order_by(Receipt.paid_on, Receipt.id).with_for_update(of=Receipt, key_share=True))
    )


def allocated_by_receivable(session: Session, receivable_ids: Iterable[str]) -> dict[str, int]:
    """Fen allocated to each of some receivables; those that got nothing are left out."""
    query = (
        select(Allocation.receivable_id, func.sum(Allocation.amount_fen))
        .where(Allocation.receivable_id.in_(list(receivable_ids)))
        .group_by(Allocation.receivable_id)
    )
    return {receivable_id: int(fen) for receivable_id, fen in session.execute(query) if fen}


def settled_by_receivable(session: Session, receivable_ids: Iterable[str]) -> dict[str, int]:
    """Fen of each of some receivables that are paid or waived; those with nothing of either are left out."""
    ids = list(receivable_ids)
    settled = allocated_by_receivable(session, ids)
    query = (
        select(WaiverPart.receivable_id, func.sum(WaiverPart.amount_fen))
        .where(WaiverPart.receivable_id.in_(ids))
        .group_by(WaiverPart.receivable_id)
    )
    for receivable_id, fen in session.execute(query):
        settled[receivable_id] = settled.get(receivable_id, 0) + int(fen)
    return settled


def allocations_of(session: Session, receipt: Receipt) -> dict[str, int]:
    """Fen of a receipt by the receivable that it settles; what was taken back is left out."""
    query = (
        select(Allocation.receivable_id, func.sum(Allocation.amount_fen))
        .where(Allocation.receipt_id == receipt.id)
        .group_by(Allocation.receivable_id)
    )
    return {receivable_id: int(fen) for receivable_id, fen in session.execute(query) if fen}


def allocated_fen(session: Session, receipt: Receipt) -> int:
    """Fen of a receipt that are allocated."""
    query = select(func.coalesce(func.sum(Allocation.amount_fen), 0)).where(Allocation.receipt_id == receipt.id)
    return int(session.scalar(query) or 0)


def refunded_fen(session: Session, receipt: Receipt) -> int:
    """Fen of a receipt that are refunded or about to be."""
    query = select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
        Refund.receipt_id == receipt.id, refund_stands()
    )
    return int(session.scalar(query) or 0)


def is_usable(session: Session, receipt: Receipt) -> bool:
    """Whether a receipt is confirmed and not reversed."""
    return session.scalar(select(Receipt.id).where(Receipt.id == receipt.id, usable())) is not None


def free_fen(session: Session, receipt: Receipt) -> int:
    """Fen of a receipt that are neither allocated nor refunded: credit. Nothing unless it is confirmed."""
    if not is_usable(session, receipt):
        return 0
    return receipt.amount_fen - allocated_fen(session, receipt) - refunded_fen(session, receipt)


def accounts_of(session: Session, receipt: Receipt) -> set[Account]:
    """The money accounts a receipt's money is in or, by an order to carry it over, on its way to."""
    ordered = _to_supervised(session, receipt, MoneyTodo.state != TodoState.CANCELLED)
    return {receipt.account, Account.SUPERVISED} if ordered else {receipt.account}


def account_now(session: Session, receipt: Receipt) -> Account:
    """The money account that a receipt's money is in: the supervised one once it was carried over.

    The part of it that settled late interest may have been carried on from there (`interest_transfers`).
    """
    carried = _to_supervised(session, receipt, MoneyTodo.state == TodoState.DONE)
    return Account.SUPERVISED if carried else receipt.account


TO_GENERAL, BACK_TO_SUPERVISED = "interest_to_general", "interest_to_supervised"
"""The notes of transfer to-dos that carry late interest alone, and not all of a receipt's money."""


def _to_supervised(session: Session, receipt: Receipt, state: ColumnElement[bool]) -> bool:
    """Whether all money of a receipt was ordered to the supervised account by a to-do in such a state."""
    note = func.coalesce(MoneyTodo.note, "")
    query = select(MoneyTodo.id).where(
        MoneyTodo.receipt_id == receipt.id,
        MoneyTodo.kind == TodoKind.TRANSFER,
        note.not_in((TO_GENERAL, BACK_TO_SUPERVISED)),
        state,
    )
    return session.scalar(query.limit(1)) is not None
