"""From a price list to a filed contract, by the people of a sales office in real browsers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from ledger.finance.models import JournalEntry
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from tests.e2e import acts
from tests.e2e.office import Office

UNIT, LIST_PRICE = "3栋-302", 1_424_468_00
DEAL_PRICE = LIST_PRICE * 96 // 100
APPROVERS = ("manager_2", "gm_1", "marketing_1", "city_finance_1")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_home_goes_from_the_price_list_to_the_filed_contract(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language, homes=False)
    office.grant_permit("(2026)房预售证第0187号", date(2026, 9, 11))
    acts.bring_in_price_list(office, office.desk("manager_1"))
    acts.put_prices_in_force(office, office.desk("gm_2"))

    watching = office.desk("manager_1")
    watching.goto("/units/")
    cell = acts.cell_of(watching, UNIT)
    expect(cell).to_have_attribute("data-state", "available")

    consultant = office.desk("wei")
    acts.begin_sale(office, consultant, UNIT, "Lin")
    acts.enter_terms(office, consultant, percent="4", deposit="50000")
    for name in APPROVERS:
        acts.approve(office, office.desk(name))
    cashier = office.desk("cashier")
    acts.take_money(office, cashier)
    expect(cell).to_have_attribute("data-state", "subscribed")
    acts.sign(office, consultant)
    expect(cell).to_have_attribute("data-state", "contracted")
    acts.file_contract(office, office.desk("filer"))

    assert office.faults == []
