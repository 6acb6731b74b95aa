"""A buyer rescinds because of the area: the cancellation is asked for by itself, waits where it must, and is paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.changes.models import ChangeOrder
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.finance.receivables import current_schedule
from ledger.sales.models import Sale
from tests.stories.changing_sales import approve, ask, execute, order_of, supplement_today
from tests.stories.company import DEPOSIT, LIST_PRICE, Case, Company
from tests.stories.measuring import CLERK, Surveyed
from tests.stories.test_sale_cancellation import NOBODY, give_papers_back, pay_all
from webapp.portal.sending import buyer_actor

DOWN = LIST_PRICE - 890_000_00 - DEPOSIT


@pytest.fixture
def surveyed(company: Company) -> Surveyed:
    return Surveyed(company)


@pytest.fixture
def asked(surveyed: Surveyed) -> Case:
    """100 m² are 95: the buyer, who has paid deposit and down payment, is asked to choose."""
    sale_id = surveyed.sell(paid_fen=DOWN)
    surveyed.settle(surveyed.survey(u101="95.00"))
    return surveyed.case(sale_id)


def rescind(case: Case, name: str = CLERK, *, on: date | None = None) -> None:
    """The clerk enters the buyer's word."""
    day = on or business_date(case.company.clock)
    case.complete("choose", name, choice="rescind", answered_on=day.isoformat())


def sale_of(case: Case) -> Case:
    """The sale's own case."""
    company = case.company
    return Case(company, str(company.read(lambda s: s.get_one(Sale, case.data["sale_id"])).instance_id))


def orders(company: Company) -> list[ChangeOrder]:
    """The change orders, oldest first."""
    return list(company.read(lambda s: s.scalars(select(ChangeOrder).order_by(ChangeOrder.id)).all()))


def cancellation(company: Company) -> Case:
    """The case of the newest order."""
    order = orders(company)[-1]
    assert order.kind == "sale_cancellation"
    return Case(company, str(order.instance_id))


def due_days(company: Company) -> set[date]:
    """By when finance pays what is ordered."""
    kinds = (TodoKind.REFUND, TodoKind.COMPENSATE)
    query = select(MoneyTodo.due_on).where(MoneyTodo.kind.in_(kinds), MoneyTodo.state == TodoState.OPEN)
    return set(company.read(lambda s: s.scalars(query).all()))


def test_the_cancellation_opens_by_itself_and_brings_price_and_interest_back(
    surveyed: Surveyed, asked: Case
) -> None:
    company, sale, begun = surveyed.company, sale_of(asked), business_date(surveyed.company.clock)
    rescind(asked)
    [order] = orders(company)
    assert (order.kind, order.wanted["cause"], order.fault) == ("sale_cancellation", "area_difference", "neither")
    assert order.applied_by == company.people[CLERK]
    last = begun + timedelta(days=30)
    assert order.after["back_by"] == last.isoformat()
    case = cancellation(company)
    assert case.data["change_text"].endswith(last.isoformat())
    assert asked.waiting_at == ["see_cancellation"]
    assert asked.task("see_cancellation").due_at.date() >= last
    assert asked.seen_by("manager_1", "see_cancellation")["rescind_by"] == last.isoformat()
    company.later(days=9)
    approve(case, *NOBODY)
    give_papers_back(case)
    execute(case)
    assert "voided" in asked.ended_at
    assert (sale.sale().stage, surveyed.settlement(sale.sale().id).state) == ("closed", "withdrawn")
    assert due_days(company) == {last}
    paid = pay_all(company)
    assert paid["refund"] == DEPOSIT + DOWN
    # 3 % a year over 360, nine days, for each receipt.
    assert paid["compensate"] == sum((fen * 9 * 3 + 18_000) // 36_000 for fen in (DEPOSIT, DOWN))
    assert case.instance().state == "completed"


def test_a_buyer_who_answers_on_his_page_has_his_consultant_ask_for_it(surveyed: Surveyed, asked: Case) -> None:
    company, sale = surveyed.company, sale_of(asked).sale()
    task, day = asked.task("choose"), business_date(company.clock).isoformat()
    buyer = buyer_actor(sale.customer_id)
    with company.database.unit_of_work(buyer) as session:
        company.engine(session, buyer).complete(task.id, {"choice": "rescind", "answered_on": day})
    [order] = orders(company)
    assert order.applied_by == sale.owner_id == company.people["wei"]
    assert asked.waiting_at == ["see_cancellation"]


def test_a_cancellation_that_comes_to_nothing_asks_the_buyer_again(surveyed: Surveyed, asked: Case) -> None:
    company, sale_id = surveyed.company, sale_of(asked).sale().id
    rescind(asked)
    cancellation(company).decide("legal_1", "rejected", opinion="talk to him first")
    assert (asked.waiting_at, surveyed.settlement(sale_id).state) == (["choose"], "asking")
    rescind(asked)
    assert [order.state for order in orders(company)] == ["rejected", "approving"]
    assert asked.waiting_at == ["see_cancellation"]
    schedule = company.read(lambda s: current_schedule(s, sale_id))
    assert schedule is not None
    assert schedule.total_fen == LIST_PRICE


def test_it_waits_while_the_contract_lies_with_the_authority_and_says_so(surveyed: Surveyed, asked: Case) -> None:
    company, sale = surveyed.company, sale_of(asked)
    sale.submit()
    rescind(asked)
    assert (orders(company), asked.waiting_at) == ([], ["open_cancellation"])
    told = asked.seen_by("manager_1", "open_cancellation")["in_the_way"]
    assert told == "合同正在备案审核，须先取得备案结果。"
    company.later(days=1)
    assert (orders(company), asked.waiting_at) == ([], ["open_cancellation"])
    day = business_date(company.clock).isoformat()
    sale.complete("record_answer", CLERK, filing_answer="accepted", filing_no="BA-1", answered_on=day)
    company.later(days=1)
    assert asked.waiting_at == ["see_cancellation"]
    assert orders(company)[0].after["back_by"] == "2026-04-01"


def take_money(case: Case) -> str:
    """The cashier takes money of the sale that nobody has confirmed; returns the receipt."""
    company, sale_id = case.company, case.data["sale_id"]
    what = {"key": "late", "method": "transfer", "payer": "Lin Wan", "amount_fen": 1_000_00}
    today = business_date(company.clock)
    return company.act(
        "cashier", lambda s, a: take_receipt(s, a, company.clock, sale_id=sale_id, paid_on=today, **what).id
    )


def confirm(company: Company, receipt_id: str) -> None:
    """Finance confirms it."""
    company.act("cashier", lambda s, a: confirm_receipt(s, a, company.clock, receipt_id=receipt_id))


def test_it_waits_for_money_that_finance_has_not_confirmed_and_is_tried_when_the_manager_says_so(
    surveyed: Surveyed, asked: Case
) -> None:
    company, receipt = surveyed.company, take_money(asked)
    rescind(asked)
    assert asked.waiting_at == ["open_cancellation"]
    confirm(company, receipt)
    asked.complete("open_cancellation", "manager_1")
    assert asked.waiting_at == ["see_cancellation"]
    assert len(orders(company)) == 1


@pytest.fixture
def discount(asked: Case) -> Case:
    """While the cancellation waits for unconfirmed money, the consultant asks for a discount for the buyer."""
    company, receipt = asked.company, take_money(asked)
    rescind(asked)
    assert asked.waiting_at == ["open_cancellation"]
    case = ask(
        company, "discount", sale_of(asked), discounts=[{"kind": "rate", "name": "VIP", "basis_points": 100}]
    )
    assert asked.waiting_at == ["see_cancellation"]
    confirm(company, receipt)
    return case


def cancellation_is_in_the_way(asked: Case, discount: Case) -> None:
    """The manager asks for the cancellation again and is told which change is open."""
    asked.complete("see_cancellation", "manager_1")
    assert asked.waiting_at == ["open_cancellation"]
    told = asked.seen_by("manager_1", "open_cancellation")["in_the_way"]
    assert told.startswith("该交易有其他变更正在办理。")
    assert order_of(asked.company, discount).no in told


def grant(discount: Case) -> None:
    """The discount goes all its way."""
    approve(discount, "manager_1")
    execute(discount, **supplement_today(discount.company))


def test_who_is_granted_a_discount_meanwhile_chooses_anew_at_the_new_price(
    surveyed: Surveyed, asked: Case, discount: Case
) -> None:
    grant(discount)
    settlement = surveyed.settlement(asked.data["sale_id"])
    assert (asked.waiting_at, settlement.state, settlement.choice) == (["choose"], "asking", None)
    assert settlement.contract_fen == LIST_PRICE * 99 // 100
    assert [order.kind for order in orders(surveyed.company)] == ["discount"]


def test_a_change_in_the_way_that_is_rejected_lets_the_cancellation_be_asked_for(
    asked: Case, discount: Case
) -> None:
    cancellation_is_in_the_way(asked, discount)
    discount.decide("manager_1", "rejected", opinion="he leaves anyway")
    assert [(order.kind, order.state) for order in orders(asked.company)] == [
        ("discount", "rejected"),
        ("sale_cancellation", "approving"),
    ]
    assert asked.waiting_at == ["see_cancellation"]


def test_a_change_in_the_way_that_is_executed_lets_the_cancellation_be_asked_for(
    asked: Case, discount: Case
) -> None:
    cancellation_is_in_the_way(asked, discount)
    grant(discount)
    last = orders(asked.company)[-1]
    assert (last.kind, last.state, last.wanted["cause"]) == ("sale_cancellation", "approving", "area_difference")
    assert last.before["deal_price_fen"] == LIST_PRICE * 99 // 100
    assert asked.waiting_at == ["see_cancellation"]


def test_the_last_day_warns_the_sales_manager_and_goes_up_when_it_is_over(surveyed: Surveyed, asked: Case) -> None:
    rescind(asked)
    company = surveyed.company
    approve(cancellation(company), *NOBODY)
    company.later(days=24)
    assert asked.task("see_cancellation").priority == 90
    company.later(days=8)
    assert asked.task("see_cancellation").priority == 95


def test_a_buyer_who_chose_is_not_told_that_he_is_late(surveyed: Surveyed, asked: Case) -> None:
    rescind(asked)
    assert "rescinds" in asked.ended_at
    assert order_of(surveyed.company, cancellation(surveyed.company)).reason.startswith("面积误差 100.00 → 95.00")
