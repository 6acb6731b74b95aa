"""Discount offers are approved before they are given, hold for their time, and stack only where they may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Missing
from ledger.customers.models import Customer
from ledger.inventory.errors import SecondPersonNeeded
from ledger.inventory.models import Unit
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from ledger.sales.errors import DateInvalid, DiscountInvalid, OfferNotReady
from ledger.sales.models import Sale, SaleDiscount
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.operations import (
    Buyer,
    Discount,
    approve_offer,
    discount_of,
    end_offer,
    open_sale,
    propose_offer,
    subscribe,
)
from ledger.sales.queries import list_offers

MARCH = date(2026, 3, 1)
OPENING = Discount("opening week", "rate", basis_points=200)


@pytest.fixture
def second(actor_with: Callable[..., Actor]) -> Actor:
    return actor_with("prices:approve")


@pytest.fixture
def offer(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project
) -> Callable[..., DiscountOffer]:
    def make(code: str = "OW", discount: Discount = OPENING, **more: object) -> DiscountOffer:
        given: dict[str, object] = {"valid_from": MARCH, "valid_until": date(2026, 3, 7)}
        proposed = propose_offer(
            session,
            admin,
            clock,
            project_id=project.id,
            code=code,
            discount=discount,
            **(given | more),  # type: ignore[arg-type]
        )
        return approve_offer(session, second, clock, offer_id=proposed.id)

    return make


@pytest.fixture
def give(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], buyer: Customer
) -> Callable[..., Sale]:
    sale = open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id)

    def agree(*discounts: Discount) -> Sale:
        return subscribe(
            session, admin, clock, sale_id=sale.id, buyers=[Buyer(buyer.id)], discounts=discounts, deposit_fen=1
        )

    return agree


def test_an_approved_offer_is_given_and_kept_with_the_sale(
    session: Session,
    admin: Actor,
    project: Project,
    offer: Callable[..., DiscountOffer],
    give: Callable[..., Sale],
) -> None:
    opening = offer()
    assert list_offers(session, admin, project.id, on=MARCH) == [opening]
    give(discount_of(opening), Discount("manager's word", "amount", amount_fen=100))
    lines = session.scalars(select(SaleDiscount.offer_id).order_by(SaleDiscount.position)).all()
    assert lines == [opening.id, None]


def test_an_offer_needs_a_second_person_and_its_new_version_replaces_it(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project, give: Callable[..., Sale]
) -> None:
    first = propose_offer(
        session, admin, clock, project_id=project.id, code="OW", discount=OPENING, valid_from=MARCH
    )
    with pytest.raises(SecondPersonNeeded):
        approve_offer(session, admin, clock, offer_id=first.id)
    with pytest.raises(DiscountInvalid, match="offer_not_valid"):
        give(discount_of(first))
    approve_offer(session, second, clock, offer_id=first.id)
    better = replace(OPENING, basis_points=300)
    then = propose_offer(
        session, admin, clock, project_id=project.id, code="OW", discount=better, valid_from=MARCH
    )
    approve_offer(session, second, clock, offer_id=then.id)
    assert (first.state, then.version) == ("ended", 2)
    assert give(discount_of(then)).effective_discount_bp == 300
    with pytest.raises(OfferNotReady):
        approve_offer(session, second, clock, offer_id=then.id)


@pytest.mark.parametrize(
    ("late", "changed", "together", "code"),
    [
        (timedelta(days=6), {}, False, "offer_not_valid"),
        (timedelta(), {"basis_points": 250}, False, "offer_says_otherwise"),
        (timedelta(), {}, True, "offer_does_not_stack"),
    ],
)
def test_an_offer_is_given_as_it_was_approved(
    clock: MovedClock, offer: Callable[..., DiscountOffer], give: Callable[..., Sale],
    late: timedelta, changed: dict[str, int], together: bool, code: str,
) -> None:  # fmt: skip
    alone = offer(stacks=False)
    clock.advance(late)
    more = [Discount("more", "amount", amount_fen=1)] if together else []
    with pytest.raises(DiscountInvalid, match=code) as refusal:
        give(replace(discount_of(alone), **changed), *more)  # type: ignore[arg-type]
    assert refusal.value.field == "discounts.0"
    clock.advance(-late)
    assert give(discount_of(alone)).effective_discount_bp == 200


def test_an_ended_offer_and_another_projects_are_not_given(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, offer: Callable[..., DiscountOffer],
    give: Callable[..., Sale],
) -> None:  # fmt: skip
    ended = end_offer(session, second, clock, offer_id=offer().id)
    other = organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")
    foreign = propose_offer(
        session, admin, clock, project_id=other.id, code="X", discount=OPENING, valid_from=MARCH
    )
    approve_offer(session, second, clock, offer_id=foreign.id)
    for one in (ended, foreign):
        with pytest.raises(DiscountInvalid, match="offer_not_valid"):
            give(discount_of(one))


def test_wrong_offers_are_refused(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project
) -> None:
    good = {"project_id": project.id, "code": "A", "discount": OPENING, "valid_from": MARCH}
    for wrong, error in (
        ({"code": " "}, DiscountInvalid),
        ({"discount": replace(OPENING, basis_points=0)}, DiscountInvalid),
        ({"valid_until": MARCH - timedelta(days=1)}, DateInvalid),
    ):
        with pytest.raises(error):
            propose_offer(session, admin, clock, **(good | wrong))  # type: ignore[arg-type]
    with pytest.raises(Missing):
        propose_offer(session, second, clock, **good)  # type: ignore[arg-type]
