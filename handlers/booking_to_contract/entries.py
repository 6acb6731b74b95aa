"""The ways in that take a unit: walk-in, hold (预留), small order (小订)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.facts import OpenedSale, opened, sale_of
from handlers.booking_to_contract.money import collect
from handlers.shared import days_from_today, end_of_day, instant_text
from ledger.finance.operations import forfeit_deposit, raise_earnest, refund_earnest
from ledger.finance.receivables import close_account
from ledger.sales.holding import expire_hold, hold_unit, release_hold
from ledger.sales.opening import open_sale
from ledger.sales.small_orders import RefundRule, end_small_order, take_small_order
from ledger.sales.stage_models import SmallOrder


@dataclass(frozen=True)
class OpenSaleIn:
    """Who takes which unit; with a queue number for the bearer of a called one."""

    unit_id: str
    customer_id: str
    consultant: str
    queue_number_id: str | None = None


@handler("booking_to_contract.open_sale")
def open_sale_line(data: OpenSaleIn, ctx: Context) -> OpenedSale:
    """Take the unit for a customer who will subscribe. The loser of two takers learns who was first and when."""
    sale = open_sale(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        unit_id=data.unit_id,
        customer_id=data.customer_id,
        consultant_id=data.consultant,
        queue_number_id=data.queue_number_id,
        instance_id=ctx.instance_id,
        key=ctx.idempotency_key,
    )
    return opened(ctx, sale)


@dataclass(frozen=True)
class PlaceHoldIn:
    """An approved hold, in hours from now."""

    unit_id: str
    customer_id: str
    consultant: str
    reason: str
    hold_hours: int
    hold_approved_by: str


@dataclass(frozen=True)
class PlaceHoldOut(OpenedSale):
    """The held unit and the instant (UTC) at which the hold expires."""

    hold_until: str


@handler("booking_to_contract.place_hold")
def place_hold(data: PlaceHoldIn, ctx: Context) -> PlaceHoldOut:
    """Hold the unit; the hours count from the approval."""
    expires_at = ctx.clock.now() + timedelta(hours=data.hold_hours)
    sale = hold_unit(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        unit_id=data.unit_id,
        customer_id=data.customer_id,
        reason=data.reason,
        approved_by=data.hold_approved_by,
        expires_at=expires_at,
        consultant_id=data.consultant,
        instance_id=ctx.instance_id,
        key=ctx.idempotency_key,
    )
    return PlaceHoldOut(**asdict(opened(ctx, sale)), hold_until=instant_text(expires_at))


@dataclass(frozen=True)
class EndEntryIn:
    """A way in that leads to no subscription."""

    sale_id: str
    closing_reason: str | None = None


@dataclass(frozen=True)
class EndEntryOut:
    """``ended`` sends the process to its end."""

    entry_result: str = "ended"


@handler("booking_to_contract.release_hold")
def release(data: EndEntryIn, ctx: Context) -> EndEntryOut:
    """Free a held unit: its time is over, or it is given up. One that somebody took over is closed already."""
    if sale_of(ctx, data.sale_id).state == "live" and not expire_hold(
        ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id
    ):
        release_hold(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            sale_id=data.sale_id,
            reason=data.closing_reason or "given_up",
            key=ctx.idempotency_key,
        )
    return EndEntryOut()


@dataclass(frozen=True)
class TakeSmallOrderIn:
    """A small order by the project's parameters: fen, days, refund rule."""

    unit_id: str
    customer_id: str
    consultant: str
    small_order_fen: int
    small_order_days: int
    small_order_refund_rule: RefundRule
    deposit_due_days: int
    zone: str


@dataclass(frozen=True)
class TakeSmallOrderOut(OpenedSale):
    """The taken unit, its receivable and the instants (UTC) by which it is paid and by which it expires."""

    earnest_receivable_id: str
    small_order_due_at: str
    small_order_until: str


@handler("booking_to_contract.take_small_order")
def take_order(data: TakeSmallOrderIn, ctx: Context) -> TakeSmallOrderOut:
    """Take the unit and ask finance to collect the small order."""
    until = end_of_day(days_from_today(ctx, data.small_order_days, data.zone), data.zone)
    due_on = days_from_today(ctx, data.deposit_due_days, data.zone)
    sale = take_small_order(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        amount_fen=data.small_order_fen,
        expires_at=until,
        refund_rule=data.small_order_refund_rule,
        unit_id=data.unit_id,
        customer_id=data.customer_id,
        consultant_id=data.consultant,
        instance_id=ctx.instance_id,
        key=ctx.idempotency_key,
    )
    line = raise_earnest(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        amount_fen=data.small_order_fen,
        due_on=due_on,
        origin=f"small_order:{sale.id}",
        sale_id=sale.id,
    )
    collect(ctx, line)
    return TakeSmallOrderOut(
        **asdict(opened(ctx, sale)),
        earnest_receivable_id=line.id,
        small_order_due_at=instant_text(end_of_day(due_on, data.zone)),
        small_order_until=instant_text(until),
    )


@dataclass(frozen=True)
class EndSmallOrderIn(EndEntryIn):
    """A small order that leads to no subscription, with its receivable."""

    earnest_receivable_id: str = ""


@handler("booking_to_contract.end_small_order")
def end_order(data: EndSmallOrderIn, ctx: Context) -> EndEntryOut:
    """Give the money back or keep it by the order's rule, close the sale, free the unit last."""
    if sale_of(ctx, data.sale_id).state != "live":
        return EndEntryOut()
    reason = data.closing_reason or "given_up"
    order = ctx.session.scalars(select(SmallOrder).where(SmallOrder.sale_id == data.sale_id)).one()
    in_time = order.expires_at > ctx.clock.now()
    back = order.refund_rule == "refundable" or (order.refund_rule == "until_expiry" and in_time)
    if back:
        refund_earnest(
            ctx.session, ctx.ledger_actor, ctx.clock, receivable_id=data.earnest_receivable_id, reason=reason
        )
    credit = close_account(ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id, reason=reason)
    if credit:
        forfeit_deposit(
            ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id, amount_fen=credit, reason=reason
        )
    end_small_order(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        reason=reason,
        key=ctx.idempotency_key,
    )
    return EndEntryOut()
