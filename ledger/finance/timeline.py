"""What money adds to the customer ledger's timeline (客户台帐): receipts and refunds as they came about."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ledger.customers.timeline import TimelineEvent, TimelineRequest, timeline_source
from ledger.finance.accounts import home_sale
from ledger.finance.models import Receipt, ReceiptEvent, Refund, RefundEvent
from ledger.sales.models import Sale, SaleBuyer
from ledger.scope import visible
from ledger.staff.permissions import Permission


def _sales_of(request: TimelineRequest) -> ColumnElement[bool]:
    """Sales that the customers hold or buy, as far as the actor sees their money."""
    bought = select(SaleBuyer.sale_id).where(SaleBuyer.customer_id.in_(request.customer_ids))
    theirs = or_(Sale.customer_id.in_(request.customer_ids), Sale.id.in_(bought))
    return theirs & visible(request.actor, Sale, Permission.FINANCE_VIEW)


@timeline_source("receipts")
def receipts_of_customers(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """Money captured, confirmed and reversed."""
    without_sale = Receipt.customer_id.in_(request.customer_ids) & visible(
        request.actor, Receipt, Permission.FINANCE_VIEW
    )
    query = (
        select(ReceiptEvent, Receipt, Sale.no)
        .join(Receipt, Receipt.id == ReceiptEvent.receipt_id)
        .outerjoin(Sale, Sale.id == home_sale())
        .where(
            or_(Sale.id.is_not(None) & _sales_of(request), without_sale),
            request.older(ReceiptEvent.at, ReceiptEvent.id),
        )
        .order_by(ReceiptEvent.at.desc(), ReceiptEvent.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            event.at,
            event.id,
            f"receipt_{event.kind}",
            "receipt",
            receipt.id,
            {
                "amount_fen": receipt.amount_fen,
                "method": receipt.method.value,
                "number": event.number,
                "sale_no": sale_no,
            },
            actor_id=event.by,
            path=receipt.path,
            note=event.reason,
        )
        for event, receipt, sale_no in session.execute(query)
    ]


@timeline_source("refunds")
def refunds_of_customers(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """Money asked back, paid back, or not after all."""
    without_sale = Refund.customer_id.in_(request.customer_ids) & visible(
        request.actor, Refund, Permission.FINANCE_VIEW
    )
    query = (
        select(RefundEvent, Refund, Sale.no)
        .join(Refund, Refund.id == RefundEvent.refund_id)
        .outerjoin(Sale, Sale.id == Refund.sale_id)
        .where(
            or_(Sale.id.is_not(None) & _sales_of(request), without_sale),
            request.older(RefundEvent.at, RefundEvent.id),
        )
        .order_by(RefundEvent.at.desc(), RefundEvent.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            event.at,
            event.id,
            f"refund_{event.kind}",
            "refund",
            refund.id,
            {"amount_fen": refund.amount_fen, "sale_no": sale_no},
            actor_id=event.by,
            path=refund.path,
            note=event.reason or refund.reason,
        )
        for event, refund, sale_no in session.execute(query)
    ]
