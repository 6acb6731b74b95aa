"""A sale that ends before the contract: its money settled first, then the sale closed, the unit freed last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.facts import sale_of
from handlers.booking_to_contract.people import buyers_of, words_of
from handlers.telling import tell_customers
from ledger.finance.deposits import Fault, settle_deposit
from ledger.finance.kinds import ReceivableKind, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.operations import close_account, forfeit_deposit, refund_earnest, request_refunds
from ledger.sales.models import Sale
from ledger.sales.operations import cancel_sale, default_subscription, lapse_subscription
from ledger.sales.stage_models import SmallOrder, Subscription

Ending = Literal["dropped", "rejected", "withdrawn", "defaulted", "lapsed"]
#: Endings in which the buyer broke a subscription: he loses the deposit as far as it has effect (Civil Code 587).
_BUYERS_FAULT = ("withdrawn", "defaulted", "lapsed")


@dataclass(frozen=True)
class CloseSaleIn:
    """Why the sale ends; ``earnest_receivable_id`` is the small order's or queue number's money, if any."""

    sale_id: str
    kind: Ending
    closing_reason: str | None = None
    earnest_receivable_id: str | None = None


@handler("booking_to_contract.close_sale")
def close_sale(data: CloseSaleIn, ctx: Context) -> None:
    """Settle the money, close the sale, free the unit. A sale that a desk closed already has its money settled."""
    sale = sale_of(ctx, data.sale_id)
    reason = (data.closing_reason or data.kind)[:200]
    buyers = buyers_of(ctx, sale)
    paper = ctx.session.scalars(select(Subscription).where(Subscription.sale_id == sale.id)).one_or_none()
    params = words_of(ctx, sale)
    _settle_money(ctx, sale, data, reason)
    _close(ctx, data, sale, reason)
    if paper is not None and paper.no and sale.close_kind != "room_change":
        params |= {"number": paper.no, "sign_by_on": paper.sign_by.isoformat()}
        template = "subscription_lapsed" if data.kind == "lapsed" else "subscription_ended"
        tell_customers(ctx, template, buyers, sale.path, params)


def _close(ctx: Context, data: CloseSaleIn, sale: Sale, reason: str) -> None:
    if sale.state != "live":
        return
    step = (ctx.session, ctx.ledger_actor, ctx.clock)
    if data.kind == "lapsed":
        lapse_subscription(*step, sale_id=sale.id, reason=reason, key=ctx.idempotency_key)
    elif data.kind == "defaulted":
        default_subscription(*step, sale_id=sale.id, reason=reason, key=ctx.idempotency_key)
    else:
        cancel_sale(*step, sale_id=sale.id, reason=reason, key=ctx.idempotency_key)


def _settle_money(ctx: Context, sale: Sale, data: CloseSaleIn, reason: str) -> None:
    """End the receivables; keep what the buyer loses, order the rest to be paid back (DOMAIN §4)."""
    step = (ctx.session, ctx.ledger_actor, ctx.clock)
    deposit = _deposit(ctx, sale)
    earnest = ctx.session.get(Receivable, data.earnest_receivable_id) if data.earnest_receivable_id else None
    if earnest is not None and earnest.sale_id is None and earnest.state is ReceivableState.PLANNED:
        refund_earnest(*step, receivable_id=earnest.id, reason=reason)
    credit = close_account(*step, sale_id=sale.id, reason=reason)
    kept = min(credit, _kept(ctx, sale, data.kind, credit, deposit))
    if kept:
        forfeit_deposit(*step, sale_id=sale.id, amount_fen=kept, reason=reason)
    if credit > kept:
        request_refunds(*step, key=f"close:{sale.id}", sale_id=sale.id, amount_fen=credit - kept, reason=reason)


def _deposit(ctx: Context, sale: Sale) -> int:
    """The deposit that the subscription asks for in fen; 0 before it was written."""
    query = select(Receivable.amount_fen).where(
        Receivable.sale_id == sale.id, Receivable.kind == ReceivableKind.DEPOSIT
    )
    return ctx.session.scalar(query.order_by(Receivable.sequence.desc()).limit(1)) or 0


def _kept(ctx: Context, sale: Sale, kind: Ending, credit: int, deposit: int) -> int:
    if deposit and kind in _BUYERS_FAULT:
        price = sale.deal_price_fen or sale.list_price_fen
        return settle_deposit(min(credit, deposit), price, Fault.BUYER).forfeited_fen
    if kind == "rejected":
        return 0
    order = ctx.session.scalars(select(SmallOrder).where(SmallOrder.sale_id == sale.id)).one_or_none()
    return order.amount_fen if order is not None and order.refund_rule == "not_refundable" else 0
