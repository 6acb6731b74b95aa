"""A sale as it stood at the end of any day (DOMAIN §10.13): stage, terms, buyers, plan, price, receivables.

Nothing is stored for it: terms are kept in versions, receivables stand from a day to a day, events tell the stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import start_of_day
from ledger.changes.models import ChangeOrder
from ledger.changes.supplement_models import Supplement
from ledger.customers.models import Customer
from ledger.finance.models import Allocation, PaymentPlanTemplate, Receivable
from ledger.organisation.models import Project
from ledger.sales.models import Sale, SaleBuyer, SaleDiscount, SaleEvent, SaleTerms
from ledger.sales.queries import BuyerView
from ledger.sales.stage_models import Contract
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission

_STAGES = ("held", "small_ordered", "subscribing", "subscribed", "signed", "filed", "closed")


@dataclass(frozen=True)
class LineThen:
    """A receivable as it stood: fen, what was paid on it by then, and the day it fell due if that was known."""

    receivable: Receivable
    paid_fen: int
    due_on: date | None


@dataclass(frozen=True)
class SaleThen:
    """A sale at the end of a day; ``stage`` is None before it opened, ``terms`` before they were agreed.

    ``contract_fen`` is the contract's total as far as it was signed, supplements included. ``lines`` is None for
    who may not see money.
    """

    sale: Sale
    project: Project
    on: date
    stage: str | None
    terms: SaleTerms | None
    buyers: tuple[BuyerView, ...]
    discounts: tuple[SaleDiscount, ...]
    plan: PaymentPlanTemplate | None
    contract_fen: int | None
    supplements: tuple[Supplement, ...]
    orders: tuple[ChangeOrder, ...]
    lines: tuple[LineThen, ...] | None

    @property
    def planned_fen(self) -> int:
        """What was to be paid in all."""
        return sum(line.receivable.amount_fen for line in self.lines or ())

    @property
    def paid_fen(self) -> int:
        """What was counted as paid."""
        return sum(line.paid_fen for line in self.lines or ())


def sale_as_of(session: Session, actor: Actor, sale_id: str, on: date) -> SaleThen:
    """The sale at the end of a day at its project. Raises `Missing` outside the actor's scope."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    project = session.get_one(Project, sale.project_id)
    before = start_of_day(on + timedelta(days=1), project.zone)
    terms = session.scalars(
        select(SaleTerms)
        .where(SaleTerms.sale_id == sale.id, SaleTerms.at < before)
        .order_by(SaleTerms.version.desc())
        .limit(1)
    ).one_or_none()
    supplements = tuple(
        session.scalars(select(Supplement).where(Supplement.sale_id == sale.id).order_by(Supplement.number))
    )
    orders = select(ChangeOrder).where(ChangeOrder.sale_id == sale.id, ChangeOrder.executed_at < before)
    return SaleThen(
        sale=sale,
        project=project,
        on=on,
        stage=_stage(session, sale, before),
        terms=terms,
        buyers=_buyers(session, terms),
        discounts=_discounts(session, terms),
        plan=session.get(PaymentPlanTemplate, terms.plan_id) if terms and terms.plan_id else None,
        contract_fen=_contract_fen(session, sale, supplements, before, on),
        supplements=tuple(one for one in supplements if one.at < before),
        orders=tuple(session.scalars(orders.order_by(ChangeOrder.executed_at))),
        lines=_lines(session, sale.id, on) if actor.may(Permission.FINANCE_VIEW, sale.path) else None,
    )


def _stage(session: Session, sale: Sale, before: datetime) -> str | None:
    query = select(SaleEvent.after).where(
        SaleEvent.sale_id == sale.id, SaleEvent.at < before, SaleEvent.after.in_(_STAGES)
    )
    return session.scalar(query.order_by(SaleEvent.at.desc(), SaleEvent.id.desc()).limit(1))


def _buyers(session: Session, terms: SaleTerms | None) -> tuple[BuyerView, ...]:
    if terms is None:
        return ()
    query = (
        select(SaleBuyer, Customer.name)
        .join(Customer, Customer.id == SaleBuyer.customer_id)
        .where(SaleBuyer.sale_id == terms.sale_id, SaleBuyer.version == terms.version)
        .order_by(SaleBuyer.position)
    )
    return tuple(
        BuyerView(
            row.customer_id,
            name,
            row.ownership,
            (row.share_numerator, row.share_denominator)
            if row.share_numerator is not None and row.share_denominator is not None
            else None,
        )
        for row, name in session.execute(query)
    )


def _discounts(session: Session, terms: SaleTerms | None) -> tuple[SaleDiscount, ...]:
    if terms is None:
        return ()
    query = select(SaleDiscount).where(
        SaleDiscount.sale_id == terms.sale_id, SaleDiscount.version == terms.version
    )
    return tuple(session.scalars(query.order_by(SaleDiscount.position)))


def _contract_fen(
    session: Session, sale: Sale, supplements: tuple[Supplement, ...], before: datetime, on: date
) -> int | None:
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale.id)).one_or_none()
    if contract is None or contract.signed_on > on:
        return None
    later = next((one for one in supplements if one.at >= before), None)
    return contract.total_fen if later is None else later.total_before_fen


def _lines(session: Session, sale_id: str, on: date) -> tuple[LineThen, ...]:
    paid = (
        select(func.coalesce(func.sum(Allocation.amount_fen), 0))
        .where(Allocation.receivable_id == Receivable.id, Allocation.booked_on <= on)
        .scalar_subquery()
    )
    query = select(Receivable, paid).where(
        Receivable.sale_id == sale_id,
        Receivable.raised_on <= on,
        (Receivable.ended_on.is_(None)) | (Receivable.ended_on > on),
    )
    return tuple(
        LineThen(line, int(fen), None if line.dated_on and line.dated_on > on else line.due_on)
        for line, fen in session.execute(query.order_by(Receivable.sequence))
    )
