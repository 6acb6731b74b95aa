"""The bank's part of a price (DOMAIN §4, SPC 2020 art. 21): what banks and fund centres paid, and its way back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import receipts_at_home, refund_stands
from ledger.finance.allocation import take_back
from ledger.finance.kinds import Debtor, RefundEventKind
from ledger.finance.models import Receipt, Refund, RefundEvent
from ledger.finance.parties import lock_sale
from ledger.finance.refunds import request_refunds
from ledger.staff.permissions import Permission


def bank_part_fen(session: Session, sale_id: str) -> int:
    """Fen of a sale that a bank or fund centre paid and that have not gone back; an order to pay is not enough."""
    return sum(receipt.amount_fen - _paid_back(session, receipt) for receipt in _of_banks(session, sale_id))


def give_back_bank_part(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str, due_on: date | None = None
) -> list[Refund]:
    """Order all that banks paid to be paid back to them, before the sale ends; its lines are open again.

    What is ordered already is not ordered twice; what was withdrawn at the desk is ordered anew. Returns the new
    refunds.
    """
    lock_sale(session, actor, Permission.FINANCE_REFUND, sale_id)
    receipts = _of_banks(session, sale_id)
    for receipt in receipts:
        take_back(session, actor, clock, receipt)
    session.flush()  # What is free is read from the database.
    known = session.scalar(select(func.count()).where(Refund.key.startswith(_prefix(sale_id), autoescape=True)))
    refunds: list[Refund] = []
    for role in dict.fromkeys(receipt.payer_role for receipt in receipts):
        fen = sum(_not_ordered(session, one) for one in receipts if one.payer_role is role)
        if fen:
            refunds += request_refunds(
                session,
                actor,
                clock,
                key=f"{_prefix(sale_id)}{known}:{role}",
                sale_id=sale_id,
                amount_fen=fen,
                reason=reason,
                due_on=due_on,
                payee_role=role,
            )
    return refunds


def bank_refunds(session: Session, sale_id: str) -> list[tuple[Refund, date | None]]:
    """The refunds of `give_back_bank_part` that stand, each with the day on which it was paid, if it was."""
    paid = select(RefundEvent.on_date).where(
        RefundEvent.refund_id == Refund.id, RefundEvent.kind == RefundEventKind.PAID
    )
    query = select(Refund, paid.scalar_subquery()).where(
        Refund.key.startswith(_prefix(sale_id), autoescape=True), refund_stands()
    )
    return [(refund, day) for refund, day in session.execute(query.order_by(Refund.key))]


def _prefix(sale_id: str) -> str:
    return f"bank_part:{sale_id}:"


def _of_banks(session: Session, sale_id: str) -> list[Receipt]:
    return [one for one in receipts_at_home(session, sale_id) if one.payer_role is not Debtor.BUYER]


def _paid_back(session: Session, receipt: Receipt) -> int:
    query = (
        select(func.coalesce(func.sum(Refund.amount_fen), 0))
        .join(RefundEvent, RefundEvent.refund_id == Refund.id)
        .where(Refund.receipt_id == receipt.id, RefundEvent.kind == RefundEventKind.PAID)
    )
    return int(session.scalar(query) or 0)


def _not_ordered(session: Session, receipt: Receipt) -> int:
    query = select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
        Refund.receipt_id == receipt.id, refund_stands()
    )
    return receipt.amount_fen - int(session.scalar(query) or 0)
