"""A clerk counts a receipt anew or moves it to another sale: before and after are shown, bad input posts nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from kernel.clock import business_date
from ledger.finance.models import Allocation, JournalEntry, JournalTransaction, Receipt, ReceiptMove
from ledger.finance.operations import confirm_receipt, take_receipt
from ledger.sales.operations import cancel_sale
from tests.stories.company import Case, Company
from tests.webapp.house import Browser


@pytest.fixture
def paid(company: Company, sold: Case) -> str:
    """A deposit of 50,000 that was paid with 100 too much; the receipt's id."""
    return company.pay(50_000_00 + 100_00)


@pytest.fixture
def other(company: Company) -> Case:
    """A sale of another home."""
    return company.start(entry="walk_in", unit_id=company.units[1], customer_id=company.customers["zhou"])


@pytest.fixture
def credit(company: Company, other: Case) -> str:
    """Money that came in for the other sale and settles nothing; the receipt's id."""
    sale_id, day = other.sale().id, business_date(company.clock)
    money = {"amount_fen": 9_000_00, "method": "transfer", "paid_on": day, "payer": "Zhou Min"}

    def take(session, actor):
        receipt = take_receipt(session, actor, company.clock, key="other", sale_id=sale_id, **money)
        confirm_receipt(session, actor, company.clock, receipt_id=receipt.id)
        return receipt.id

    return company.act("cashier", take)


def written(company: Company) -> tuple[int, int]:
    """How many journal transactions and allocations there are."""
    return company.read(
        lambda s: tuple(s.scalar(select(func.count()).select_from(t)) for t in (JournalTransaction, Allocation))
    )


def field_of(page: str) -> str:
    return re.search(r'name="(line-[^"]+)"', page)[1]


def test_a_receipt_is_counted_anew_after_before_and_after_were_seen(
    clerk: Browser, company: Company, sold: Case, paid: str
) -> None:
    desk = f"/finance/receipts/{paid}/allocation"
    page = clerk.get(desk).text
    assert "Interest is settled first" in page
    line, before = field_of(page), written(company)
    assert 'value="50000.00"' in page
    seen = clerk.post(desk, {line: "30000"}, page=desk)
    assert seen.status_code == 200
    for told in ("Before and after", "¥50,000.00", "¥30,000.00", "¥20,000.00", "¥20,100.00"):
        assert told in seen.text
    assert written(company) == before
    done = clerk.post(desk, {line: "30000", "seen": "1"}, page=desk)
    assert done.status_code == 302
    assert company.credit(sold.sale().id) == 20_100_00
    assert 'value="50000.00"' in clerk.get(f"{desk}?suggest=1").text


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("50000.01", "more than is open"),
        ("60000", "more than the receipt still holds"),
        ("1.005", "at most two decimals"),
        ("-5", "above zero"),
        ("€5", "euros"),
    ],
)
def test_bad_input_is_told_by_its_line_and_posts_nothing(
    clerk: Browser, company: Company, paid: str, amount: str, told: str
) -> None:
    desk = f"/finance/receipts/{paid}/allocation"
    line, before = field_of(clerk.get(desk).text), written(company)
    for seen in ({}, {"seen": "1"}):
        answer = clerk.post(desk, {line: amount, **seen}, page=desk)
        assert (answer.status_code, told in answer.text) == (422, True)
    assert written(company) == before


def test_another_sales_line_is_refused(clerk: Browser, company: Company, paid: str, credit: str) -> None:
    line = field_of(clerk.get(f"/finance/receipts/{paid}/allocation").text)
    desk, before = f"/finance/receipts/{credit}/allocation", written(company)
    answer = clerk.post(desk, {line: "10", "seen": "1"}, page=desk)
    assert (answer.status_code, "belongs to another sale" in answer.text) == (422, True)
    assert written(company) == before


def test_free_money_goes_to_another_sale_found_by_its_home(
    clerk: Browser, company: Company, sold: Case, other: Case, credit: str
) -> None:
    found = clerk.get(f"/lookup/sale?q=101&path={sold.sale().path}").text
    assert sold.sale().id in found
    assert other.sale().id not in found
    desk, to = f"/finance/receipts/{credit}/move", {"sale_id": sold.sale().id}
    seen = clerk.post(desk, to, page=desk)
    assert (seen.status_code, seen.text.count("¥9,000.00")) == (200, 3)
    assert company.read(lambda s: s.scalar(select(func.count()).select_from(ReceiptMove))) == 0
    assert clerk.post(desk, {**to, "seen": "1"}, page=desk).status_code == 302
    assert company.credit(other.sale().id) == 0


def test_a_part_goes_to_another_sale_as_a_receipt_of_its_own(
    at_desk: Callable[[str], Browser], company: Company, sold: Case, other: Case, paid: str
) -> None:
    treasurer = at_desk("treasurer")
    desk, to = f"/finance/receipts/{paid}/move", {"sale_id": other.sale().id}
    for amount, told in (("100.01", "can go to another sale"), ("-5", "above zero")):
        answer = treasurer.post(desk, {**to, "amount": amount}, page=desk)
        assert (answer.status_code, told in answer.text) == (422, True)
    before = written(company)
    seen = treasurer.post(desk, {**to, "amount": "60"}, page=desk)
    assert (seen.status_code, "¥40.00" in seen.text, written(company)) == (200, True, before)
    assert treasurer.post(desk, {**to, "amount": "60", "seen": "1"}, page=desk).status_code == 302
    assert (company.credit(sold.sale().id), company.credit(other.sale().id)) == (40_00, 60_00)
    amounts = company.read(lambda s: sorted(s.scalars(select(Receipt.amount_fen).where(Receipt.id != paid))))
    assert amounts == [60_00, 50_000_00 + 40_00]
    assert company.read(lambda s: s.scalar(select(func.sum(JournalEntry.amount_fen)))) == 0
    assert company.todos("collect") == []


def test_a_closed_sale_takes_no_money_and_counted_money_does_not_move(
    clerk: Browser, company: Company, sold: Case, other: Case, paid: str, credit: str
) -> None:
    desk = f"/finance/receipts/{paid}/move"
    answer = clerk.post(desk, {"sale_id": other.sale().id}, page=desk)
    assert (answer.status_code, "take the allocation back first" in answer.text) == (422, True)
    closing = {"sale_id": sold.sale().id, "reason": "moves away", "key": "end"}
    company.act("system", lambda s, a: cancel_sale(s, a, company.clock, **closing))
    desk = f"/finance/receipts/{credit}/move"
    answer = clerk.post(desk, {"sale_id": sold.sale().id, "seen": "1"}, page=desk)
    assert (answer.status_code, "is closed" in answer.text) == (422, True)
    assert clerk.post(desk, page=desk).status_code == 422


def test_the_receipts_page_leads_to_a_refund_filled_in(clerk: Browser, company: Company, credit: str) -> None:
    page = clerk.get(f"/finance/receipts/{credit}").text
    link = re.search(r'href="(/start/refund[^"]+)"', page)[1].replace("&amp;", "&")
    form = clerk.get(link).text
    assert 'value="9000.00"' in form or 'value="9,000.00"' in form
    asked = {
        "what": "refund",
        "receipt_id": credit,
        "amount_fen": "9000",
        "payee_is": "payer",
        "reason": "paid twice",
    }
    path = company.read(lambda s: s.get_one(Receipt, credit).path)
    assert clerk.post("/start/refund", {**asked, "at": path}, page=link).status_code == 302
    assert "Waits for approval" in clerk.get(f"/finance/receipts/{credit}").text
    refused = clerk.post("/start/refund", {**asked, "at": path}, page=link)
    assert (refused.status_code, "can be refunded" in refused.text) == (422, True)
