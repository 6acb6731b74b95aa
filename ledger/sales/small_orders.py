"""Small orders (小订): a small sum keeps a unit for a short time; converted, returned or lapsed (FEATURES C3)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.inventory.changes import given_reason
from ledger.inventory.models import Unit
from ledger.inventory.price_versions import MOST_FEN
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import check_unblocked, move_unit
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.closing import close_line, end_parts
from ledger.sales.errors import AmountInvalid, ExpiryInvalid, SaleNotReady
from ledger.sales.facts import SmallOrderEnded, SmallOrderTaken
from ledger.sales.models import Sale
from ledger.sales.opening import Opening, open_line
from ledger.sales.stage_models import Hold, SmallOrder
from ledger.staff.permissions import Permission

SMALL_ORDER = Opening("small_order", "small_ordered", UnitStatus.SMALL_ORDERED, Permission.SALES_SMALL_ORDER)

RefundRule = Literal["refundable", "until_expiry", "not_refundable"]
"""Given back always; only before it expires; never. 订金 without penalty effect is refundable (DOMAIN §1)."""


def take_small_order(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    amount_fen: int,
    expires_at: datetime,
    refund_rule: RefundRule = "refundable",
    unit_id: str | None = None,
    customer_id: str | None = None,
    sale_id: str | None = None,
    consultant_id: str | None = None,
    instance_id: str | None = None,
    key: str | None = None,
) -> Sale:
    """Take a small order on a free unit (``unit_id``, ``customer_id``) or on one that a sale holds (``sale_id``).

    Raises `AmountInvalid`, `ExpiryInvalid`, `UnitTaken`, `UnitNotSellable` (no money before the permit).
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("small_order_taken", unit_id=unit_id, sale_id=sale_id):
        return earlier
    if not 0 < amount_fen <= MOST_FEN:
        raise AmountInvalid(field="amount_fen", amount_fen=amount_fen)
    if expires_at <= clock.now():
        raise ExpiryInvalid(field="expires_at", expires_at=expires_at)
    if sale_id is not None:
        sale = _from_hold(act, sale_id)
    elif unit_id is not None and customer_id is not None:
        sale = open_line(
            act,
            SMALL_ORDER,
            unit_id=unit_id,
            customer_id=customer_id,
            consultant_id=consultant_id,
            instance_id=instance_id,
            reason="small_order",
        )
    else:
        raise Invalid("unit_or_sale_missing", field="unit_id")
    session.add(
        SmallOrder(
            sale_id=sale.id,
            unit_id=sale.unit_id,
            customer_id=sale.customer_id,
            amount_fen=amount_fen,
            refund_rule=refund_rule,
            expires_at=expires_at,
            state="open",
        )
    )
    details = {"amount_fen": amount_fen, "refund_rule": refund_rule, "expires_at": expires_at.isoformat()}
    act.note(sale, "small_order_taken", after="small_ordered", details=details)
    tell(session, SmallOrderTaken(*about(sale), amount_fen=amount_fen, expires_at=expires_at))
    return sale


def _from_hold(act: Act, sale_id: str) -> Sale:
    sale, unit = act.lock(sale_id, Permission.SALES_SMALL_ORDER)
    require_stage(sale, "take_small_order", "held")
    check_unblocked(act.session, act.clock, unit)
    for hold in act.session.scalars(select(Hold).where(Hold.sale_id == sale.id)):
        hold.state, hold.ended_at = "converted", act.clock.now()
    move_unit(
        act.session,
        act.actor,
        act.clock,
        unit=unit,
        status=UnitStatus.SMALL_ORDERED,
        sale_id=sale.id,
        reason="small_order",
    )
    sale.stage = "small_ordered"
    return sale


def mark_small_order_paid(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, key: str | None = None
) -> Sale:
    """Note that finance confirmed the small order's money; a second time changes nothing."""
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("small_order_paid", sale_id=sale_id):
        return earlier
    sale, _unit = act.lock(sale_id, Permission.SALES_SMALL_ORDER)
    order = _order_of(session, sale)
    if order.state == "paid":
        return sale
    _require_open(sale, order, "mark_small_order_paid")
    order.state, order.paid_at = "paid", clock.now()
    act.note(sale, "small_order_paid")
    return sale


def end_small_order(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    reason: str,
    key: str | None = None,
) -> Sale:
    """End a small order that does not become a subscription, before or after its expiry.

    Paid money is given back where the refund rule allows it (state ``refunded``; finance pays it on
    `SmallOrderEnded`), else kept (``lapsed``); an unpaid one is void. The sale closes, the unit is free.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("small_order_ended", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_SMALL_ORDER)
    order = _order_of(session, sale)
    _require_open(sale, order, "end_small_order")
    _end(act, sale, unit, order, given_reason(reason))
    return sale


def expire_small_order(session: Session, actor: Actor, clock: Clock, *, sale_id: str) -> bool:
    """What the timer of a small order does: end it if its time is over; returns whether it did."""
    act = Act(session, actor, clock)
    sale, unit = act.lock(sale_id, Permission.SALES_SMALL_ORDER)
    order = _order_of(session, sale)
    if order.state not in ("open", "paid") or sale.stage != "small_ordered" or order.expires_at > clock.now():
        return False
    _end(act, sale, unit, order, "small_order_expired")
    return True


def _end(act: Act, sale: Sale, unit: Unit, order: SmallOrder, reason: str) -> None:
    paid = order.state == "paid"
    in_time = order.expires_at > act.clock.now()
    back = order.refund_rule == "refundable" or (order.refund_rule == "until_expiry" and in_time)
    state = ("refunded" if back else "lapsed") if paid else "void"
    end_parts(act, sale, subscription="cancelled", small_order=state)
    close_line(act, sale, unit, kind="small_order_ended", reason=reason)
    tell(act.session, SmallOrderEnded(*about(sale), state=state, paid=paid, amount_fen=order.amount_fen))


def _order_of(session: Session, sale: Sale) -> SmallOrder:
    query = select(SmallOrder).where(SmallOrder.sale_id == sale.id).execution_options(populate_existing=True)
    order = session.scalars(query).one_or_none()
    if order is None:
        raise SaleNotReady("small_order_missing", sale_id=sale.id, no=sale.no, stage=sale.stage)
    return order


def _require_open(sale: Sale, order: SmallOrder, act: str) -> None:
    if sale.stage != "small_ordered" or order.state not in ("open", "paid"):
        raise SaleNotReady(sale_id=sale.id, no=sale.no, stage=sale.stage, act=act, order_state=order.state)
