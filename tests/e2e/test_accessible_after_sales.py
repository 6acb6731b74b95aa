"""The pages of what follows a sale that no other walk opens: price plans, banks, what was on time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import propose_prices
from ledger.mortgages.models import MortgageBank
from tests.e2e.axe import is_sound_everywhere
from tests.e2e.office import Office
from tests.stories.changing_sales import signed
from tests.stories.company import FLOOR_PRICE, LIST_PRICE
from tests.stories.lending import Mortgage

pytestmark = pytest.mark.timeout(300)


def propose(office: Office) -> str:
    """The sales manager wants 20,000 more for every home from the day after tomorrow on."""
    company = office.company
    about = {
        "project_id": company.project_id,
        "prices": {unit: Prices(LIST_PRICE + 20_000_00, FLOOR_PRICE) for unit in company.units},
        "effective_at": company.clock.now() + timedelta(days=2),
        "note": "二批次加推",
    }
    return company.act("manager_1", lambda s, a: propose_prices(s, a, company.clock, **about).id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_prices_banks_and_what_was_on_time_are_sound(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    company = office.company
    version_id = propose(office)
    mortgage = Mortgage(company, signed(company))
    mortgage.apply()
    company.later(days=20)  # The papers are late by now.
    mortgage.collect()
    manager = office.desk("manager_1")
    for address in ("/units/prices", f"/units/prices/{version_id}", "/progress/", "/progress/steps"):
        manager.goto(address)
        is_sound_everywhere(manager)
    expect(manager.locator("tbody tr")).not_to_have_count(0)
    bank_id = company.read(lambda s: s.scalars(select(MortgageBank.id)).first())
    admin = office.desk("admin")
    for address in ("/mortgages/banks", f"/mortgages/banks/{bank_id}"):
        admin.goto(address)
        is_sound_everywhere(admin)
    assert office.faults == []
