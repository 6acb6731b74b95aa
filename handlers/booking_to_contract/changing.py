"""A change order of the sale is over: the process goes on with what stands now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.deposit import SignByIn, SignByOut, paper_of, sign_by_days
from handlers.booking_to_contract.facts import sale_of
from handlers.looking_up import customer_name, found
from handlers.shared import today
from ledger.changes.models import ChangeOrder
from ledger.finance.models import PaymentPlanTemplate
from ledger.sales.models import Sale
from ledger.sales.operations import extend_subscription


@dataclass(frozen=True, kw_only=True)
class TakeChangeOut(SignByOut):
    """Price, plan and buyers as they stand, and the sign-by date with the days of waiting added."""

    list_price_fen: int
    deal_price_fen: int
    effective_discount_bp: int
    below_floor: bool
    plan_id: str
    plan_name: str
    customer_id: str
    customer: str


@handler("booking_to_contract.take_change", again=True)
def take_change(data: SignByIn, ctx: Context) -> TakeChangeOut:
    """Read the sale anew. The days for which it waited on the change do not count against the buyer."""
    sale = sale_of(ctx, data.sale_id)
    _put_off(data, ctx, sale)
    plan = found(ctx, PaymentPlanTemplate, sale.plan_id or "", "plan_id")
    paper = paper_of(ctx, sale.id)
    customer = customer_name(ctx, sale.customer_id)
    ctx.set_facts(
        amount_fen=sale.deal_price_fen,
        effective_discount_bp=sale.effective_discount_bp,
        customer=customer,
        due=paper.sign_by.isoformat(),
    )
    return TakeChangeOut(
        **asdict(sign_by_days(paper, data)),
        list_price_fen=sale.list_price_fen,
        deal_price_fen=sale.deal_price_fen or 0,
        effective_discount_bp=sale.effective_discount_bp or 0,
        below_floor=sale.below_floor,
        plan_id=plan.id,
        plan_name=str(plan.labels.get("zh") or next(iter(plan.labels.values()), plan.code)),
        customer_id=sale.customer_id,
        customer=customer,
    )


def _put_off(data: SignByIn, ctx: Context, sale: Sale) -> None:
    query = select(ChangeOrder).where(ChangeOrder.sale_id == sale.id, ChangeOrder.ended_at.is_not(None))
    order = ctx.session.scalars(query.order_by(ChangeOrder.ended_at.desc()).limit(1)).one_or_none()
    if order is None:
        return
    waited = today(ctx, data.zone) - order.applied_at.astimezone(ZoneInfo(data.zone)).date()
    if waited > timedelta(0):
        paper = paper_of(ctx, sale.id)
        extend_subscription(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            sale_id=sale.id,
            sign_by=paper.sign_by + waited,
            reason=order.no,
            key=ctx.idempotency_key,
        )
