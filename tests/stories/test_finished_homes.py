"""What is agreed of the certificate at signing, and a home that was finished when it was sold (现房)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kernel.clock import business_date
from ledger.sales.errors import DateInvalid
from ledger.surveys.kinds import RunKind
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from tests.stories.changing_sales import subscribed
from tests.stories.company import Case, Company
from tests.stories.lending import Mortgage
from tests.stories.test_title import Titling


def sign(case: Case, **agreed: str) -> None:
    """The contract is signed today with what is agreed."""
    day = business_date(case.company.clock).isoformat()
    checked = {"identities_checked": True, "all_buyers_signed": True}
    case.complete("sign_contract", **{"signed_on": day, "delivery_on": "2027-12-31", **agreed}, **checked)


def test_the_day_agreed_for_the_certificate_sets_its_clock_and_stands_in_the_contract(company: Company) -> None:
    sale, titling = subscribed(company), Titling(company)
    sign(sale, title_on="2028-06-30")
    titling.survey()
    titling.run(RunKind.TITLE)
    case = titling.title(sale.sale().id)
    assert (case.due_on, case.due_rule) == (date(2028, 6, 30), "contract")
    made = company.read(lambda s: s.scalars(select(MadePaper).where(MadePaper.kind == "contract")).one())
    assert company.read(lambda s: values_of(s, made))["title_on"] == "2028-06-30"


def test_a_day_for_the_certificate_before_hand_over_is_refused_by_field(company: Company) -> None:
    sale = subscribed(company)
    with pytest.raises(DateInvalid) as refused:
        sign(sale, title_on="2027-12-30")
    assert (refused.value.field, refused.value.params["earliest"]) == ("title_on", date(2027, 12, 31))
    assert sale.sale().stage == "subscribed"


@pytest.fixture
def registered(company: Company) -> Case:
    """A subscribed home whose building is surveyed and registered before the contract."""
    titling = Titling(company)
    titling.survey()
    titling.register()
    company.later(days=200)
    return subscribed(company)


def test_the_loan_of_a_finished_home_goes_to_the_money_without_a_pre_notice(
    company: Company, registered: Case
) -> None:
    sign(registered, delivery_on="2028-01-31")
    mortgage = Mortgage(company, registered)
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.do("sign_loan", loan_no="ICBC-2026-77", signed_on=mortgage.today)
    assert (mortgage.waits(), mortgage.loan().prenotice_on) == (["await_money"], None)
    mortgage.bank_pays()
    assert mortgage.waits() == ["register_mortgage"]
    # The 90 days count from the loan contract, not from the building's registration long before.
    assert mortgage.loan().step_due_on == business_date(company.clock) + timedelta(days=90)
    mortgage.do("register_mortgage", registration_no="沪他001", registered_on=mortgage.today)
    assert (mortgage.loan().state, mortgage.process().ended_at[-1]) == ("registered", "done")
    assert "pre_notice" not in dict(mortgage.seen())


def test_a_building_that_is_registered_after_the_contract_leaves_the_pre_notice(company: Company) -> None:
    sale, titling = subscribed(company), Titling(company)
    sign(sale)
    company.later(days=1)
    titling.survey()
    titling.register()
    mortgage = Mortgage(company, sale)
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.do("sign_loan", loan_no="ICBC-2026-77", signed_on=mortgage.today)
    assert mortgage.waits() == ["register_prenotice"]
