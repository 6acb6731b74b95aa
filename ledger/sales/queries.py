"""Reading sales: one with everything that belongs to it, its line with dates, lists, the queue.

The floor price (底价) leaves this module only towards who holds ``units:view_floor_price`` for the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.inventory.models import Building, Unit
from ledger.sales import timeline
from ledger.sales.lists import SaleFilter, SaleRow, count_by_stage, count_sales, find_sales
from ledger.sales.models import Sale, SaleApproval, SaleBuyer, SaleDiscount, SaleEvent, SaleTerms
from ledger.sales.offers import list_offers
from ledger.sales.queue_models import QueueBatch, QueueNumber
from ledger.sales.stage_models import Contract, Filing, Hold, SmallOrder, Subscription
from ledger.scope import get_scoped, scoped, visible
from ledger.staff.permissions import Permission

__all__ = [
    "BuyerView",
    "LineStep",
    "SaleFilter",
    "SaleRow",
    "SaleView",
    "buyers_of",
    "count_by_stage",
    "count_queue_numbers",
    "count_sales",
    "find_queue_batches",
    "find_sales",
    "get_queue_batch",
    "get_sale",
    "list_events",
    "list_offers",
    "list_queue_numbers",
    "list_terms",
    "sale_line",
    "timeline",
]


@dataclass(frozen=True)
class BuyerView:
    """A buyer of a sale; ``share`` as (numerator, denominator) where ownership is by shares."""

    customer_id: str
    name: str
    ownership: str
    share: tuple[int, int] | None


@dataclass(frozen=True)
class SaleView:
    """A sale with everything that belongs to it; the rows are read-only by agreement.

    ``terms`` are those in force, ``floor_price_fen`` None for who may not see it. ``content_hash`` is what an
    approval must name.
    """

    sale: Sale
    unit: Unit
    building: str
    customer_name: str
    floor_price_fen: int | None
    content_hash: str | None
    buyers: tuple[BuyerView, ...]
    discounts: tuple[SaleDiscount, ...]
    approvals: tuple[SaleApproval, ...]
    hold: Hold | None
    small_order: SmallOrder | None
    subscription: Subscription | None
    contract: Contract | None
    filing: Filing | None

    @property
    def unit_label(self) -> str:
        """Building and unit number, as people say it."""
        return f"{self.building}-{self.unit.unit_no}"


@dataclass(frozen=True)
class LineStep:
    """A station of the line (一条线): what, when, by whom, under which number, and in which state it is."""

    kind: str
    at: datetime | None
    on: date | None
    actor_id: str | None
    no: str | None
    state: str


def get_sale(session: Session, actor: Actor, sale_id: str) -> SaleView:
    """A sale with its buyers, discounts and papers. Raises `Missing` outside the actor's scope."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    unit, building = session.execute(
        select(Unit, Building.name).join(Building).where(Unit.id == sale.unit_id)
    ).one()
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, sale.path)
    terms = session.get(SaleTerms, (sale.id, sale.terms_version)) if sale.terms_version else None
    approvals = select(SaleApproval).where(SaleApproval.sale_id == sale.id).order_by(SaleApproval.at)
    return SaleView(
        sale=sale,
        unit=unit,
        building=building,
        customer_name=session.scalar(select(Customer.name).where(Customer.id == sale.customer_id)) or "",
        floor_price_fen=sale.floor_price_fen if sees_floor else None,
        content_hash=terms.content_hash if terms else None,
        buyers=buyers_of(session, [sale]).get(sale.id, ()),
        discounts=_discounts(session, sale),
        approvals=tuple(session.scalars(approvals)),
        hold=_one(session, Hold, sale),
        small_order=_one(session, SmallOrder, sale),
        subscription=_one(session, Subscription, sale),
        contract=_one(session, Contract, sale),
        filing=_one(session, Filing, sale),
    )


def buyers_of(session: Session, sales: Sequence[Sale]) -> Mapping[str, tuple[BuyerView, ...]]:
    """The buyers in force of several sales, in their order, by sale, in one query."""
    query = (
        select(SaleBuyer, Customer.name)
        .join(Customer, Customer.id == SaleBuyer.customer_id)
        .join(Sale, (Sale.id == SaleBuyer.sale_id) & (Sale.terms_version == SaleBuyer.version))
        .where(Sale.id.in_([sale.id for sale in sales]))
        .order_by(SaleBuyer.sale_id, SaleBuyer.position)
    )
    found: dict[str, tuple[BuyerView, ...]] = {}
    for buyer, name in session.execute(query):
        numerator, denominator = buyer.share_numerator, buyer.share_denominator
        share = None if numerator is None or denominator is None else (numerator, denominator)
        view = BuyerView(buyer.customer_id, name, buyer.ownership, share)
        found[buyer.sale_id] = (*found.get(buyer.sale_id, ()), view)
    return found


def sale_line(session: Session, actor: Actor, sale_id: str) -> tuple[LineStep, ...]:
    """The whole line of a sale with dates and owners (FEATURES C9): queue, hold, order, terms, papers, filing."""
    view = get_sale(session, actor, sale_id)
    events = list_events(session, actor, sale_id)
    by_kind = {event.kind: event for event in reversed(events)}
    steps = [_queue_step(session, view.sale)]
    steps.append(_step("opened", by_kind, state=view.sale.entry, no=view.sale.no))
    if view.hold is not None:
        steps.append(_step("held", by_kind, state=view.hold.state))
    if view.small_order is not None:
        steps.append(_step("small_order_taken", by_kind, state=view.small_order.state))
    if view.subscription is not None:
        paper = view.subscription
        steps.append(_step("subscribed", by_kind, state=paper.state, no=paper.no, on=paper.subscribed_on))
    for approval in view.approvals:
        steps.append(LineStep("terms_approved", approval.at, None, approval.approvers[-1], None, "approved"))
    if view.subscription is not None and view.subscription.activated_at is not None:
        steps.append(_step("activated", by_kind, state=view.subscription.state, no=view.subscription.no))
    if view.contract is not None:
        contract = view.contract
        steps.append(_step("signed", by_kind, state=contract.state, no=contract.no, on=contract.signed_on))
    if view.filing is not None:
        steps.append(_filing_step(view.filing, by_kind))
    if view.sale.closed_at is not None:
        steps.append(_step(view.sale.close_kind or "closed", by_kind, state="closed"))
    return tuple(step for step in steps if step is not None)


def list_events(session: Session, actor: Actor, sale_id: str) -> Sequence[SaleEvent]:
    """What happened to a sale, the newest first."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    query = select(SaleEvent).where(SaleEvent.sale_id == sale.id)
    return session.scalars(query.order_by(SaleEvent.at.desc(), SaleEvent.id.desc())).all()


def list_terms(session: Session, actor: Actor, sale_id: str) -> Sequence[SaleTerms]:
    """Every version of a sale's terms, the newest first; the floor price in them is for who may see it."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    actor.require(Permission.UNITS_VIEW_FLOOR_PRICE, sale.path)
    query = select(SaleTerms).where(SaleTerms.sale_id == sale.id)
    return session.scalars(query.order_by(SaleTerms.version.desc())).all()


def find_queue_batches(session: Session, actor: Actor, *, project_id: str | None = None) -> Sequence[QueueBatch]:
    """The issues of queue numbers that the actor works with."""
    query = scoped(actor, QueueBatch, Permission.SALES_QUEUE)
    if project_id is not None:
        query = query.where(QueueBatch.project_id == project_id)
    return session.scalars(query.order_by(QueueBatch.code)).all()


def get_queue_batch(session: Session, actor: Actor, batch_id: str) -> QueueBatch:
    """One issue of queue numbers. Raises `Missing`."""
    return get_scoped(session, actor, QueueBatch, Permission.SALES_QUEUE, batch_id)


def count_queue_numbers(session: Session, actor: Actor, batch_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many numbers of each batch stand in each state, in one query."""
    query = (
        select(QueueNumber.batch_id, QueueNumber.state, func.count())
        .join(QueueBatch, QueueBatch.id == QueueNumber.batch_id)
        .where(visible(actor, QueueBatch, Permission.SALES_QUEUE), QueueNumber.batch_id.in_(batch_ids))
        .group_by(QueueNumber.batch_id, QueueNumber.state)
    )
    found: dict[str, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, state, count in session.execute(query):
        found[batch_id][state] = count
    return found


def list_queue_numbers(
    session: Session, actor: Actor, batch_id: str, *, states: Sequence[str] = ()
) -> tuple[tuple[QueueNumber, str], ...]:
    """The numbers of a batch in calling order, each with its bearer's name."""
    batch = get_queue_batch(session, actor, batch_id)
    query = (
        select(QueueNumber, Customer.name)
        .join(Customer, Customer.id == QueueNumber.customer_id)
        .where(QueueNumber.batch_id == batch.id)
        .order_by(QueueNumber.rank.nulls_last(), QueueNumber.seq)
    )
    if states:
        query = query.where(QueueNumber.state.in_(states))
    return tuple((number, name) for number, name in session.execute(query))


def _discounts(session: Session, sale: Sale) -> tuple[SaleDiscount, ...]:
    query = select(SaleDiscount).where(SaleDiscount.sale_id == sale.id, SaleDiscount.version == sale.terms_version)
    return tuple(session.scalars(query.order_by(SaleDiscount.position)))


def _one(session: Session, model: type[Any], sale: Sale) -> Any:
    return session.scalars(select(model).where(model.sale_id == sale.id)).one_or_none()


def _step(
    kind: str, by_kind: Mapping[str, SaleEvent], *, state: str, no: str | None = None, on: date | None = None
) -> LineStep:
    event = by_kind.get(kind)
    at, actor_id = (event.at, event.actor_id) if event else (None, None)
    return LineStep(kind, at, on, actor_id, no, state)


def _queue_step(session: Session, sale: Sale) -> LineStep | None:
    number = session.get(QueueNumber, sale.queue_number_id) if sale.queue_number_id else None
    if number is None:
        return None
    return LineStep("queued", number.issued_at, None, number.owner_id, str(number.seq), number.state)


def _filing_step(filing: Filing, by_kind: Mapping[str, SaleEvent]) -> LineStep:
    kinds = {"accepted": "filing_accepted", "returned": "filing_returned", "cancelled": "filing_cancelled"}
    kind = kinds.get(filing.state, "filing_submitted" if filing.submitted_on else "filing_due")
    day = filing.cancelled_on or filing.accepted_on or filing.submitted_on or filing.deadline
    return _step(kind, by_kind, state=filing.state, no=filing.no, on=day)
