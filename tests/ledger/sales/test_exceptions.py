"""What else the same buyers were granted is seen before deciding, by who may see those sales."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.inventory.models import Unit
from ledger.sales.exceptions import other_exceptions
from ledger.sales.models import Sale
from ledger.sales.operations import (
    Buyer,
    Discount,
    extend_hold,
    hold_unit,
    open_sale,
    subscribe,
)
from tests.ledger.sales.conftest import CONSULTANT, MANAGER


def sell(
    session: Session, admin: Actor, clock: MovedClock, unit: Unit, buyers: list[Customer], off: int = 0
) -> Sale:
    sale = open_sale(session, admin, clock, unit_id=unit.id, customer_id=buyers[0].id, consultant_id=CONSULTANT)
    discounts = [Discount("opening week", "rate", basis_points=off)] if off else []
    subscribe(
        session, admin, clock, sale_id=sale.id, buyers=[Buyer(one.id) for one in buyers], discounts=discounts,
        deposit_fen=5_000_000, ownership="sole" if len(buyers) == 1 else "joint",
    )  # fmt: skip
    session.flush()
    return sale


def test_other_discounts_of_any_buyer_are_listed_and_plain_sales_are_not(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    units: list[Unit],
    customer: Callable[..., Customer],
) -> None:
    wang, li, other = customer("王芳"), customer("李娜"), customer("赵敏")
    this = sell(session, admin, clock, units[0], [wang, li], off=300)
    plain = sell(session, admin, clock, units[1], [wang])
    shared = sell(session, admin, clock, units[2], [li], off=500)
    sell(session, admin, clock, units[3], [other], off=700)
    found = other_exceptions(session, admin, this.id)
    assert [(one.sale.sale_id, one.sale.effective_discount_bp, one.approvals) for one in found] == [
        (shared.id, 500, 0)
    ]
    assert plain.id not in {one.sale.sale_id for one in found}
    assert other_exceptions(session, Actor("x", "x"), this.id) == []


def test_more_time_than_the_rules_give_counts_as_an_exception(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], customer: Callable[..., Customer]
) -> None:
    wang = customer("王芳")
    this = sell(session, admin, clock, units[0], [wang], off=300)
    soon, later = (clock.now() + timedelta(hours=hours) for hours in (1, 48))
    held = hold_unit(
        session, admin, clock, unit_id=units[1].id, customer_id=wang.id, consultant_id=CONSULTANT,
        reason="family comes on Sunday", approved_by=MANAGER, expires_at=soon,
    )  # fmt: skip
    session.flush()
    assert other_exceptions(session, admin, this.id) == []
    for number in range(2):
        clock.advance(timedelta(minutes=1))
        extend_hold(
            session, admin, clock, sale_id=held.id, expires_at=later + timedelta(hours=number), approved_by=MANAGER,
            reason="the train was late",
        )  # fmt: skip
    session.flush()
    (found,) = other_exceptions(session, admin, this.id)
    assert (found.sale.sale_id, found.extensions, found.extended_at) == (held.id, 2, clock.now())
