"""A room change (换房) as a case: asked for, approved, executed by a third person, signed anew; or turned back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.changes.errors import ChangeRefused
from ledger.inventory.errors import UnitTaken
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Filing
from tests.stories.changing_sales import SIGNERS, approve, ask, execute, filed, order_of, subscribed
from tests.stories.company import DEPOSIT, LIST_PRICE, Case, Company
from tests.stories.test_moving_rooms import HIGHER, by_sale, reprice


def new_case(company: Company, unit: int) -> Case:
    """The process of the sale that has a home now."""
    sale_id = company.unit(unit).sale_id
    return Case(company, company.read(lambda s: s.get_one(Sale, sale_id)).instance_id or "")


def test_a_subscribed_buyer_takes_a_dearer_home_and_signs_for_it(company: Company) -> None:
    old = subscribed(company)
    reprice(company, 1, HIGHER)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    order = order_of(company, case)
    assert (order.before["deal_price_fen"], order.after["deal_price_fen"]) == (LIST_PRICE, HIGHER)
    assert {(one["does"], one["amount_fen"]) for one in order.money} == {
        ("stays", DEPOSIT),
        ("due", HIGHER - DEPOSIT),
    }
    assert company.unit(1).status == "available"
    approve(case, "manager_1", "gm_1")
    execute(case)
    done = order_of(company, case)
    assert (done.state, done.result["moved_fen"]) == ("executed", DEPOSIT)
    assert (old.sale().close_kind, old.ended_at[-1]) == ("room_change", "withdrawn_while_changing")
    assert [company.unit(n).status for n in (0, 1)] == ["available", "subscribed"]
    assert by_sale(company) == {done.result["sale_id"]: DEPOSIT}
    fresh = new_case(company, 1)
    assert fresh.waiting_at == ["sign_contract"]
    fresh.sign()
    assert sum(company.todos("collect")) == HIGHER - DEPOSIT
    assert case.instance().state == "completed"


def test_after_filing_the_clerk_has_the_filing_cancelled_first(company: Company) -> None:
    old = filed(company)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    approve(case, *SIGNERS)
    assert case.waiting_at == ["clear_filing"]
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="room change")
    execute(case)
    assert company.read(lambda s: s.scalars(select(Filing)).one()).state == "cancelled"
    assert company.read(lambda s: s.scalars(select(Contract)).one()).state == "rescinded"
    assert [company.unit(n).status for n in (0, 1)] == ["available", "subscribed"]
    fresh = new_case(company, 1)
    fresh.sign()
    assert fresh.waiting_at == ["submit_filing"]


def test_a_home_that_somebody_took_meanwhile_turns_the_change_back_and_another_one_can_be_chosen(
    company: Company,
) -> None:
    old = subscribed(company)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    approve(case, "manager_1", "gm_1")
    company.start("fang", entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])
    execute(case)
    assert case.waiting_at == ["mend"]
    assert (old.sale().stage, company.unit(0).status) == ("subscribed", "subscribed")
    with pytest.raises(UnitTaken):
        case.complete("mend", "wei", goes_on="again", unit_id=company.units[1], reason="still wants it")
    case.complete("mend", "wei", goes_on="again", unit_id=company.units[2], reason="the next best")
    approve(case, "manager_1", "gm_1")
    execute(case)
    assert (order_of(company, case).state, company.unit(2).status) == ("executed", "subscribed")


def test_what_cannot_be_is_refused_when_it_is_asked_for(company: Company) -> None:
    old = subscribed(company)
    for unit, code in ((company.units[0], "room_is_the_same"), ("nothing", "room_in_other_project")):
        with pytest.raises(ChangeRefused) as refused:
            ask(company, "room_change", old, unit_id=unit)
        assert (refused.value.code, refused.value.field) == (code, "unit_id")
    assert company.read(lambda s: s.scalars(select(Sale)).all())[0].stage == "subscribed"


def test_below_the_floor_the_group_is_asked_too(company: Company) -> None:
    old = subscribed(company, off=100)
    reprice(company, 1, 1_210_000_00, 1_205_000_00)
    case = ask(company, "room_change", old, unit_id=company.units[1])
    approve(case, "manager_1", "gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1")
    execute(case)
    fresh = company.read(lambda s: s.get_one(Sale, company.unit(1).sale_id))
    assert (fresh.below_floor, fresh.approved_version) == (True, 1)
