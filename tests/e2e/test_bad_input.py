"""What people type or send wrongly comes back with the field or the reason, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from ledger.documents.models import Document
from ledger.finance.models import Receipt
from tests.e2e import acts
from tests.e2e.office import Office
from tests.e2e.picking import pick

MEBIBYTE = 1024 * 1024
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    """An office with homes to sell."""
    return open_office("en")


def count(office: Office, model: type) -> int:
    """How many rows a table has."""
    return int(office.company.read(lambda s: s.scalar(select(func.count()).select_from(model))) or 0)


def refusal_of(page: Page, name: str) -> str:
    """What stands under a field that was refused."""
    place = page.locator(f"[id='e-{name}']")
    expect(place).to_be_visible()
    return place.inner_text()


def test_a_file_of_fifty_megabytes_is_refused_in_words(office: Office, tmp_path: Path) -> None:
    big = tmp_path / "prices.csv"
    big.write_bytes(b"1,2,3\n" * (50 * MEBIBYTE // 6))
    page = office.desk("manager_1")
    page.goto("/units/price-lists")
    page.locator("[name=file]").set_input_files(big)
    office.press(page, "Read the file")
    expect(page.get_by_role("main")).to_contain_text("At most 20.0 MB")
    assert count(office, Document) == 0


def test_a_picture_with_the_name_of_a_price_list_is_refused_in_words(office: Office, tmp_path: Path) -> None:
    picture = tmp_path / "prices.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page = office.desk("manager_1")
    page.goto("/units/price-lists")
    page.locator("[name=file]").set_input_files(picture)
    office.press(page, "Read the file")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    assert count(office, Document) == 0


def test_deposits_that_cannot_be_are_refused_at_their_field(office: Office) -> None:
    page = office.desk("wei")
    acts.begin_sale(office, page, "1栋-101", "Lin")
    pick(page, "#f-plan_id", office.plan_name[:2], office.plan_name)
    said = []
    for typed in ("0", "-5", "50000.125", "99999999999999", "fifty"):
        page.locator("[name=deposit_fen]").fill(typed)
        office.press(page, "Complete")
        said.append(refusal_of(page, "deposit_fen"))
        expect(page.locator("[name=deposit_fen]")).to_have_attribute("aria-invalid", "true")
    assert all(said)


def test_receipts_that_cannot_be_are_refused_at_their_field(office: Office) -> None:
    page = office.desk("wei")
    acts.begin_sale(office, page, "1栋-101", "Lin")
    acts.enter_terms(office, page, percent="1", deposit="50000")
    acts.approve(office, office.desk("manager_1"))
    cashier = office.desk("cashier")
    acts.open_receipt_form(cashier)
    for typed in ("0", "-5", "50000.125", "99999999999999"):
        cashier.locator("[name=amount]").fill(typed)
        office.press(cashier, "Take the receipt")
        assert refusal_of(cashier, "amount")
    assert count(office, Receipt) == 0
