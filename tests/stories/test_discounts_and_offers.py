"""Further discounts of sales that were made with offers (优惠方案): an offer ends, the sale made with it stands."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.sales.errors import DiscountInvalid
from ledger.sales.models import Sale
from ledger.sales.offers import approve_offer, end_offer, propose_offer
from ledger.sales.pricing import Discount
from tests.stories.changing_sales import approve, ask, execute, order_of, subscribed
from tests.stories.company import LIST_PRICE, Case, Company
from tests.stories.standing import found_by, standing


def offer(company: Company, code: str, basis_points: int, *, stacks: bool = True) -> dict[str, str]:
    """An offer, proposed and approved; returns the row of a form that names it."""
    terms = {"code": code, "discount": Discount(code, "rate", basis_points), "valid_from": date(2026, 3, 1)}

    def propose(s: Session, a: Actor) -> str:
        return propose_offer(s, a, company.clock, project_id=company.project_id, stacks=stacks, **terms).id

    offer_id = company.act("manager_1", propose)
    company.act("gm_1", lambda s, a: approve_offer(s, a, company.clock, offer_id=offer_id))
    return {"kind": "offer", "offer_id": offer_id}


def end(company: Company, row: dict[str, str]) -> None:
    """The offer ends before its time."""
    company.act("gm_1", lambda s, a: end_offer(s, a, company.clock, offer_id=row["offer_id"], reason="over"))


def sold_with(company: Company, *rows: dict[str, str]) -> Case:
    """A sale made with offers, its deposit paid."""
    case = company.start(entry="walk_in")
    case.enter_terms(discounts=list(rows))
    case.decide("manager_1")
    company.pay()
    return case


def test_a_sale_made_with_an_offer_that_has_ended_is_granted_more(company: Company) -> None:
    """1,280,000 × 0.99 at the opening, × 0.99 by the director: the opening's offer is long over."""
    opening = offer(company, "opening", 100)
    sale = sold_with(company, opening)
    end(company, opening)
    case = ask(company, "discount", sale, discounts=[{"kind": "rate", "name": "VIP", "basis_points": 100}])
    assert order_of(company, case).after["deal_price_fen"] == LIST_PRICE * 9801 // 10000
    approve(case, "manager_1", "gm_1")
    execute(case)
    assert company.read(lambda s: s.get_one(Sale, sale.sale().id)).deal_price_fen == LIST_PRICE * 9801 // 10000
    with pytest.raises(DiscountInvalid) as over:
        ask(company, "discount", sale, discounts=[opening])
    assert (over.value.code, over.value.field) == ("offer_not_valid", "discounts.0")


def test_an_offer_that_was_given_alone_stays_alone(company: Company) -> None:
    sale = sold_with(company, offer(company, "alone", 100, stacks=False))
    with pytest.raises(DiscountInvalid) as alone:
        ask(company, "discount", sale, discounts=[{"kind": "rate", "name": "VIP", "basis_points": 100}])
    assert alone.value.code == "offer_does_not_stack"
    assert sale.waiting_at == ["sign_contract"]


def test_an_offer_that_ends_while_others_decide_sends_the_discount_back(company: Company) -> None:
    sale, spring = subscribed(company), offer(company, "spring", 200)
    case = ask(company, "discount", sale, discounts=[spring])
    case.decide("manager_1")
    end(company, spring)
    before = standing(company, sale.sale().id)
    case.decide("gm_1", opinion="fine with me")
    assert found_by(company, "wei", case) == {"mend": company.people["wei"]}
    assert case.seen_by("wei", "mend")["returned_because"] == "已非批准时的内容：优惠方案已失效"
    assert standing(company, sale.sale().id) == before
    with pytest.raises(DiscountInvalid) as over:
        case.complete("mend", "wei", goes_on="again", reason="still", discounts=[spring])
    assert over.value.code == "offer_not_valid"
    autumn = offer(company, "autumn", 100)
    case.complete("mend", "wei", goes_on="again", reason="the next offer", discounts=[autumn])
    approve(case, "manager_1")
    execute(case)
    assert sale.sale().deal_price_fen == LIST_PRICE * 99 // 100
