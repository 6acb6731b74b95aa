"""Discounts on the way to another home: what is still given goes along, what has expired is dropped and named."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kernel.clock import business_date
from ledger.sales.models import Sale, SaleDiscount
from ledger.sales.offers import approve_offer, end_offer, propose_offer
from ledger.sales.pricing import Discount
from tests.stories.changing_sales import approve, ask, execute, order_of
from tests.stories.company import LIST_PRICE, Case, Company
from tests.stories.test_moving_rooms import HIGHER, reprice

OPENING = 200  # Two per cent off, in basis points.


def offer(company: Company, *, days: int | None = None) -> str:
    """An offer of two per cent, in force from today for so many days; returns its id."""
    today = business_date(company.clock)
    until = today + timedelta(days=days) if days is not None else None
    discount = Discount("Opening weekend", "rate", OPENING, None, "running")
    offer_id = company.act(
        "marketing_1",
        lambda s, a: (
            propose_offer(
                s,
                a,
                company.clock,
                project_id=company.project_id,
                code="OPEN",
                discount=discount,
                valid_from=today,
                valid_until=until,
            ).id
        ),
    )
    company.act("pricing_1", lambda s, a: approve_offer(s, a, company.clock, offer_id=offer_id))
    return offer_id


def sold_with(company: Company, *discounts: dict[str, object]) -> Case:
    """A subscribed home with these discounts."""
    case = company.start(entry="walk_in")
    case.enter_terms(discounts=list(discounts))
    for name in ("manager_1", "gm_1"):
        case.decide(name)
    company.pay()
    return case


def given(company: Company, sale_id: str) -> list[str]:
    """The discounts of a sale by name."""
    sale = company.read(lambda s: s.get_one(Sale, sale_id))
    query = select(SaleDiscount.name).where(
        SaleDiscount.sale_id == sale_id, SaleDiscount.version == sale.terms_version
    )
    return list(company.read(lambda s: s.scalars(query.order_by(SaleDiscount.position)).all()))


def with_offer(offer_id: str) -> dict[str, object]:
    """A discount row that names an offer."""
    return {"kind": "offer", "offer_id": offer_id}


def test_an_offer_that_is_still_given_goes_along(company: Company) -> None:
    old = sold_with(company, with_offer(offer(company, days=30)))
    reprice(company, 1, HIGHER)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    order = order_of(company, case)
    assert order.after["deal_price_fen"] == HIGHER * 98 // 100
    assert "discounts_dropped" not in order.after
    approve(case, "manager_1", "gm_1")
    execute(case)
    assert given(company, order_of(company, case).result["sale_id"]) == ["Opening weekend"]


def test_an_offer_that_has_expired_is_dropped_and_the_preview_says_so(company: Company) -> None:
    old = sold_with(company, with_offer(offer(company, days=2)))
    company.later(days=4)
    reprice(company, 1, HIGHER)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    order = order_of(company, case)
    assert (order.before["deal_price_fen"], order.after["deal_price_fen"]) == (LIST_PRICE * 98 // 100, HIGHER)
    assert (order.after["discounts_dropped"], order.after["discounts"]) == (["Opening weekend"], [])
    assert "不再适用的折扣: – → Opening weekend" in case.data["change_text"]
    approve(case, "manager_1", "gm_1")
    execute(case)
    assert given(company, order_of(company, case).result["sale_id"]) == []


def test_what_was_granted_without_an_offer_goes_along_beside_an_ended_offer(company: Company) -> None:
    offer_id = offer(company)
    old = sold_with(company, with_offer(offer_id), {"name": "Loyal", "kind": "amount", "amount_fen": 5_000_00})
    company.act("pricing_1", lambda s, a: end_offer(s, a, company.clock, offer_id=offer_id))
    case = ask(company, "room_change", old, unit_id=company.units[1])
    order = order_of(company, case)
    assert order.after["deal_price_fen"] == LIST_PRICE - 5_000_00
    assert order.after["discounts"] == [{"name": "Loyal", "taken_off_fen": 5_000_00}]
    assert order.after["discounts_dropped"] == ["Opening weekend"]


def test_an_offer_that_expires_while_others_decide_turns_the_order_back(company: Company) -> None:
    old = sold_with(company, with_offer(offer(company, days=3)))
    case = ask(company, "room_change", old, unit_id=company.units[1])
    approve(case, "manager_1", "gm_1")
    company.later(days=4)
    execute(case)
    assert (case.waiting_at, order_of(company, case).state) == (["mend"], "returned")
    assert (old.sale().state, company.unit(1).status) == ("live", "available")
