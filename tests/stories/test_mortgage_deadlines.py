"""Each step of a loan has its last day: then the clerk hears who is late, three days later the sales manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.mortgages.kinds import Step
from ledger.mortgages.queries import LoanFilter, board, list_loans
from ledger.organisation.operations import set_parameter
from ledger.progress.kinds import Family
from ledger.progress.queries import steps_of
from tests.stories.changing_sales import SIGNERS, approve, ask, lump_plan
from tests.stories.chasing import ZONE
from tests.stories.company import Company
from tests.stories.lending import WAITS_FOR_CHANGE, Mortgage

MANAGERS = ["manager_1", "manager_2"]


@pytest.fixture
def mortgage(company: Company) -> Mortgage:
    """The loan of a contract signed on 2 March; registration is to become possible within thirty days."""
    with company.database.unit_of_work() as session:
        where = {"path": "/keyturn/", "name": "mortgage_possible_days", "value": 30}
        set_parameter(session, SYSTEM, company.clock, effective_from=date(2026, 1, 1), **where)
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.pay()
    case.sign()
    return Mortgage(company, case)


def to_submit(mortgage: Mortgage) -> None:
    """All papers are there."""
    mortgage.apply()
    mortgage.collect()


def to_sign(mortgage: Mortgage) -> None:
    """The bank lends in full."""
    mortgage.to_the_bank()
    mortgage.verdict("full")


def to_prenotice(mortgage: Mortgage) -> None:
    """The loan contract is signed."""
    to_sign(mortgage)
    mortgage.do("sign_loan", loan_no="ICBC-2026-77", signed_on=mortgage.today)


def to_funding(mortgage: Mortgage) -> None:
    """The pre-notice is registered: the bank is to pay."""
    to_prenotice(mortgage)
    mortgage.do("register_prenotice", prenotice_no="沪预告001", prenotice_on=mortgage.today)


def to_possible(mortgage: Mortgage) -> None:
    """The bank has paid; the building is not registered."""
    to_funding(mortgage)
    mortgage.bank_pays()


def to_short(mortgage: Mortgage) -> None:
    """The bank lends less; five days later the supplement is approved and waits for the buyer's signature."""
    mortgage.to_the_bank()
    mortgage.verdict("less", approved_fen=770_000_00, verdict_reason="income", gap_due_on="2026-03-31")
    mortgage.company.later(days=5)
    approve(mortgage.change(), *SIGNERS)


def to_route(mortgage: Mortgage) -> None:
    """The bank refuses, through nobody's fault."""
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="quota used up", fault="nobody")


@dataclass(frozen=True)
class Late:
    """A step that gets late: how the loan comes there, until when it is in time, through whom it is late.

    ``seen`` is what the buyer's page calls it; nothing where the step is none of his.
    """

    come: Callable[[Mortgage], None]
    waits: list[str]
    last_day: date
    through: str
    seen: str | None


STEPS = {
    Step.SUBMIT: Late(to_submit, ["submit_papers"], date(2026, 3, 5), "developer", "submitted"),
    Step.SIGN: Late(to_sign, ["sign_loan"], date(2026, 3, 9), "buyer", "loan_contract"),
    Step.PRENOTICE: Late(to_prenotice, ["register_prenotice"], date(2026, 3, 17), "developer", "pre_notice"),
    Step.FUNDING: Late(to_funding, ["await_money"], date(2026, 3, 17), "bank", "funding"),
    Step.POSSIBLE: Late(to_possible, ["await_possible"], date(2026, 4, 1), "developer", None),
    Step.SHORT: Late(to_short, WAITS_FOR_CHANGE, date(2026, 3, 12), "buyer", None),
    Step.ROUTE: Late(to_route, ["decide_route"], date(2026, 3, 7), "developer", None),
}


def after(day: date) -> datetime:
    """A minute after a day is over at the project."""
    return datetime(day.year, day.month, day.day, 0, 1, tzinfo=ZONE) + timedelta(days=1)


def late_on_the_board(mortgage: Mortgage) -> list[tuple[str, int, str | None]]:
    """The loans that the clerk's board calls late: step, days late, through whom."""
    clerk, today = mortgage.company.actor("loans"), business_date(mortgage.company.clock)
    where = LoanFilter(late_on=today)
    rows = mortgage.company.read(lambda s: list_loans(s, clerk, where, on=today))
    cells = mortgage.company.read(lambda s: board(s, clerk, LoanFilter(), on=today))
    assert sum(cell.late for cell in cells.values()) == len(rows)
    return [(row.step.value, row.late, row.late_through) for row in rows]


def late_for_the_buyer(mortgage: Mortgage) -> list[str]:
    """The open steps that his page calls late."""
    rows = mortgage.company.read(lambda s: steps_of(s, [mortgage.sale_id])).get(mortgage.sale_id, [])
    return [row.step for row in rows if row.family is Family.MORTGAGE and row.delayed_at and row.ended_at is None]


@pytest.mark.parametrize("step", list(STEPS))
def test_a_step_whose_last_day_is_over_is_told_to_the_clerk_and_then_to_the_manager(
    mortgage: Mortgage, step: Step
) -> None:
    late, company = STEPS[step], mortgage.company
    template = f"mortgage_late_{late.through}"
    late.come(mortgage)
    assert (mortgage.loan().step, mortgage.loan().step_due_on) == (step, late.last_day)
    company.at(after(late.last_day) - timedelta(minutes=2))  # The last day is in time.
    assert (mortgage.told(template), late_on_the_board(mortgage)) == ([], [])

    company.at(after(late.last_day))
    assert mortgage.told(template) == ["loans"]
    assert late_on_the_board(mortgage) == [(step.value, 1, late.through)]
    assert late_for_the_buyer(mortgage) == ([late.seen] if late.seen else [])
    assert mortgage.waits() == late.waits

    company.at(after(late.last_day + timedelta(days=2)))
    assert mortgage.told(template) == ["loans"]
    company.at(after(late.last_day + timedelta(days=3)))
    assert mortgage.told(template) == ["loans", *MANAGERS]
    company.later(days=4)
    assert mortgage.told(template) == ["loans", *MANAGERS]
    assert (mortgage.loan().step, mortgage.waits()) == (step, late.waits)


def test_a_change_in_between_tells_nobody_twice_and_the_manager_no_sooner(mortgage: Mortgage) -> None:
    company, late = mortgage.company, STEPS[Step.SIGN]
    template = f"mortgage_late_{late.through}"
    late.come(mortgage)
    plan = lump_plan(company)

    def change_that_comes_to_nothing() -> None:
        order = ask(company, "payment_plan_change", mortgage.sale, plan_id=plan)
        order.decide("manager_1", "rejected", opinion="no")
        company.run_due()
        assert mortgage.waits() == late.waits

    company.at(after(late.last_day))
    change_that_comes_to_nothing()
    assert mortgage.told(template) == ["loans"]
    company.at(after(late.last_day + timedelta(days=3)))
    assert mortgage.told(template) == ["loans", *MANAGERS]
    change_that_comes_to_nothing()
    company.later(days=10)
    assert mortgage.told(template) == ["loans", *MANAGERS]
    assert mortgage.loan().escalated == 2


def test_nobody_asks_for_the_change_that_was_chosen(mortgage: Mortgage) -> None:
    company, late = mortgage.company, STEPS[Step.ROUTE]
    mortgage.to_the_bank()
    mortgage.verdict("refused", verdict_reason="credit record", fault="buyer")
    company.at(after(late.last_day))
    assert (mortgage.told("mortgage_late_buyer"), mortgage.told("mortgage_late_developer")) == (["loans"], [])
    mortgage.do("decide_route", route="pay_otherwise", fault="buyer", route_reason="pays in one sum")
    company.run_due()
    assert (mortgage.waits(), mortgage.told("mortgage_late_buyer")) == (["see_it_through"], ["loans"])
    company.at(after(late.last_day + timedelta(days=3)))
    assert mortgage.told("mortgage_late_buyer") == ["loans", *MANAGERS]
    assert late_on_the_board(mortgage) == [("route", 4, "buyer")]
    company.later(days=4)
    assert mortgage.told("mortgage_late_buyer") == ["loans", *MANAGERS]
    assert mortgage.waits() == ["see_it_through"]
