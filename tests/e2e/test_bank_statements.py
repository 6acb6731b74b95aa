"""A cashier brings a bank statement, confirms what is certain at the keyboard, and matches one line by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ledger.banking.models import LineStanding
from ledger.banking.operations import open_bank_account
from ledger.finance.models import Receipt
from tests.e2e.office import Office
from tests.ledger.banking.bank import NUMBER, Bank

pytestmark = pytest.mark.timeout(300)
YESTERDAY = "20261011"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_is_brought_confirmed_in_bulk_and_the_rest_by_hand(
    open_office: Callable[..., Office], language: str, tmp_path: Path
) -> None:
    office = open_office(language)
    company = office.company
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    company.act("treasurer", lambda s, a: open_bank_account(s, a, company.clock, **given))
    case = company.start(entry="walk_in")
    case.enter_terms()
    unit, bank = company.unit().unit_no, Bank()
    bank.line(50_000_00, memo=f"1栋{unit}定金", payer="马超", day=YESTERDAY)
    bank.line(7_000_00, memo="往来", payer="王芳", day=YESTERDAY)
    file = tmp_path / "流水.csv"
    file.write_bytes(bank.csv())

    page = office.desk("cashier")
    page.goto("/finance/statements")
    page.set_input_files("[name=file]", str(file))
    office.press(page, "Read the file")
    page.wait_for_url("**/uploads/*")
    expect(page.locator("tbody").get_by_text(office.words("New line"), exact=True)).to_have_count(2)
    page.keyboard.press("c")
    expect(page.get_by_text(office.words("Match the lines"))).to_be_visible()
    office.follow(page, "Match the lines")

    expect(page.get_by_text(office.words("The memo names this home."))).to_be_visible()
    expect(page.locator("tbody").get_by_text(office.words("Certain"), exact=True)).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text(office.words("Confirmed"), exact=True)).to_be_visible()
    assert case.waiting_at == ["sign_contract"]

    page.keyboard.press("n")
    expect(page.get_by_text(office.words("Nothing was found for this line"))).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.type(unit)
    page.keyboard.press("Enter")
    page.locator("#by-hand li a").click()
    expect(page.locator("[name^='fen-credit']")).to_have_value("7,000.00")
    office.press(page, "Confirm as divided")
    expect(page.get_by_text(office.words("Every line is matched"))).to_be_visible()
    assert set(company.read(lambda s: s.scalars(select(LineStanding.state)).all())) == {"matched"}
    assert len(company.read(lambda s: s.scalars(select(Receipt)).all())) == 2
    assert not office.faults
