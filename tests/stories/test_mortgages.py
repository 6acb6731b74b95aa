"""A loan pays most of a home: papers, verdict, contract, pre-notice, money, registration, and what goes wrong."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.facts import tell
from ledger.changes.models import ChangeOrder
from ledger.inventory.models import Unit
from ledger.mortgages.errors import CaseOpen, MortgageInvalid, NoLoanInPlan
from ledger.mortgages.kinds import LenderKind, LoanKind
from ledger.sales.operations import cancel_sale
from ledger.titles.facts import BuildingRegistered
from ledger.titles.models import BuildingTitle
from tests.stories.changing_sales import SIGNERS, approve, ask, execute, lump_plan, supplement_today
from tests.stories.chasing import ZONE, Chase
from tests.stories.company import LIST_PRICE, PROJECT, Case, Company
from tests.stories.lending import LOAN, WAITS_FOR_CHANGE, Mortgage, combined_plan
from tests.stories.measuring import Surveyed
from tests.stories.test_sale_cancellation import NOBODY, give_papers_back, pay_all


@pytest.fixture
def signed(company: Company) -> Case:
    """A contract over 1,280,000 of 2 March: deposit 50,000, down payment 340,000, loan 890,000 due on 1 May."""
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.pay()
    case.sign()
    return case


@pytest.fixture
def mortgage(company: Company, signed: Case) -> Mortgage:
    """The mortgage that the signed contract has begun."""
    return Mortgage(company, signed)


def test_a_loan_goes_from_papers_to_registration_and_the_banks_money_moves_it(mortgage: Mortgage) -> None:
    assert mortgage.case().state == "open"
    assert mortgage.waits() == ["choose_bank"]
    assert (mortgage.loan().amount_fen, mortgage.loan().step) == (LOAN, "apply")
    mortgage.apply()
    assert mortgage.waits() == ["collect_papers"]
    mortgage.collect()
    mortgage.do("submit_papers", submitted_on=mortgage.today, bank_no="SL-001")
    mortgage.verdict("full")
    mortgage.sign_and_prenote()
    assert mortgage.waits() == ["await_money"]
    mortgage.bank_pays()
    assert mortgage.loan().funded_on == date(2026, 3, 2)
    assert mortgage.waits() == ["await_possible"]
    mortgage.registration_is_possible(date(2026, 3, 2))
    assert mortgage.waits() == ["register_mortgage"]
    mortgage.do("register_mortgage", registration_no="沪他001", registered_on=mortgage.today)
    assert (mortgage.loan().state, mortgage.case().close_reason) == ("registered", "registered")
    assert mortgage.process().ended_at[-1] == "done"


def test_a_loan_above_the_price_or_the_plan_or_off_its_steps_is_refused_by_field(mortgage: Mortgage) -> None:
    for fen, code in (
        (LIST_PRICE + 10_000_00, "mortgage_above_price"),
        (LOAN + 10_000_00, "mortgage_above_receivable"),
        (LOAN - 1_00, "mortgage_amount_step"),
    ):
        with pytest.raises(MortgageInvalid) as refused:
            mortgage.apply(fen)
        assert (refused.value.code, refused.value.field) == (code, "amount_fen")
    fund = mortgage.another_bank("上海公积金中心", LenderKind.FUND_CENTRE)
    with pytest.raises(MortgageInvalid) as refused:
        mortgage.apply(product_id=fund)
    assert (refused.value.code, refused.value.field) == ("mortgage_wrong_lender", "product_id")
    assert (mortgage.waits(), mortgage.loan().attempt) == (["choose_bank"], 0)


def test_papers_are_complete_only_with_every_required_one_and_late_ones_are_the_buyers(mortgage: Mortgage) -> None:
    mortgage.apply()
    mortgage.tick(2)
    with pytest.raises(MortgageInvalid) as refused:
        mortgage.do("collect_papers", complete_on=mortgage.today)
    assert (refused.value.code, refused.value.params["papers"]) == ("mortgage_papers_missing", ["收入证明"])
    with pytest.raises(MortgageInvalid):
        mortgage.tick(1, 2, received_on=date(2026, 3, 3))
    mortgage.company.at(datetime(2026, 3, 18, 0, 1, tzinfo=ZONE))
    assert (mortgage.loan().late_through, mortgage.told("mortgage_late_buyer")) == ("buyer", ["loans"])
    chase = Chase(mortgage.company, mortgage.sale_id)
    chase.on(date(2026, 5, 2))
    assert ("buyer", ["loan"]) in [(p.role, chase.lines_of(p)) for p in chase.proposals()]
    assert mortgage.told("mortgage_late_buyer") == ["loans", "manager_1", "manager_2"]
    assert mortgage.waits() == ["collect_papers"]
    mortgage.collect()
    assert mortgage.loan().late_through is None


def test_the_couple_loses_120_000_of_the_loan_and_signs_a_supplement(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.to_the_bank()
    with pytest.raises(MortgageInvalid) as refused:
        mortgage.verdict("less", approved_fen=LOAN, verdict_reason="income", gap_due_on="2026-03-31")
    assert (refused.value.code, refused.value.field) == ("mortgage_not_less", "approved_fen")
    with pytest.raises(MortgageInvalid) as refused:
        mortgage.verdict("less", approved_fen=770_000_00, verdict_reason="income")
    assert (refused.value.code, refused.value.field) == ("required", "gap_due_on")
    mortgage.verdict("less", approved_fen=770_000_00, verdict_reason="income", gap_due_on="2026-03-31")
    assert (mortgage.waits(), mortgage.case().waits_for) == (WAITS_FOR_CHANGE, "supplement")
    order = mortgage.change()
    approve(order, *SIGNERS)
    assert sum(line[1] for line in mortgage.price_lines()) == LIST_PRICE
    execute(order, **supplement_today(company))
    assert mortgage.price_lines() == [
        ("deposit", 50_000_00, "buyer", 50_000_00),
        ("down_payment", 340_000_00, "buyer", 0),
        ("loan", 770_000_00, "bank", 0),
        ("down_payment", 120_000_00, "buyer", 0),
    ]
    assert company.todos("collect") == [120_000_00, 340_000_00, 770_000_00]
    assert (mortgage.waits(), mortgage.case().waits_for) == (["sign_loan"], None)
    mortgage.sign_and_prenote()
    mortgage.bank_pays()
    assert mortgage.waits() == ["await_possible"]
    assert (mortgage.story()[-1], mortgage.loan().approved_fen) == ("funded", 770_000_00)


def test_a_supplement_that_is_refused_opens_the_way_after_a_refusal(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.verdict("less", approved_fen=770_000_00, verdict_reason="income", gap_due_on="2026-03-31")
    mortgage.change().decide("manager_1", "rejected", opinion="no")
    assert (mortgage.waits(), mortgage.loan().step) == (["decide_route"], "route")


def test_a_refused_loan_goes_to_another_bank_with_its_own_list(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="quota used up", fault="nobody")
    assert (mortgage.waits(), mortgage.loan().step) == (["decide_route"], "route")
    mortgage.do("decide_route", route="other_bank", fault="nobody", route_reason="CCB lends")
    assert mortgage.waits() == ["choose_bank"]
    mortgage.apply(product_id=mortgage.another_bank())
    assert (mortgage.loan().attempt, mortgage.waits()) == (2, ["collect_papers"])
    mortgage.collect()
    mortgage.do("submit_papers", submitted_on=mortgage.today)
    mortgage.verdict("full")
    assert mortgage.waits() == ["sign_loan"]


def test_a_refused_buyer_pays_otherwise_and_no_loan_is_left(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="credit record", fault="buyer")
    assert (mortgage.loan().fault, mortgage.loan().late_through) == ("buyer", "buyer")
    mortgage.do("decide_route", "manager_1", route="pay_otherwise", fault="buyer", route_reason="pays in one sum")
    assert mortgage.waits() == ["see_it_through"]
    assert mortgage.loan().late_through == "buyer"
    order = ask(company, "payment_plan_change", mortgage.sale, plan_id=lump_plan(company))
    assert mortgage.waits() == WAITS_FOR_CHANGE
    approve(order, *SIGNERS)
    execute(order, **supplement_today(company))
    assert (mortgage.loan().state, mortgage.case().close_reason) == ("withdrawn", "plan_changed")
    assert mortgage.process().ended_at[-1] == "no_loan_left"


def test_a_change_holds_the_loan_and_it_goes_on_where_it_stood(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.apply()
    order = ask(company, "payment_plan_change", mortgage.sale, plan_id=lump_plan(company))
    assert (mortgage.waits(), mortgage.case().waits_for) == (WAITS_FOR_CHANGE, "payment_plan_change")
    order.decide("manager_1", "rejected", opinion="no")
    assert (mortgage.waits(), mortgage.loan().attempt) == (["collect_papers"], 1)
    mortgage.collect()
    assert mortgage.waits() == ["submit_papers"]


def test_a_closed_sale_takes_its_loan_back_from_the_bank(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.company.act(
        "manager_1",
        lambda s, a: cancel_sale(s, a, mortgage.company.clock, sale_id=mortgage.sale_id, reason="agreed"),
    )
    assert (mortgage.loan().state, mortgage.loan().ended_because) == ("withdrawn", "sale_over")
    assert (mortgage.case().close_reason, mortgage.process().ended_at[-1]) == ("sale_over", "ended")


def test_the_pre_notice_lapses_when_nobody_registers_within_90_days_of_being_possible(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.sign_and_prenote()
    mortgage.bank_pays()
    company.later(days=200)
    mortgage.registration_is_possible(date(2026, 9, 1))
    company.at(datetime(2026, 11, 30, 23, 59, tzinfo=ZONE))
    assert (mortgage.loan().prenotice_lapsed_on, mortgage.told("mortgage_lapsed")) == (None, [])
    company.at(datetime(2026, 12, 1, 0, 1, tzinfo=ZONE))
    assert mortgage.loan().prenotice_lapsed_on == date(2026, 12, 1)
    assert set(mortgage.told("mortgage_lapsed")) == {"loans", "manager_1", "manager_2"}
    mortgage.do("register_mortgage", registration_no="沪他001", registered_on=mortgage.today)
    assert (mortgage.loan().state, mortgage.process().ended_at[-1]) == ("registered", "done")


def test_the_bank_is_late_and_its_clerk_is_told_before_the_manager(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.company.at(datetime(2026, 3, 18, 0, 1, tzinfo=ZONE))
    assert (mortgage.told("mortgage_late_bank"), mortgage.loan().late_through) == (["loans"], "bank")
    mortgage.company.later(days=2)
    assert mortgage.told("mortgage_late_bank") == ["loans"]
    mortgage.company.later(days=1)
    assert mortgage.told("mortgage_late_bank") == ["loans", "manager_1", "manager_2"]
    assert mortgage.waits() == ["enter_verdict"]
    mortgage.verdict("full")
    assert (mortgage.loan().late_through, mortgage.loan().late_on) == (None, None)


def test_money_that_came_before_the_loan_contract_moves_the_case_when_it_gets_there(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.bank_pays()
    mortgage.verdict("full")
    mortgage.sign_and_prenote()
    assert (mortgage.waits(), mortgage.story()[-1]) == (["await_possible"], "funded")


def test_a_part_of_the_money_does_not_fund_the_loan(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.sign_and_prenote()
    mortgage.bank_pays(amount_fen=500_000_00)
    assert mortgage.waits() == ["await_money"]
    mortgage.bank_pays(amount_fen=390_000_00)
    assert mortgage.waits() == ["await_possible"]


def test_a_combined_plan_runs_both_loans_side_by_side(company: Company) -> None:
    case = company.start(entry="walk_in")
    case.enter_terms(off=0, plan_id=combined_plan(company))
    company.pay()
    case.sign()
    mortgage = Mortgage(company, case)
    assert mortgage.waits() == ["choose_bank"]
    fund = mortgage.another_bank("公积金中心", LenderKind.FUND_CENTRE)
    mortgage.do_for(LoanKind.FUND, "choose_bank", product_id=fund, amount_fen=500_000_00, months=240)
    assert mortgage.waits() == ["choose_bank", "collect_papers"]
    assert mortgage.seen() == [("papers_fund", None)]
    mortgage.do_for(
        LoanKind.LOAN, "choose_bank", product_id=mortgage.product_id, amount_fen=390_000_00, months=360
    )
    order = ask(company, "payment_plan_change", case, plan_id=company.plan_id)
    approve(order, *SIGNERS)
    execute(order, **supplement_today(company))
    assert (mortgage.loan(LoanKind.FUND).state, mortgage.loan().amount_fen) == ("withdrawn", LOAN)
    assert mortgage.waits() == ["choose_bank"]
    assert mortgage.seen() == [("papers", "stopped"), ("papers_fund", "stopped")]


def test_a_loan_refused_for_good_ends_the_sale_with_the_fault_filled_in(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="quota used up", fault="nobody")
    mortgage.do("decide_route", route="cancel", fault="nobody", route_reason="no bank lends")
    order = mortgage.change()
    asked = company.read(lambda s: s.scalars(select(ChangeOrder).where(ChangeOrder.instance_id == order.id)).one())
    assert (asked.kind, asked.wanted["cause"], asked.wanted["loan_fault"]) == (
        "sale_cancellation",
        "loan_refused",
        "neither",
    )
    assert (mortgage.waits(), mortgage.case().waits_for) == (WAITS_FOR_CHANGE, "sale_cancellation")
    approve(order, *NOBODY)
    give_papers_back(order)
    execute(order)
    assert mortgage.sale.sale().stage == "closed"
    assert (mortgage.loan().ended_because, mortgage.case().close_reason) == ("sale_over", "sale_over")
    assert pay_all(company)["refund"] == 50_000_00
    assert company.kept() == []


def test_a_cancellation_by_the_buyers_fault_that_is_rejected_leaves_the_way_open(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="false income proof", fault="buyer")
    mortgage.do("decide_route", route="cancel", fault="buyer", route_reason="credit record")
    order = mortgage.change()
    order.decide("manager_1", "rejected", opinion="find another bank")
    assert (mortgage.waits(), mortgage.loan().step) == (["decide_route"], "route")


def test_a_building_that_is_registered_lets_its_loans_go_on(mortgage: Mortgage) -> None:
    company = mortgage.company
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.sign_and_prenote()
    mortgage.bank_pays()
    assert mortgage.waits() == ["await_possible"]
    survey_id = Surveyed(company).survey()

    def register(session: Session, _actor: Actor) -> None:
        unit = session.get_one(Unit, company.units[0])
        session.add(
            BuildingTitle(
                building_id=unit.building_id, project_id=unit.project_id, path=unit.path, survey_id=survey_id,
                no="沪房权001", registered_on=date(2026, 3, 2), noted_by="admin", at=company.clock.now(),
            )
        )  # fmt: skip
        session.flush()
        tell(session, BuildingRegistered(mortgage.sale_id, "case", unit.path))

    company.act("system", register)
    assert (mortgage.waits(), mortgage.loan().possible_on) == (["register_mortgage"], date(2026, 3, 2))
    assert mortgage.loan().step_due_on == date(2026, 5, 31)


def test_a_mortgage_is_begun_by_hand_once_and_only_where_the_plan_lends(
    mortgage: Mortgage, company: Company
) -> None:
    def begin(sale_id: str) -> None:
        company.act(
            "loans", lambda s, a: company.engine(s, a).start("mortgage", {"sale_id": sale_id}, scope=PROJECT)
        )

    with pytest.raises(CaseOpen) as running:
        begin(mortgage.sale_id)
    assert running.value.field == "sale_id"
    other = company.start(entry="walk_in", unit_id=company.units[1])
    with pytest.raises(NoLoanInPlan) as unsigned:
        begin(other.sale().id)
    assert unsigned.value.field == "sale_id"
    ending = mortgage.process().id
    company.act("system", lambda s, a: company.engine(s, a).cancel(ending, "entered twice"))
    assert (mortgage.case().close_reason, mortgage.loan().state) == ("ended", "withdrawn")
    begin(mortgage.sale_id)
    assert (mortgage.case().state, mortgage.waits()) == ("open", ["choose_bank"])
