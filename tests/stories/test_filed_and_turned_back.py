"""A filed contract whose change is turned back after the authority had cancelled the filing is not left unfiled."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ledger.changes.operations import withdraw_change
from ledger.sales.stage_models import Contract, Filing
from tests.stories.changing_sales import (
    SIGNERS,
    approve,
    ask,
    execute,
    filed,
    lump_plan,
    order_of,
    supplement_today,
)
from tests.stories.company import Case, Company
from tests.stories.standing import found_by
from tests.stories.test_approved_but_no_longer_so import pay_down
from tests.stories.test_sale_ends_while_changing import clear_filing, running


@pytest.fixture(name="turned_back")
def _turned_back(company: Company) -> tuple[Case, Case, str]:
    """Approved, the filing cancelled; then the down payment came, and the execution was refused."""
    sale, plan = filed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=plan)
    approve(case, *SIGNERS)
    clear_filing(company, case)
    pay_down(company, sale)
    execute(case, **supplement_today(company))
    assert (order_of(company, case).state, case.waiting_at) == ("returned", ["mend"])
    return sale, case, plan


def states(company: Company) -> tuple[str, str]:
    """How contract and filing stand."""
    return company.read(lambda s: (s.scalars(select(Contract.state)).one(), s.scalars(select(Filing.state)).one()))


def test_asked_for_again_and_executed_it_is_filed_with_the_change(
    company: Company, turned_back: tuple[Case, Case, str]
) -> None:
    sale, case, plan = turned_back
    case.complete("mend", "wei", goes_on="again", plan_id=plan, reason="the rest in one sum")
    approve(case, *SIGNERS)
    assert case.waiting_at == ["execute"]
    execute(case, **supplement_today(company))
    assert (order_of(company, case).state, states(company)) == ("executed", ("signed", "to_file"))
    assert found_by(company, "filer", case) == {"submit_filing": None}
    case.submit()
    day = company.clock.now().date().isoformat()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-2", answered_on=day)
    assert (case.instance().state, sale.sale().stage, states(company)) == (
        "completed",
        "filed",
        ("filed", "accepted"),
    )


@pytest.mark.parametrize("how", ["given_up", "not_mended", "withdrawn", "called_off"])
def test_come_to_nothing_it_is_filed_as_it_was(
    company: Company, turned_back: tuple[Case, Case, str], how: str
) -> None:
    _, case, _ = turned_back
    order_id = order_of(company, case).id
    if how == "given_up":
        case.complete("mend", "wei", goes_on="drop")
    elif how == "not_mended":
        company.later(days=16)
    elif how == "withdrawn":
        company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order_id, reason="stays"))
    else:
        company.act("analyst", lambda s, a: company.engine(s, a).cancel(case.id, reason="drawn wrongly"))
    ends = {"given_up": "withdrawn", "not_mended": "expired", "called_off": "failed"}
    assert (order_of(company, case).state, case.waits()) == (ends.get(how, how), [])
    (again,) = running(company, "filing_again")
    assert (again.waiting_at, states(company)) == (["submit_filing"], ("signed", "to_file"))
