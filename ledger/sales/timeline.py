"""What sales add to the customer ledger's timeline (客户台帐): the events of sales and queue numbers."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ledger.customers.timeline import TimelineEvent, TimelineRequest, timeline_source
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale, SaleBuyer, SaleEvent
from ledger.sales.queue_models import QueueNumber
from ledger.scope import visible
from ledger.staff.permissions import Permission

_SHOWN = ("no", "expires_at", "amount_fen", "deal_price_fen", "sign_by", "on", "times", "entry")


@timeline_source("sales")
def sales_of_customers(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """Events of the sales that the customers hold or buy, as far as the actor sees them."""
    bought = select(SaleBuyer.sale_id).where(SaleBuyer.customer_id.in_(request.customer_ids))
    query = (
        select(SaleEvent, Sale.no, Building.name, Unit.unit_no)
        .join(Sale, Sale.id == SaleEvent.sale_id)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(
            or_(Sale.customer_id.in_(request.customer_ids), Sale.id.in_(bought)),
            visible(request.actor, Sale, Permission.SALES_VIEW),
            request.older(SaleEvent.at, SaleEvent.id),
        )
        .order_by(SaleEvent.at.desc(), SaleEvent.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            event.at,
            event.id,
            f"sale_{event.kind}",
            "sale",
            event.sale_id,
            {"sale_no": no, "unit": f"{building}-{unit_no}", "before": event.before, "after": event.after}
            | {name: event.details[name] for name in _SHOWN if name in event.details},
            actor_id=event.actor_id,
            path=event.path,
            note=event.reason,
        )
        for event, no, building, unit_no in session.execute(query)
    ]


@timeline_source("queue_numbers")
def queue_numbers_of_customers(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """The queue numbers (预约排号) issued to the customers."""
    query = (
        select(QueueNumber)
        .where(
            QueueNumber.customer_id.in_(request.customer_ids),
            visible(request.actor, QueueNumber, Permission.SALES_QUEUE),
            request.older(QueueNumber.issued_at, QueueNumber.id),
        )
        .order_by(QueueNumber.issued_at.desc(), QueueNumber.id.desc())
        .limit(request.limit)
    )
    return [
        TimelineEvent(
            number.issued_at,
            number.id,
            "queue_number_issued",
            "queue_number",
            number.id,
            {"seq": number.seq, "state": number.state, "fee_fen": number.fee_fen},
            actor_id=number.owner_id,
            path=number.path,
        )
        for number in session.scalars(query)
    ]
