"""A loan pays most of a home: papers, verdict, contract, pre-notice, money, registration, and what goes wrong."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ledger.mortgages import concluding
from ledger.mortgages.errors import MortgageInvalid
from ledger.mortgages.kinds import LenderKind
from tests.stories.chasing import ZONE, Chase
from tests.stories.company import LIST_PRICE, Case, Company
from tests.stories.lending import LOAN, Mortgage


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
    loan = mortgage.loan()
    mortgage.company.act(
        "loans",
        lambda s, a: concluding.allow_registration(
            s, a, mortgage.company.clock, loan_id=loan.id, possible_on=date(2026, 3, 2)
        ),
    )
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
    mortgage.to_the_bank()
    with pytest.raises(MortgageInvalid) as refused:
        mortgage.verdict("less", approved_fen=LOAN, verdict_reason="income")
    assert (refused.value.code, refused.value.field) == ("mortgage_not_less", "approved_fen")
    mortgage.verdict("less", approved_fen=770_000_00, verdict_reason="income")
    assert mortgage.loan().step == "short"
    for name in ("manager_1", "gm_1", "treasurer", "legal_1", "city_gm_1"):
        assert mortgage.waits() == ["decide"]
        mortgage.do("decide", name, decision="approved")
    assert mortgage.waits() == ["sign_supplement"]
    assert sum(line[1] for line in mortgage.price_lines()) == LIST_PRICE
    mortgage.do("sign_supplement", supplement_on=mortgage.today, gap_due_on="2026-03-31")
    assert mortgage.price_lines() == [
        ("deposit", 50_000_00, "buyer", 50_000_00),
        ("down_payment", 340_000_00, "buyer", 0),
        ("loan", 770_000_00, "bank", 0),
        ("down_payment", 120_000_00, "buyer", 0),
    ]
    assert mortgage.company.todos("collect") == [120_000_00, 340_000_00, 770_000_00]
    mortgage.sign_and_prenote()
    mortgage.bank_pays()
    assert mortgage.waits() == ["await_possible"]
    assert mortgage.story()[-1] == "funded"
