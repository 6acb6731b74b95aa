"""From a price list to a filed contract, by the people of a sales office in real browsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from ledger.finance.models import JournalEntry, Receipt, Receivable
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from tests.e2e import acts
from tests.e2e.office import Office

UNIT, LIST_PRICE = "3栋-302", 1_424_468_00
DEAL_PRICE, DEPOSIT = LIST_PRICE * 96 // 100, 50_000_00
APPROVERS = ("manager_2", "gm_1", "marketing_1", "city_finance_1")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_home_goes_from_the_price_list_to_the_filed_contract(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language, homes=False)
    office.grant_permit("(2026)房预售证第0187号", date(2026, 9, 11))
    acts.bring_in_price_list(office, office.desk("manager_1"))
    acts.put_prices_in_force(office)
    watching = office.desk("manager_1")
    watching.goto("/units/")
    cell = acts.cell_of(watching, UNIT)
    expect(cell).to_have_attribute("data-state", "available")

    consultant, cashier = office.desk("wei"), office.desk("cashier")
    acts.begin_sale(office, consultant, UNIT, "Lin")
    acts.enter_terms(office, consultant, percent="4", deposit="50000")
    for name in APPROVERS:
        acts.approve(office, office.desk(name))
    acts.take_money(office, cashier)
    expect(cell).to_have_attribute("data-state", "subscribed")
    acts.sign(office, consultant)
    expect(cell).to_have_attribute("data-state", "contracted")
    acts.file_contract(office, office.desk("filer"))

    sale = the_sale_is_filed_at_the_agreed_price(office)
    the_money_is_told_alike_everywhere(office, cashier, sale)
    assert office.faults == []


def the_sale_is_filed_at_the_agreed_price(office: Office) -> Sale:
    """The ledger after all of it."""
    sale = office.company.read(lambda s: s.scalars(select(Sale)).one())
    assert (sale.stage, sale.list_price_fen, sale.deal_price_fen) == ("filed", LIST_PRICE, DEAL_PRICE)
    assert office.company.read(lambda s: s.get_one(Unit, sale.unit_id)).status == "contracted"
    price = select(func.sum(Receivable.amount_fen)).where(
        Receivable.class_ == "price", Receivable.state == "planned"
    )
    assert office.company.read(lambda s: s.scalar(price)) == DEAL_PRICE
    return sale


def the_money_is_told_alike_everywhere(office: Office, cashier: Page, sale: Sale) -> None:
    """Account, receipt and journal on the pages say what the tables hold."""
    entries = office.company.read(lambda s: list(s.scalars(select(JournalEntry))))
    assert sum(entry.amount_fen for entry in entries) == 0
    received = sum(e.amount_fen for e in entries if e.account == "supervised" and e.amount_fen > 0)
    assert received == office.company.read(lambda s: s.scalar(select(func.sum(Receipt.amount_fen)))) == DEPOSIT
    cashier.goto(f"/finance/sales/{sale.id}")
    shown = cashier.get_by_role("main")
    expect(shown).to_contain_text("50,000.00")
    expect(shown).to_contain_text(yuan(DEAL_PRICE))
    cashier.goto("/finance/journal")
    debits, credits = column(cashier, -2), column(cashier, -1)
    assert debits == credits == sum(e.amount_fen for e in entries if e.amount_fen > 0)


def column(page: Page, place: int) -> int:
    """The sum of a column of the journal, in fen."""
    cells = [row.locator("td").all() for row in page.locator(".kt-columns table").first.locator("tbody tr").all()]
    digits = [re.sub(r"[^\d]", "", row[place].inner_text()) for row in cells]
    return sum(int(text) for text in digits if text)


def yuan(fen: int) -> str:
    """An amount as pages write it."""
    return f"{fen / 100:,.2f}"
