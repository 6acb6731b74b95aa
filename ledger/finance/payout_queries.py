"""Refunds and compensations for the pages: to whom, why, who approved, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ledger.finance.kinds import CompensationKind, RefundEventKind
from ledger.finance.models import Refund, RefundEvent
from ledger.finance.payout_models import Compensation, CompensationEvent, PayoutApproval

Standing = Literal["asked", "ordered", "paid", "cancelled"]


@dataclass(frozen=True)
class PayoutWords:
    """A refund or a compensation in words; ``kind`` is None for a refund. ``approvers`` are staff ids in order."""

    id: str
    kind: CompensationKind | None
    amount_fen: int
    payee: str
    payee_reason: str | None
    reason: str
    requested_by: str
    requested_at: datetime
    approvers: tuple[str, ...]
    instance_id: str | None
    standing: Standing


def payout_words(session: Session, refund_id: str | None, compensation_id: str | None) -> PayoutWords | None:
    """What a to-do pays out."""
    if refund_id is not None:
        return _refunds(session, Refund.id == refund_id)[0]
    if compensation_id is not None:
        return _compensations(session, Compensation.id == compensation_id)[0]
    return None


def refunds_of_receipt(session: Session, receipt_id: str) -> list[PayoutWords]:
    """The refunds of a receipt, the latest first."""
    return _refunds(session, Refund.receipt_id == receipt_id)


def compensations_of_sale(session: Session, sale_id: str) -> list[PayoutWords]:
    """The compensations of a sale, the latest first."""
    return _compensations(session, Compensation.sale_id == sale_id)


def _refunds(session: Session, which: ColumnElement[bool]) -> list[PayoutWords]:
    query = select(Refund).where(which).order_by(Refund.requested_at.desc(), Refund.id.desc())
    rows = session.scalars(query).all()
    ids = [row.id for row in rows]
    events = select(RefundEvent.refund_id, RefundEvent.kind).where(RefundEvent.refund_id.in_(ids))
    approvals = select(PayoutApproval.refund_id, PayoutApproval.approvers).where(PayoutApproval.refund_id.in_(ids))
    happened = {(str(subject), kind) for subject, kind in session.execute(events)} if ids else set()
    approved = {str(subject): tuple(people) for subject, people in session.execute(approvals)} if ids else {}
    return [_words(row, None, happened, approved) for row in rows]


def _compensations(session: Session, which: ColumnElement[bool]) -> list[PayoutWords]:
    query = select(Compensation).where(which).order_by(Compensation.requested_at.desc(), Compensation.id.desc())
    rows = session.scalars(query).all()
    ids = [row.id for row in rows]
    events = select(CompensationEvent.compensation_id, CompensationEvent.kind).where(
        CompensationEvent.compensation_id.in_(ids)
    )
    approvals = select(PayoutApproval.compensation_id, PayoutApproval.approvers).where(
        PayoutApproval.compensation_id.in_(ids)
    )
    happened = {(str(subject), kind) for subject, kind in session.execute(events)} if ids else set()
    approved = {str(subject): tuple(people) for subject, people in session.execute(approvals)} if ids else {}
    return [_words(row, row.kind, happened, approved) for row in rows]


def _words(
    row: Refund | Compensation,
    kind: CompensationKind | None,
    happened: set[tuple[str, RefundEventKind]],
    approved: dict[str, tuple[str, ...]],
) -> PayoutWords:
    standing: Standing = "asked" if row.needs_approval and row.id not in approved else "ordered"
    if (row.id, RefundEventKind.PAID) in happened:
        standing = "paid"
    elif (row.id, RefundEventKind.CANCELLED) in happened:
        standing = "cancelled"
    return PayoutWords(
        row.id,
        kind,
        row.amount_fen,
        row.payee,
        row.payee_reason,
        row.reason,
        row.requested_by,
        row.requested_at,
        approved.get(row.id, ()),
        row.instance_id,
        standing,
    )


def owes_payouts(session: Session, sale_id: str) -> bool:
    """Whether refunds or compensations of a sale are neither paid nor withdrawn."""
    closed = (RefundEventKind.PAID, RefundEventKind.CANCELLED)
    gone = select(RefundEvent.id).where(RefundEvent.refund_id == Refund.id, RefundEvent.kind.in_(closed))
    done = select(CompensationEvent.id).where(
        CompensationEvent.compensation_id == Compensation.id, CompensationEvent.kind.in_(closed)
    )
    refund = select(Refund.id).where(Refund.sale_id == sale_id, ~gone.exists())
    owed = select(Compensation.id).where(Compensation.sale_id == sale_id, ~done.exists())
    return session.scalar(refund.limit(1)) is not None or session.scalar(owed.limit(1)) is not None


def sale_of_payout(session: Session, payout_id: str) -> str | None:
    """The sale that a refund or a compensation belongs to."""
    refund = session.get(Refund, payout_id)
    if refund is not None:
        return refund.sale_id
    owed = session.get(Compensation, payout_id)
    return owed.sale_id if owed else None
