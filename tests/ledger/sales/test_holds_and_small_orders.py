"""Holds and small orders keep a unit for a time; then it is free, whatever the timers do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.inventory.errors import ReasonMissing, UnitTaken
from ledger.inventory.models import Unit
from ledger.inventory.queries import get_unit
from ledger.sales.errors import AmountInvalid, ApproverIsApplicant, ExpiryInvalid, SaleNotReady
from ledger.sales.facts import HoldReleased, SmallOrderEnded
from ledger.sales.models import Sale
from ledger.sales.operations import (
    Buyer,
    end_small_order,
    expire_hold,
    expire_small_order,
    extend_hold,
    hold_unit,
    mark_small_order_paid,
    open_sale,
    release_hold,
    subscribe,
    take_small_order,
)
from ledger.sales.stage_models import Hold, SmallOrder
from tests.ledger.sales.conftest import CONSULTANT, MANAGER

DAY = timedelta(days=1)


def hold(session: Session, admin: Actor, clock: MovedClock, unit: Unit, buyer: Customer, **more: object) -> Sale:
    given = {
        "reason": "comes back with his wife",
        "approved_by": MANAGER,
        "expires_at": clock.now() + DAY,
        "consultant_id": CONSULTANT,
    }
    return hold_unit(session, admin, clock, unit_id=unit.id, customer_id=buyer.id, **(given | more))  # type: ignore[arg-type]


def order(session: Session, admin: Actor, clock: MovedClock, unit: Unit, buyer: Customer, **more: object) -> Sale:
    given = {
        "amount_fen": 500_000,
        "expires_at": clock.now() + 7 * DAY,
        "unit_id": unit.id,
        "customer_id": buyer.id,
    }
    return take_small_order(session, admin, clock, **(given | more))  # type: ignore[arg-type]


def test_a_hold_has_holder_reason_approver_and_expiry(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    sale = hold(session, admin, clock, units[0], buyer)
    kept = session.scalars(select(Hold)).one()
    assert (kept.customer_id, kept.reason, kept.approved_by) == (buyer.id, "comes back with his wife", MANAGER)
    assert kept.expires_at == clock.now() + DAY
    cell = get_unit(session, admin, units[0].id, clock=clock)
    assert (cell.state, cell.taken_by, cell.sale_id) == ("held", CONSULTANT, sale.id)


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"approved_by": CONSULTANT}, ApproverIsApplicant, "approved_by"),
        ({"reason": " "}, ReasonMissing, "reason"),
        ({"expires_at": None}, ExpiryInvalid, "expires_at"),
    ],
)
def test_a_hold_without_its_marks_is_refused(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer,
    more: dict[str, object], error: type[Exception], field: str,
) -> None:  # fmt: skip
    if "expires_at" in more:
        more = {"expires_at": clock.now()}
    with pytest.raises(error) as refusal:
        hold(session, admin, clock, units[0], buyer, **more)
    assert refusal.value.field == field  # type: ignore[attr-defined]


def test_a_running_hold_blocks_and_says_who_has_the_unit(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    hold(session, admin, clock, units[0], buyer)
    with pytest.raises(UnitTaken) as refusal:
        open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id)
    assert refusal.value.params["taken_by"] == CONSULTANT


def test_an_expired_hold_blocks_nobody_even_before_its_timer_fires(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    held = hold(session, admin, clock, units[0], buyer, key="k")
    clock.advance(DAY)
    assert get_unit(session, admin, units[0].id, clock=clock).state == "available"
    sale = open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id, key="k2")
    session.flush()
    assert (held.state, held.close_kind, units[0].sale_id) == ("closed", "hold_expired", sale.id)
    assert any(isinstance(fact, HoldReleased) and fact.expired for fact in session.info["facts"])
    assert expire_hold(session, admin, clock, sale_id=held.id) is False
    assert units[0].status == "subscribed"


def test_the_timer_frees_the_unit_once_and_not_too_early(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    sale = hold(session, admin, clock, units[0], buyer)
    extend_hold(
        session, admin, clock, sale_id=sale.id, expires_at=clock.now() + 2 * DAY, approved_by=MANAGER, reason="ill"
    )
    clock.advance(DAY)
    assert expire_hold(session, admin, clock, sale_id=sale.id) is False
    clock.advance(DAY)
    assert expire_hold(session, admin, clock, sale_id=sale.id) is True
    assert expire_hold(session, admin, clock, sale_id=sale.id) is False
    session.flush()
    assert (units[0].status, units[0].held_until) == ("available", None)


def test_a_hold_given_up_frees_the_unit(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    sale = hold(session, admin, clock, units[0], buyer, key="h")
    release_hold(session, admin, clock, sale_id=sale.id, reason="too small", key="r")
    release_hold(session, admin, clock, sale_id=sale.id, reason="too small", key="r")
    session.flush()
    assert (units[0].status, sale.close_kind) == ("available", "hold_released")
    with pytest.raises(SaleNotReady):
        release_hold(session, admin, clock, sale_id=sale.id, reason="too small")


def test_a_hold_becomes_a_small_order_and_then_a_subscription(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    sale = hold(session, admin, clock, units[0], buyer)
    order(session, admin, clock, units[0], buyer, unit_id=None, customer_id=None, sale_id=sale.id)
    assert (sale.stage, units[0].status, units[0].held_until) == ("small_ordered", "small_ordered", None)
    mark_small_order_paid(session, admin, clock, sale_id=sale.id)
    mark_small_order_paid(session, admin, clock, sale_id=sale.id)
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=100)
    session.flush()
    assert (sale.stage, units[0].status) == ("subscribing", "subscribed")
    assert session.scalars(select(Hold.state)).one() == "converted"
    assert session.scalars(select(SmallOrder.state)).one() == "converted"


@pytest.mark.parametrize(
    ("rule", "paid", "late", "state"),
    [
        ("refundable", True, True, "refunded"),
        ("until_expiry", True, False, "refunded"),
        ("until_expiry", True, True, "lapsed"),
        ("not_refundable", True, False, "lapsed"),
        ("refundable", False, True, "void"),
    ],
)
def test_a_small_order_that_ends_is_given_back_by_its_rule(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer,
    rule: str, paid: bool, late: bool, state: str,
) -> None:  # fmt: skip
    sale = order(session, admin, clock, units[0], buyer, refund_rule=rule)
    if paid:
        mark_small_order_paid(session, admin, clock, sale_id=sale.id)
    if late:
        clock.advance(7 * DAY)
        assert expire_small_order(session, admin, clock, sale_id=sale.id) is True
    else:
        assert expire_small_order(session, admin, clock, sale_id=sale.id) is False
        end_small_order(session, admin, clock, sale_id=sale.id, reason="changed his mind")
    session.flush()
    assert session.scalars(select(SmallOrder.state)).one() == state
    assert (units[0].status, sale.state) == ("available", "closed")
    ended = [fact for fact in session.info["facts"] if isinstance(fact, SmallOrderEnded)]
    assert [(fact.state, fact.paid, fact.amount_fen) for fact in ended] == [(state, paid, 500_000)]
    assert expire_small_order(session, admin, clock, sale_id=sale.id) is False


@pytest.mark.parametrize("amount", [0, -100, 10**12 + 1])
def test_a_small_orders_amount_is_believable(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer, amount: int
) -> None:
    with pytest.raises(AmountInvalid) as refusal:
        order(session, admin, clock, units[0], buyer, amount_fen=amount)
    assert refusal.value.field == "amount_fen"


def test_the_database_knows_one_running_hold_of_a_unit(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> None:
    first = hold(session, admin, clock, units[0], buyer)
    other = hold(session, admin, clock, units[1], buyer)
    row = session.scalars(select(Hold).where(Hold.sale_id == other.id)).one()
    row.unit_id = first.unit_id
    with pytest.raises(IntegrityError):
        session.flush()
