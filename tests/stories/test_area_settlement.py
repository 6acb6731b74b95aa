"""Settling measured areas: in batch, posted once, the buyer's choice as a wait, changes and rescission in between."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import business_date
from ledger.finance.kinds import ReceivableKind, ReceivableState
from ledger.finance.models import MoneyTodo, Receivable
from ledger.finance.operations import pay_compensation, pay_refund
from ledger.finance.queries import sale_account
from ledger.finance.receivables import current_schedule
from ledger.organisation.operations import set_parameter
from ledger.surveys import runs
from ledger.surveys.models import AreaSettlement, BuildingRun
from tests.stories.company import DEPOSIT, LIST_PRICE, Company
from tests.stories.measuring import CLERK, Surveyed
from webapp.titles import running

LOAN = 890_000_00  # 七成, 取整到万元
DOWN = LIST_PRICE - LOAN - DEPOSIT


@pytest.fixture
def surveyed(company: Company) -> Surveyed:
    return Surveyed(company)


def total(surveyed: Surveyed, sale_id: str) -> int:
    """The sealed total of the receivables in force."""
    schedule = surveyed.company.read(lambda s: current_schedule(s, sale_id))
    assert schedule is not None
    return schedule.total_fen


def loan(surveyed: Surveyed, sale_id: str) -> list[tuple[int, ReceivableState]]:
    """The loan's lines, as they always were."""
    query = select(Receivable).where(Receivable.sale_id == sale_id, Receivable.kind == ReceivableKind.LOAN)
    return [(x.amount_fen, x.state) for x in surveyed.company.read(lambda s: s.scalars(query).all())]


def asked(surveyed: Surveyed) -> list[tuple[str, int]]:
    """The sales that finance is to collect an area difference of, with fen."""
    query = select(MoneyTodo.sale_id, MoneyTodo.amount_fen).where(
        MoneyTodo.note == "area_settlement", MoneyTodo.state == "open"
    )
    return [(row.sale_id, row.amount_fen) for row in surveyed.company.read(lambda s: s.execute(query).all())]


def pay_out(company: Company, kind: str) -> None:
    """Finance pays the open to-do of a kind."""
    query = select(MoneyTodo).where(MoneyTodo.kind == kind, MoneyTodo.state == "open")
    todo = company.read(lambda s: s.scalars(query).one())
    today = business_date(company.clock)

    def pay(session: Session, actor: Actor) -> None:
        if kind == "refund":
            pay_refund(session, actor, company.clock, refund_id=todo.refund_id, paid_on=today)
        else:
            pay_compensation(session, actor, company.clock, compensation_id=todo.compensation_id, paid_on=today)

    company.act("cashier", pay)


def test_a_building_is_settled_in_one_run_and_each_sale_goes_its_own_way(surveyed: Surveyed) -> None:
    company = surveyed.company
    more, less, same, far = (surveyed.sell(n, paid_fen=DOWN if n == 1 else None) for n in range(4))
    survey_id = surveyed.survey(u101="102.50", u201="98.00", u401="104.50")
    run = surveyed.settle(survey_id, most=1)
    assert (run.state, run.total, run.done) == ("running", 4, 1)
    running.work(company.database, run.id)
    run = company.read(lambda s: s.get_one(BuildingRun, run.id))
    assert (run.state, run.done, run.failed) == ("ended", 4, 0)

    assert surveyed.settlement(more).difference_fen == 32_000_00
    assert total(surveyed, more) == LIST_PRICE + 32_000_00
    assert surveyed.case(more).waiting_at == ["await_money"]
    assert asked(surveyed) == [(more, 32_000_00)]
    assert loan(surveyed, more) == [(LOAN, ReceivableState.PLANNED)]

    assert total(surveyed, less) == LIST_PRICE - 25_600_00
    assert company.todos("refund") == [25_600_00]
    assert company.credit(less) == 0

    assert "nothing" in surveyed.case(same).ended_at
    assert total(surveyed, same) == LIST_PRICE
    assert surveyed.case(far).waiting_at == ["choose"]
    assert total(surveyed, far) == LIST_PRICE

    company.pay(key="topped up", sale_id=more, note="area_settlement")
    assert surveyed.settlement(more).state == "settled"
    assert "settled" in surveyed.case(more).ended_at
    pay_out(company, "refund")
    assert surveyed.settlement(less).state == "settled"
    account = company.read(lambda s: sale_account(s, SYSTEM, less, date(2026, 3, 3)))
    assert sum(line.open_fen for line in account.lines) == LOAN

    assert company.read(lambda s: runs.unsettled_sales(s, surveyed.building_id)) == []
    assert company.read(lambda s: len(s.scalars(select(AreaSettlement.id)).all())) == 4


def test_beyond_plus_three_per_cent_the_buyer_keeps_and_pays_three(surveyed: Surveyed) -> None:
    sale_id = surveyed.sell()
    surveyed.settle(surveyed.survey(u101="104.50"))
    case = surveyed.case(sale_id)
    today = business_date(surveyed.company.clock).isoformat()
    case.complete("choose", CLERK, choice="keep", answered_on=today)
    row = surveyed.settlement(sale_id)
    assert (row.difference_fen, row.borne_fen, row.compensation_fen) == (38_400_00, 19_200_00, 0)
    assert total(surveyed, sale_id) == LIST_PRICE + 38_400_00
    assert case.waiting_at == ["await_money"]


def test_below_minus_three_per_cent_the_excess_comes_twice_the_second_time_as_compensation(
    surveyed: Surveyed,
) -> None:
    company = surveyed.company
    sale_id = surveyed.sell(paid_fen=DOWN)
    surveyed.settle(surveyed.survey(u101="95.00"))
    case = surveyed.case(sale_id)
    case.complete("choose", CLERK, choice="keep", answered_on=business_date(company.clock).isoformat())
    assert (company.todos("refund"), company.todos("compensate")) == ([64_000_00], [25_600_00])
    assert total(surveyed, sale_id) == LIST_PRICE - 64_000_00
    pay_out(company, "refund")
    assert case.waiting_at == ["await_money"]
    pay_out(company, "compensate")
    assert "settled" in case.ended_at


def test_no_answer_is_reminded_decided_by_the_manager_and_may_be_asked_again(surveyed: Surveyed) -> None:
    company = surveyed.company
    sale_id = surveyed.sell()
    surveyed.settle(surveyed.survey(u101="104.50"))
    case = surveyed.case(sale_id)
    company.later(days=24)
    assert "reminded" in case.ended_at
    company.later(days=8)
    assert case.waiting_at == ["decide_unanswered"]
    case.complete("decide_unanswered", "manager_1", unanswered="ask_again", unanswered_reason="was abroad")
    assert case.waiting_at == ["choose"]
    company.later(days=32)
    case.complete("decide_unanswered", "manager_1", unanswered="keep", unanswered_reason="the contract says so")
    assert surveyed.settlement(sale_id).choice == "keep"
    assert total(surveyed, sale_id) == LIST_PRICE + 38_400_00


def test_a_change_order_is_waited_for_and_the_area_is_reckoned_anew(surveyed: Surveyed) -> None:
    sale_id = surveyed.sell()
    surveyed.settle(surveyed.survey(u101="104.50"))
    case = surveyed.case(sale_id)
    case.publish("change_opened", {"sale_id": sale_id}, kind="discount", order_id="o1")
    assert "choose" not in case.waiting_at
    case.publish("change_executed", {"sale_id": sale_id}, kind="discount", order_id="o1")
    assert case.waiting_at == ["choose"]
    case.publish("change_opened", {"sale_id": sale_id}, kind="discount", order_id="o2")
    case.publish("change_ended", {"sale_id": sale_id}, kind="discount", order_id="o2")
    assert case.waiting_at == ["choose"]


def test_tax_and_fund_follow_the_settled_price_and_area(surveyed: Surveyed) -> None:
    company = surveyed.company
    with company.database.unit_of_work() as session:
        for name, value in (("deed_tax_basis_points", 150), ("maintenance_fund_fen_per_m2", 50_00)):
            where = {"path": "/keyturn/", "name": name, "value": value, "effective_from": date(2026, 1, 1)}
            set_parameter(session, SYSTEM, company.clock, **where)
    sale_id = surveyed.sell()
    kinds = (ReceivableKind.DEED_TAX, ReceivableKind.MAINTENANCE_FUND)
    query = select(Receivable.kind, Receivable.amount_fen).where(
        Receivable.sale_id == sale_id, Receivable.kind.in_(kinds), Receivable.state == ReceivableState.PLANNED
    )

    def charges() -> dict[str, int]:
        return dict(company.read(lambda s: s.execute(query).all()))

    assert charges() == {"deed_tax": 19_200_00, "maintenance_fund": 5_000_00}
    surveyed.settle(surveyed.survey(u101="102.50"))
    assert charges() == {"deed_tax": 19_680_00, "maintenance_fund": 5_125_00}
