"""A sale that came from another room: its process begins where the subscription is in force (FEATURES D3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.api import Context, handler
from handlers.booking_to_contract.deposit import SignByIn, SignByOut, paper_of, sign_by_days
from handlers.booking_to_contract.facts import opened, sale_of
from handlers.booking_to_contract.people import buyers_of, issue_paper, words_of
from handlers.subscriptions import engine_of_system
from handlers.telling import tell_customers
from kernel.facts import Telling, on
from ledger.finance.models import PaymentPlanTemplate
from ledger.sales.facts import SaleOpened
from ledger.sales.models import Sale, SaleTerms

ENTRY = "room_change"


@on(SaleOpened)
def room_changed(fact: SaleOpened, telling: Telling) -> None:
    """A room change opened a sale: its process begins, in the same transaction."""
    if fact.entry != ENTRY:
        return
    sale = telling.session.get_one(Sale, fact.sale_id)
    begun = {
        "entry": ENTRY,
        "sale_id": sale.id,
        "unit_id": sale.unit_id,
        "customer_id": sale.customer_id,
        "consultant": sale.owner_id,
    }
    case = engine_of_system(telling).start("booking_to_contract", begun, scope=sale.path)
    sale.instance_id = case.id


@dataclass(frozen=True, kw_only=True)
class TakeOverOut(SignByOut):
    """What earlier steps would have written: terms that went along, dates around signing. Money is fen."""

    subscription_no: str
    sale_no: str
    unit_label: str
    list_price_fen: int
    deal_price_fen: int
    effective_discount_bp: int
    below_floor: bool
    content_hash: str
    plan_id: str | None
    plan_name: str
    deposit_fen: int


@handler("booking_to_contract.take_over_sale")
def take_over_sale(data: SignByIn, ctx: Context) -> TakeOverOut:
    """Take the sale as the room change left it; the buyers get the paper of their new subscription."""
    sale, paper = sale_of(ctx, data.sale_id), paper_of(ctx, data.sale_id)
    terms = ctx.session.get_one(SaleTerms, (sale.id, sale.terms_version))
    plan = ctx.session.get(PaymentPlanTemplate, sale.plan_id) if sale.plan_id else None
    found = opened(ctx, sale)
    issue_paper(ctx, "subscription", sale)
    params = {
        **words_of(ctx, sale),
        "number": paper.no or sale.no,
        "deposit_fen": paper.deposit_fen,
        "sign_by_on": paper.sign_by.isoformat(),
    }
    tell_customers(ctx, "subscription_in_force", buyers_of(ctx, sale), sale.path, params)
    ctx.set_facts(
        amount_fen=terms.deal_price_fen,
        effective_discount_bp=terms.effective_discount_bp,
        due=paper.sign_by.isoformat(),
        subscription_no=paper.no,
    )
    return TakeOverOut(
        **asdict(sign_by_days(paper, data)),
        subscription_no=paper.no or "",
        sale_no=sale.no,
        unit_label=found.unit_label,
        list_price_fen=terms.list_price_fen,
        deal_price_fen=terms.deal_price_fen,
        effective_discount_bp=terms.effective_discount_bp,
        below_floor=terms.below_floor,
        content_hash=terms.content_hash,
        plan_id=sale.plan_id,
        plan_name=str(plan.labels.get("zh") or plan.code) if plan else "",
        deposit_fen=paper.deposit_fen,
    )
