"""Lists of sales by filter, for the desks: one query however many rows, cut to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale, SaleBuyer
from ledger.sales.stage_models import Contract, Filing, Subscription
from ledger.scope import visible
from ledger.staff.permissions import Permission

Sort = Literal["newest", "oldest", "no", "price", "sign_by", "deadline"]


@dataclass(frozen=True)
class SaleFilter:
    """What a list of sales is cut by; ``text`` is a part of the number or of a buyer's name.

    ``shares_buyers_with`` names a sale: the list holds the others of its customer and buyers.
    """

    project_id: str | None = None
    stages: tuple[str, ...] = ()
    state: str | None = None
    consultant_id: str | None = None
    unit_id: str | None = None
    customer_id: str | None = None
    shares_buyers_with: str | None = None
    text: str = ""
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    sign_by_until: date | None = None
    filing_due_until: date | None = None


@dataclass(frozen=True)
class SaleRow:
    """A sale in a list. Prices are fen, the discount basis points off the list."""

    sale_id: str
    no: str
    project_id: str
    stage: str
    state: str
    close_kind: str | None
    unit_id: str
    unit_label: str
    customer_id: str
    customer_name: str
    consultant_id: str
    list_price_fen: int
    deal_price_fen: int | None
    effective_discount_bp: int | None
    below_floor: bool
    opened_at: datetime
    sign_by: date | None
    signed_on: date | None
    filing_state: str | None
    filing_deadline: date | None
    instance_id: str | None


def find_sales(
    session: Session,
    actor: Actor,
    wanted: SaleFilter,
    *,
    sort: Sort = "newest",
    limit: int = 50,
    offset: int = 0,
) -> tuple[SaleRow, ...]:
    """Sales by filter that the actor may see, one query however many rows."""
    orders: dict[Sort, tuple[Any, ...]] = {
        "newest": (Sale.opened_at.desc(), Sale.id.desc()),
        "oldest": (Sale.opened_at, Sale.id),
        "no": (Sale.no,),
        "price": (func.coalesce(Sale.deal_price_fen, Sale.list_price_fen).desc(), Sale.id),
        "sign_by": (Subscription.sign_by.nulls_last(), Sale.id),
        "deadline": (Filing.deadline.nulls_last(), Sale.id),
    }
    query = _filtered(_rows(actor), wanted).order_by(*orders[sort]).limit(limit).offset(offset)
    return tuple(_row(actor, row) for row in session.execute(query))


def count_sales(session: Session, actor: Actor, wanted: SaleFilter, *, most: int = 1000) -> int:
    """How many sales fit a filter, counted up to ``most`` + 1 (“more than”)."""
    some = _filtered(_rows(actor).with_only_columns(Sale.id), wanted).limit(most + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def count_by_stage(session: Session, actor: Actor, *, project_id: str | None = None) -> dict[str, int]:
    """How many live sales stand at each stage, for the head of the desk."""
    query = (
        select(Sale.stage, func.count())
        .where(visible(actor, Sale, Permission.SALES_VIEW), Sale.state == "live")
        .group_by(Sale.stage)
    )
    if project_id is not None:
        query = query.where(Sale.project_id == project_id)
    return {row.stage: row[1] for row in session.execute(query)}


def _rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Sale,
            Unit.unit_no,
            Building.name.label("building"),
            Customer.name.label("customer_name"),
            Subscription.sign_by,
            Contract.signed_on,
            Filing.state.label("filing_state"),
            Filing.deadline,
        )
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(Subscription, Subscription.sale_id == Sale.id)
        .outerjoin(Contract, Contract.sale_id == Sale.id)
        .outerjoin(Filing, Filing.sale_id == Sale.id)
        .where(visible(actor, Sale, Permission.SALES_VIEW))
    )
    return query


def _row(actor: Actor, row: Any) -> SaleRow:
    sale: Sale = row[0]
    return SaleRow(
        sale_id=sale.id,
        no=sale.no,
        project_id=sale.project_id,
        stage=sale.stage,
        state=sale.state,
        close_kind=sale.close_kind,
        unit_id=sale.unit_id,
        unit_label=f"{row.building}-{row.unit_no}",
        customer_id=sale.customer_id,
        customer_name=row.customer_name,
        consultant_id=sale.owner_id,
        list_price_fen=sale.list_price_fen,
        deal_price_fen=sale.deal_price_fen,
        effective_discount_bp=sale.effective_discount_bp,
        below_floor=sale.below_floor and actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, sale.path),
        opened_at=sale.opened_at,
        sign_by=row.sign_by,
        signed_on=row.signed_on,
        filing_state=row.filing_state,
        filing_deadline=row.deadline,
        instance_id=sale.instance_id,
    )


def _filtered(query: Select[*tuple[Any, ...]], wanted: SaleFilter) -> Select[*tuple[Any, ...]]:
    equal: dict[Any, str | None] = {
        Sale.project_id: wanted.project_id,
        Sale.state: wanted.state,
        Sale.owner_id: wanted.consultant_id,
        Sale.unit_id: wanted.unit_id,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.stages:
        query = query.where(Sale.stage.in_(wanted.stages))
    if wanted.customer_id is not None:
        query = query.where(or_(Sale.customer_id == wanted.customer_id, _bought_by(wanted.customer_id)))
    if wanted.shares_buyers_with is not None:
        query = query.where(Sale.id != wanted.shares_buyers_with, _shares_buyers_with(wanted.shares_buyers_with))
    if text := wanted.text.strip():
        named = select(SaleBuyer.sale_id).join(Customer).where(Customer.name.contains(text, autoescape=True))
        part = Sale.no.icontains(text, autoescape=True)
        query = query.where(or_(part, Customer.name.contains(text, autoescape=True), Sale.id.in_(named)))
    if wanted.opened_from is not None:
        query = query.where(Sale.opened_at >= wanted.opened_from)
    if wanted.opened_before is not None:
        query = query.where(Sale.opened_at < wanted.opened_before)
    if wanted.sign_by_until is not None:
        query = query.where(Subscription.state == "active", Subscription.sign_by <= wanted.sign_by_until)
    if wanted.filing_due_until is not None:
        waiting = Filing.state.in_(("to_file", "returned"))
        query = query.where(waiting, Filing.deadline <= wanted.filing_due_until, Sale.state == "live")
    return query


def _bought_by(customer_id: str) -> Any:
    in_force = select(SaleBuyer.sale_id).where(
        SaleBuyer.customer_id == customer_id,
        SaleBuyer.sale_id == Sale.id,
        SaleBuyer.version == Sale.terms_version,
    )
    return in_force.exists()


def _shares_buyers_with(sale_id: str) -> Any:
    this = aliased(Sale)
    same_sale = (SaleBuyer.sale_id == this.id) & (SaleBuyer.version == this.terms_version)
    ours = union(
        select(this.customer_id).where(this.id == sale_id),
        select(SaleBuyer.customer_id).join(this, same_sale).where(this.id == sale_id),
    )
    bought = select(SaleBuyer.sale_id).where(
        SaleBuyer.customer_id.in_(ours), SaleBuyer.sale_id == Sale.id, SaleBuyer.version == Sale.terms_version
    )
    return or_(Sale.customer_id.in_(ours), bought.correlate(Sale).exists())
