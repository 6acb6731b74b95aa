"""The terms of a subscription: price with discounts, buyers with shares, payment plan (FEATURES C4, D2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import func, select

from engine.api import Context, Missing, handler
from handlers.booking_to_contract.facts import sale_of
from handlers.looking_up import found, known_customers
from handlers.shared import days_from_today, today
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.templates import preview_plan, usable_plan
from ledger.sales.models import Sale, SaleApproval, SaleBuyer, SaleTerms
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.offers import discount_of
from ledger.sales.operations import subscribe
from ledger.sales.pricing import Discount, Of
from ledger.sales.shares import Buyer, Ownership


@dataclass(frozen=True)
class DiscountRow:
    """A discount as entered, in the order in which it is taken: an agreed offer, basis points off, or fen off."""

    kind: Literal["offer", "rate", "amount"]
    name: str | None = None
    basis_points: int | None = None
    amount_fen: int | None = None
    offer_id: str | None = None


@dataclass(frozen=True)
class BuyerRow:
    """A buyer as entered; the share is an exact fraction ``n/d`` where ownership is by shares."""

    customer_id: str
    share: str | None = None


@dataclass(frozen=True)
class ReckonPriceIn:
    """The answers of the terms form and how discounts stack in this project."""

    sale_id: str
    ownership: Ownership
    buyers: list[BuyerRow]
    plan_id: str
    deposit_fen: int
    discounts: list[DiscountRow]
    sign_by_days: int
    zone: str
    discount_stacking: str = "multiply"


@dataclass(frozen=True)
class ReckonPriceOut:
    """The sealed terms: prices in fen, the effective discount in basis points, their content hash.

    The floor price itself (底价) stays in the ledger: whoever sees the sale sees its process data.
    ``earlier_exceptions`` counts the approvals that the buyers' other sales have had.
    """

    list_price_fen: int
    deal_price_fen: int
    effective_discount_bp: int
    below_floor: bool
    content_hash: str
    plan_name: str
    earlier_exceptions: int


def _require_known(data: ReckonPriceIn, ctx: Context) -> None:
    sale = sale_of(ctx, data.sale_id)
    names = known_customers(ctx, sale.path, [row.customer_id for row in data.buyers])
    for position, row in enumerate(data.buyers):
        if row.customer_id not in names:
            raise Missing("customer_missing", field=f"buyers.{position}.customer_id", id=row.customer_id)


@handler("booking_to_contract.reckon_price", again=True)
def reckon_price(data: ReckonPriceIn, ctx: Context) -> ReckonPriceOut:
    """Seal the terms and say what the approval table asks: how far off the list price, whether below the floor.

    Raises the ledger's refusals naming the form's field: discounts, buyers, deposit, plan.
    """
    _require_known(data, ctx)
    sale = subscribe(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        buyers=[Buyer(row.customer_id, Fraction(row.share) if row.share else None) for row in data.buyers],
        ownership=data.ownership,
        deposit_fen=data.deposit_fen,
        discounts=[_discount(ctx, row, data.discount_stacking) for row in data.discounts],
        plan_id=data.plan_id,
        sign_by=days_from_today(ctx, data.sign_by_days, data.zone),
        key=ctx.idempotency_key,
    )
    terms = ctx.session.get_one(SaleTerms, (sale.id, sale.terms_version))
    _check_plan(ctx, data, sale, terms)
    ctx.set_facts(amount_fen=terms.deal_price_fen, effective_discount_bp=terms.effective_discount_bp)
    return ReckonPriceOut(
        list_price_fen=terms.list_price_fen,
        deal_price_fen=terms.deal_price_fen,
        effective_discount_bp=terms.effective_discount_bp,
        below_floor=terms.below_floor,
        content_hash=terms.content_hash,
        plan_name=_plan_name(found(ctx, PaymentPlanTemplate, data.plan_id, "plan_id")),
        earlier_exceptions=_earlier_exceptions(ctx, sale),
    )


def _discount(ctx: Context, row: DiscountRow, stacking: str) -> Discount:
    """The discount of a row; what an offer gives is the offer's, whatever else the row says."""
    if row.kind == "offer":
        return discount_of(found(ctx, DiscountOffer, row.offer_id or "", "discounts"))
    of: Of = "list" if stacking == "add" and row.kind == "rate" else "running"
    return Discount(row.name or "", row.kind, row.basis_points, row.amount_fen, of)


def _check_plan(ctx: Context, data: ReckonPriceIn, sale: Sale, terms: SaleTerms) -> None:
    """The plan can be used in this project and carries this price with this deposit."""
    found(ctx, PaymentPlanTemplate, data.plan_id, "plan_id")
    usable_plan(ctx.session, data.plan_id, sale.project_id)
    preview_plan(
        ctx.session,
        ctx.ledger_actor,
        template_id=data.plan_id,
        total_fen=terms.deal_price_fen,
        deposit_fen=data.deposit_fen,
        signed_on=today(ctx, data.zone),
    )


def _plan_name(plan: PaymentPlanTemplate) -> str:
    return str(plan.labels.get("zh") or next(iter(plan.labels.values()), plan.code))


def _earlier_exceptions(ctx: Context, sale: Sale) -> int:
    """How many approvals other sales of these buyers have had: what approvers weigh (DOMAIN §9)."""
    ours = select(SaleBuyer.customer_id).where(
        SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version
    )
    theirs = select(SaleBuyer.sale_id).where(SaleBuyer.customer_id.in_(ours), SaleBuyer.sale_id != sale.id)
    query = select(func.count()).select_from(SaleApproval).where(SaleApproval.sale_id.in_(theirs))
    return ctx.session.scalar(query) or 0
