"""A sale ends while it changes, at each place where its processes wait for the change.

What may not end yet says so and leaves everything; what ends takes the order, the filing and the mortgage with it, and
the unit is free last (DOMAIN §10.7).
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.api import InstanceFilter
from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.changes.errors import ChangeRefused
from ledger.changes.operations import withdraw_change
from ledger.mortgages.models import MortgageCase
from ledger.sales.errors import FilingStands
from ledger.sales.operations import cancel_sale
from ledger.sales.stage_models import Contract, Filing
from tests.stories.changing_sales import (
    SIGNERS,
    approve,
    ask,
    execute,
    filed,
    lump_plan,
    order_of,
    signed,
    supplement_today,
)
from tests.stories.company import DEPOSIT, Case, Company
from tests.stories.standing import found_by, standing, told
from tests.stories.test_approved_but_no_longer_so import discount, waits_for_the_change
from tests.stories.test_sale_cancellation import NOBODY, give_papers_back, pay_all


def end_sale(company: Company, sale: Case) -> None:
    """The ledger's own verb ends the sale; its money is the cancellation's to settle, which calls it last."""
    sale_id = sale.sale().id
    company.act("manager_1", lambda s, a: cancel_sale(s, a, company.clock, sale_id=sale_id, reason="moves away"))


def clear_filing(company: Company, case: Case) -> None:
    """The authority cancels the filing."""
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="a change")


def mortgage_of(company: Company, sale: Case) -> MortgageCase:
    """The mortgage of a sale."""
    query = select(MortgageCase).where(MortgageCase.sale_id == sale.sale().id)
    return company.read(lambda s: s.scalars(query).one())


def running(company: Company, process: str) -> list[Case]:
    """The running cases of a process."""
    wanted = InstanceFilter(definition_keys=(process,), states=("active",))
    rows = company.read(lambda s: company.engine(s, SYSTEM).find_instances(wanted)).rows
    return [Case(company, row.id) for row in rows]


def is_over(company: Company, sale: Case, case: Case) -> None:
    """The order has failed, the contract is rescinded, the mortgage closed, the home free, nobody has to act."""
    order = order_of(company, case)
    assert (order.state, order.ended_because, case.waits()) == ("failed", "moves away", [])
    assert told(company, "change_order_ended") == {"wei"}
    assert (sale.sale().stage, sale.sale().close_kind, sale.waits()) == ("closed", "cancelled", [])
    assert company.read(lambda s: s.scalars(select(Contract.state)).one()) == "rescinded"
    assert company.read(lambda s: s.scalars(select(Filing.state)).one()) == "cancelled"
    mortgage = mortgage_of(company, sale)
    assert (mortgage.close_reason, Case(company, str(mortgage.instance_id)).ended_at[-1]) == ("sale_over", "ended")
    assert company.unit().status == "available"
    assert running(company, "filing_again") == []


@pytest.mark.parametrize("approved", [False, True])
def test_a_signed_sale_ends_while_its_filing_waits_for_a_change(company: Company, approved: bool) -> None:
    sale = signed(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    if approved:
        approve(case, *SIGNERS)
    assert waits_for_the_change(company, sale)
    books = standing(company, sale.sale().id).books
    end_sale(company, sale)
    is_over(company, sale, case)
    assert (sale.ended_at[-1], case.ended_at[-1]) == ("ended_after_signing", "off")
    assert standing(company, sale.sale().id).books == books


def test_a_filed_sale_ends_only_once_the_authority_has_cancelled(company: Company) -> None:
    sale = filed(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    approve(case, *SIGNERS)
    before = standing(company, sale.sale().id)
    with pytest.raises(FilingStands):
        end_sale(company, sale)
    assert standing(company, sale.sale().id) == before
    assert (order_of(company, case).state, case.waiting_at) == ("waiting", ["clear_filing"])
    clear_filing(company, case)
    end_sale(company, sale)
    is_over(company, sale, case)
    assert case.ended_at[-1] == "off"


@pytest.fixture
def again(company: Company) -> tuple[Case, Case]:
    """A contract whose change was withdrawn after the authority had cancelled the filing: to be filed again."""
    sale = filed(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump_plan(company))
    approve(case, *SIGNERS)
    clear_filing(company, case)
    order_id = order_of(company, case).id
    company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="they stay"))
    (filing,) = running(company, "filing_again")
    return sale, filing


def test_another_change_is_waited_for_before_a_contract_is_filed_again(
    company: Company, again: tuple[Case, Case]
) -> None:
    sale, filing = again
    case = ask(company, "discount", sale, **discount(company))
    assert (filing.waiting_at, found_by(company, "filer", filing)) == (["await_change"], {})
    case.decide("manager_1", "rejected", opinion="no")
    assert filing.waiting_at == ["submit_filing"]
    case = ask(company, "discount", sale, **discount(company))
    approve(case, "manager_1", "gm_1")
    execute(case, **supplement_today(company))
    assert (filing.waiting_at, running(company, "filing_again")) == (["submit_filing"], [filing])
    filing.submit()
    day = business_date(company.clock).isoformat()
    filing.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-3", answered_on=day)
    assert (filing.ended_at[-1], sale.sale().stage) == ("filed_again", "filed")


def test_a_cancellation_that_is_executed_ends_the_filing_again(company: Company, again: tuple[Case, Case]) -> None:
    sale, filing = again
    case = ask(company, "sale_cancellation", sale, cause="agreed")
    approve(case, *NOBODY)
    give_papers_back(case)
    execute(case, "filer")
    assert (order_of(company, case).state, filing.ended_at[-1], filing.waits()) == (
        "executed",
        "over_by_change",
        [],
    )
    assert (sale.sale().stage, company.unit().status) == ("closed", "available")
    assert pay_all(company) == {"refund": DEPOSIT}


def test_while_the_authority_has_the_contract_no_sale_ends_and_no_change_begins(
    company: Company, again: tuple[Case, Case]
) -> None:
    sale, filing = again
    filing.submit()
    before = standing(company, sale.sale().id)
    with pytest.raises(FilingStands):
        end_sale(company, sale)
    with pytest.raises(ChangeRefused) as early:
        ask(company, "sale_cancellation", sale, cause="agreed")
    assert (early.value.code, early.value.field) == ("change_filing_submitted", "sale_id")
    assert (standing(company, sale.sale().id), filing.waiting_at) == (before, ["record_answer"])
