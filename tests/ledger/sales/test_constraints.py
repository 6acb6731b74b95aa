"""What the database itself refuses, whichever way a row gets there (DOMAIN §10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.inventory.models import Unit
from ledger.inventory.taking import free_unit
from ledger.sales.models import Sale, SaleBuyer, SaleDiscount, SaleTerms
from ledger.sales.operations import (
    Buyer,
    accept_filing,
    activate_subscription,
    open_sale,
    sign_contract,
    submit_filing,
    subscribe,
)


@pytest.fixture
def sale(session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer) -> Sale:
    sale = open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id)
    session.flush()
    return sale


def copy_of(sale: Sale, unit: Unit, clock: MovedClock) -> Sale:
    return Sale(
        no="another", project_id=sale.project_id, path=sale.path, unit_id=unit.id, customer_id=sale.customer_id,
        entry="walk_in", stage="subscribing", owner_id=sale.owner_id, list_price_fen=1,
        price_version_id=sale.price_version_id, opened_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip


def terms(sale: Sale, clock: MovedClock, *, list_price: int = 100, deal: int = 100) -> SaleTerms:
    return SaleTerms(
        sale_id=sale.id, version=1, list_price_fen=list_price, deal_price_fen=deal, effective_discount_bp=0,
        effective_discount=0, below_floor=False, content_hash="h", actor_id=sale.owner_id, at=clock.now(),
    )  # fmt: skip


def test_a_unit_has_one_live_sale(session: Session, clock: MovedClock, sale: Sale, units: list[Unit]) -> None:
    session.add(copy_of(sale, units[0], clock))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    "blocked",
    ["permit_id = NULL", "price_version_id = NULL", "withheld_reason = 'x'", "mortgaged = true", "seized = true",
     "not_for_sale = true"],
)  # fmt: skip
def test_no_sale_opens_on_a_blocked_unit(
    session: Session, clock: MovedClock, sale: Sale, units: list[Unit], blocked: str
) -> None:
    session.execute(text(f"UPDATE unit SET {blocked} WHERE id = :id"), {"id": units[1].id})  # noqa: S608
    session.add(copy_of(sale, units[1], clock))
    with pytest.raises(IntegrityError, match="unit_is_open_for_sale"):
        session.flush()


@pytest.mark.parametrize(
    "owners",
    [
        [],
        [("sole", None, None), ("sole", None, None)],
        [("joint", None, None)],
        [("joint", None, None), ("sole", None, None)],
        [("shares", 1, 2), ("shares", 1, 3)],
        [("shares", 1, 3), ("shares", 2, 3), ("shares", 1, 3)],
        [("shares", 1, 2), ("joint", None, None)],
    ],
)
def test_terms_are_sealed_only_when_the_shares_sum_to_one(
    session: Session, clock: MovedClock, sale: Sale, customer: Callable[[str], Customer],
    owners: list[tuple[str, int | None, int | None]],
) -> None:  # fmt: skip
    for position, (kind, numerator, denominator) in enumerate(owners):
        session.add(
            SaleBuyer(
                sale_id=sale.id,
                version=1,
                position=position,
                customer_id=customer(f"客户{position}").id,
                ownership=kind,
                share_numerator=numerator,
                share_denominator=denominator,
            )
        )
    session.flush()
    session.add(terms(sale, clock))
    with pytest.raises(IntegrityError, match="buyers_sum_to_one"):
        session.flush()


def test_terms_are_sealed_only_when_the_discounts_sum_up(
    session: Session, clock: MovedClock, sale: Sale, buyer: Customer
) -> None:
    session.add(SaleBuyer(sale_id=sale.id, version=1, position=0, customer_id=buyer.id, ownership="sole"))
    session.add(
        SaleDiscount(
            sale_id=sale.id,
            version=1,
            position=0,
            name="d",
            kind="amount",
            of="running",
            amount_fen=5,
            taken_off_fen=5,
        )
    )
    session.flush()
    session.add(terms(sale, clock, deal=96))
    with pytest.raises(IntegrityError, match="price_is_the_sum"):
        session.flush()


def test_sealed_terms_take_no_further_buyer(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, customer: Callable[[str], Customer]
) -> None:
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(customer("甲").id)], deposit_fen=1)
    session.add(SaleBuyer(sale_id=sale.id, version=1, position=9, customer_id=customer("乙").id, ownership="sole"))
    with pytest.raises(IntegrityError, match="buyers_are_sealed"):
        session.flush()


@pytest.mark.parametrize("table", ["sale_terms", "sale_buyer", "sale_event", "unit_event"])
def test_what_was_agreed_is_never_rewritten(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer, table: str
) -> None:
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=1)
    session.flush()
    with pytest.raises(DatabaseError, match=f"append_only:{table}"):
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608


def test_a_sale_is_not_subscribed_without_sealed_terms(session: Session, sale: Sale) -> None:
    sale.stage = "subscribed"
    with pytest.raises(IntegrityError, match="sold_on_sealed_terms"):
        session.flush()


def test_a_sale_points_only_to_terms_that_exist(session: Session, sale: Sale) -> None:
    sale.terms_version, sale.deal_price_fen = 7, 1
    with pytest.raises(IntegrityError):
        session.flush()


def test_below_the_floor_no_stage_passes_without_approval(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer
) -> None:
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=1)
    sale.below_floor, sale.stage = True, "subscribed"
    with pytest.raises(IntegrityError, match="below_floor_only_approved"):
        session.flush()


def test_a_unit_is_not_freed_while_its_sale_lives(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, units: list[Unit]
) -> None:
    free_unit(session, admin, clock, unit=units[0], sale_id=sale.id, reason="too early")
    with pytest.raises(IntegrityError, match="unit_freed_last"):
        session.flush()


def test_a_sale_does_not_close_while_its_filing_stands(
    session: Session, admin: Actor, clock: MovedClock, sale: Sale, buyer: Customer
) -> None:
    subscribe(session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], deposit_fen=1)
    activate_subscription(session, admin, clock, sale_id=sale.id)
    sign_contract(session, admin, clock, sale_id=sale.id)
    submit_filing(session, admin, clock, sale_id=sale.id)
    accept_filing(session, admin, clock, sale_id=sale.id, no="BA-1")
    session.flush()
    sale.state = sale.stage = "closed"
    sale.closed_at = clock.now() + timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="filing_cancelled_first"):
        session.flush()
    session.rollback()
    assert session.scalars(select(Sale)).all() == []
