"""A discount is approved in order by people other than the applicant, returned, rejected, reminded, expired."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from engine.api import AnswersInvalid, NotAllowed
from ledger.sales.models import SaleApproval
from ledger.staff.models import Staff
from tests.stories.company import FLOOR_PRICE, LIST_PRICE, Case, Company


@pytest.fixture
def case(company: Company) -> Case:
    """A walk-in that has just begun."""
    return company.start(entry="walk_in")


def leave(company: Company, *names: str) -> None:
    """People who leave the company."""
    ids = [company.people[name] for name in names]
    with company.database.unit_of_work() as session:
        session.execute(update(Staff).where(Staff.id.in_(ids)).values(active=False))


def test_four_per_cent_off_is_approved_by_four_people_in_order(company: Company, case: Case) -> None:
    case.enter_terms(off=400, terms_note="Buys two homes")
    asked = []
    for name in ("manager_1", "gm_1", "marketing_1", "city_finance_1"):
        asked.append(case.task("decide").candidates[0].partition("@")[0])
        case.decide(name, remark="fine")
    assert asked == ["sales_manager", "project_gm", "city_marketing", "city_finance"]
    assert case.waiting_at == ["await_deposit"]
    approval = company.read(lambda s: s.scalars(select(SaleApproval)).one())
    assert approval.approvers == [
        company.people[n] for n in ("manager_1", "gm_1", "marketing_1", "city_finance_1")
    ]
    assert [opinion["decision"] for opinion in case.data["opinions"]] == ["approved"] * 4
    company.pay()
    case.sign()
    assert case.sale().deal_price_fen == LIST_PRICE * 96 // 100


def test_the_approver_sees_price_floor_discount_and_effect(case: Case) -> None:
    case.enter_terms(off=100)
    task = case.task("decide")
    assert task.facts["amount_fen"] == LIST_PRICE * 99 // 100
    assert task.facts["effective_discount_bp"] == 100
    assert task.form_key == "approval/decide"
    seen = case.seen_by("manager_1", "decide")
    assert (seen["list_price_fen"], seen["floor_price_fen"]) == (LIST_PRICE, FLOOR_PRICE)
    assert (seen["money_effect_fen"], seen["earlier_exceptions"]) == (-LIST_PRICE // 100, 0)
    assert task.due_at == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


def test_the_floor_price_is_not_in_the_data_that_the_consultant_can_see(case: Case) -> None:
    case.enter_terms(off=700)
    for name in ("manager_1", "gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1"):
        assert str(FLOOR_PRICE) not in json.dumps(case.data)
        case.decide(name)
    assert str(FLOOR_PRICE) not in json.dumps([case.data, case.instance().facts])


def test_below_the_floor_the_group_decides_too(company: Company, case: Case) -> None:
    case.enter_terms(off=700)
    for name in ("manager_1", "gm_1", "marketing_1", "city_finance_1", "city_gm_1"):
        case.decide(name)
    assert case.task("decide").candidates == ("group_pricing@" + case.task("decide").path,)
    case.decide("pricing_1")
    company.pay()
    assert case.waiting_at == ["sign_contract"]


def test_the_applicant_never_approves_his_own_case(company: Company) -> None:
    case = company.start("manager_1", entry="walk_in")
    task = case.task("enter_terms")
    terms = {
        "ownership": "sole",
        "buyers": [{"customer_id": company.customers["lin"]}],
        "discounts": [{"name": "Friend", "kind": "rate", "basis_points": 50}],
        "plan_id": company.plan_id,
        "deposit_fen": 5_000_000,
    }
    company.act("manager_1", lambda s, a: company.engine(s, a).complete(task.id, terms))
    with pytest.raises(NotAllowed):
        case.decide("manager_1")
    case.decide("manager_2")
    assert case.waiting_at == ["await_deposit"]


def test_nobody_without_the_role_decides(case: Case) -> None:
    case.enter_terms(off=100)
    for name in ("wei", "cashier", "gm_1"):
        with pytest.raises(NotAllowed):
            case.decide(name)


def test_a_returned_discount_goes_back_to_the_terms_and_is_asked_again(company: Company, case: Case) -> None:
    case.enter_terms(off=300)
    case.decide("manager_1")
    case.decide("gm_1", "returned", opinion="Two per cent is enough")
    assert case.waiting_at == ["enter_terms"]
    case.enter_terms(off=200)
    case.decide("manager_2")
    case.decide("gm_1")
    assert case.waiting_at == ["await_deposit"]
    approval = company.read(lambda s: s.scalars(select(SaleApproval)).one())
    assert approval.approvers == [company.people["manager_2"], company.people["gm_1"]]


def test_after_a_return_the_list_price_needs_nobody(company: Company, case: Case) -> None:
    case.enter_terms(off=100)
    case.decide("manager_1", "returned", opinion="No")
    case.enter_terms()
    assert case.waiting_at == ["await_deposit"]
    assert company.read(lambda s: s.scalars(select(SaleApproval)).all()) == []


def test_a_rejected_discount_ends_the_sale_and_frees_the_unit(company: Company, case: Case) -> None:
    case.enter_terms(off=100)
    case.decide("manager_1", "rejected", opinion="Below our line")
    assert case.ended_at[-1] == "offer_closed"
    assert (case.sale().state, company.unit().status) == ("closed", "available")


def test_returning_and_rejecting_need_a_reason(case: Case) -> None:
    case.enter_terms(off=100)
    with pytest.raises(AnswersInvalid) as caught:
        case.decide("manager_1", "rejected")
    assert list(caught.value.errors) == ["opinion"]


def test_a_buyer_who_withdraws_during_approval_frees_the_unit(company: Company, case: Case) -> None:
    case.enter_terms(off=100)
    case.withdraw()
    assert case.ended_at[-1] == "offer_closed"
    assert case.waiting_at == []
    assert company.unit().status == "available"


def test_approvers_are_reminded_and_an_old_request_comes_back(company: Company, case: Case) -> None:
    case.enter_terms(off=100)
    company.later(hours=24)
    assert case.waiting_at == ["decide"]
    assert "reminded" in case.ended_at
    company.at(datetime(2026, 3, 11, 16, 0, tzinfo=UTC))  # seven working days are over
    assert case.waiting_at == ["enter_terms"]
    assert "expired" in case.ended_at


def test_a_vacant_role_s_step_goes_to_the_next_higher_role(company: Company, case: Case) -> None:
    leave(company, "manager_1", "manager_2")
    case.enter_terms(off=100)
    assert case.task("decide").candidates[0].startswith("project_gm@")
    case.decide("gm_1")
    assert case.waiting_at == ["await_deposit"]


def test_one_person_takes_one_step(company: Company, case: Case) -> None:
    leave(company, "manager_1", "manager_2", "gm_2")
    case.enter_terms(off=200)
    case.decide("gm_1")
    assert case.task("decide").candidates[0].startswith("city_gm@")
    with pytest.raises(NotAllowed):
        case.decide("gm_1")
    case.decide("city_gm_1")
    assert case.waiting_at == ["await_deposit"]


def test_where_nobody_at_all_may_decide_the_administrator_fills_the_vacancy(company: Company, case: Case) -> None:
    leave(company, "manager_1", "manager_2", "gm_1", "gm_2", "city_gm_1", "pricing_1")
    case.enter_terms(off=100)
    assert case.waiting_at == ["fill_vacancy"]
    with company.database.unit_of_work() as session:
        session.execute(update(Staff).where(Staff.id == company.people["gm_2"]).values(active=True))
    case.complete("fill_vacancy", "admin", filled=True)
    case.decide("gm_2")
    assert case.waiting_at == ["await_deposit"]


def test_what_was_approved_is_what_is_subscribed(company: Company, case: Case) -> None:
    case.enter_terms(off=100)
    company.clock.advance(timedelta(hours=1))
    case.decide("manager_1")
    sale = case.sale()
    assert (sale.approved_version, sale.terms_version) == (1, 1)
