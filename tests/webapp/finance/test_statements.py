"""Clerks bring bank statements in the browser: looked at first, refused by line, taken in once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from tests.ledger.banking.bank import NUMBER, Bank
from tests.stories.company import Company
from tests.webapp.house import Browser

PAGE = "/finance/statements"
NEW = f"{PAGE}/accounts/new"


@pytest.fixture
def bank() -> Bank:
    """Two payments of yesterday."""
    bank = Bank()
    bank.line(50_000_00, memo="1栋101定金 林晚")
    bank.line(20_000_00, memo="利息")
    return bank


@pytest.fixture
def account(clerk: Browser, company: Company) -> str:
    """The supervised account; its id."""
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    return clerk.post(NEW, given, page=NEW).location.rpartition("account=")[2]


def bring(clerk: Browser, account: str, content: bytes, name: str = "march.csv"):
    """Send a file."""
    return clerk.post(PAGE, {"account": account, "file": (io.BytesIO(content), name)}, page=PAGE)


def test_a_file_is_looked_at_and_then_taken_in(clerk: Browser, account: str, bank: Bank) -> None:
    look = bring(clerk, account, bank.csv()).location
    page = clerk.get(look).text
    assert "Every line can go in" in page and page.count("New line</span>") == 2
    taken = clerk.post(look, {}, page=look)
    shown = clerk.get(taken.location).text
    assert "2 lines taken in, 0 were here already" in shown
    assert "**** 1234" in shown and "6222020000001234" not in shown
    assert clerk.get(look).status_code == 404


def test_the_same_file_again_says_that_nothing_is_new(clerk: Browser, account: str, bank: Bank) -> None:
    for _ in range(2):
        look = bring(clerk, account, bank.csv()).location
        answer = clerk.post(look, {}, page=look)
    assert "all 2 lines of this file are here already" in clerk.get(answer.location).text


def test_each_reason_is_told_with_its_line_and_field_and_the_button_is_off(
    clerk: Browser, account: str, bank: Bank
) -> None:
    bank.rows[1][5] = "1"
    look = bring(clerk, account, bank.csv()).location
    page = clerk.get(look).text
    assert "Line 4, Balance: the balance does not follow from the line before" in page
    assert "should be ¥1,070,000.00" in page
    assert re.search(r"type=\"submit\" data-key=\"c\" disabled", page)
    assert clerk.post(look, {}, page=look).status_code == 422
    assert "No statement yet" in clerk.get(PAGE).text


def test_columns_are_chosen_where_the_headings_are_unknown(clerk: Browser, account: str, bank: Bank) -> None:
    bank.headings = [name.replace("余额", "Stand") for name in bank.headings]
    look = bring(clerk, account, bank.csv()).location
    assert "Line 2, Balance: no heading stands for this column" in clerk.get(look).text
    assert "Every line can go in" in clerk.get(f"{look}?column-balance=Stand").text
    clerk.post(look, {"column-balance": "Stand"}, page=look)
    bank.line(1_00)
    assert "Every line can go in" in clerk.get(bring(clerk, account, bank.csv()).location).text


def test_what_is_no_statement_is_told_at_once(clerk: Browser, account: str) -> None:
    for content, name, said in (
        (b"%PDF-1.7", "a.csv", "The file is no .csv file"),
        (b"", "a.csv", "The file is empty"),
        (b"hello\n", "a.csv", "no line with headings"),
    ):
        answer = bring(clerk, account, content, name)
        assert answer.status_code == 422 and said in answer.text
    assert clerk.post(PAGE, {"account": account}, page=PAGE).status_code == 422


def test_a_file_that_is_left_is_gone(clerk: Browser, account: str, bank: Bank) -> None:
    look = bring(clerk, account, bank.csv()).location
    clerk.post(f"{look}/leave", {}, page=look)
    assert clerk.get(look).status_code == 404


def test_a_wrong_account_is_told_by_its_field(clerk: Browser, company: Company, account: str) -> None:
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    for field, value in (("name", "监管户"), ("number", "12"), ("account", "credit")):
        answer = clerk.post(NEW, {**given, "name": "新户", field: value}, page=NEW)
        assert answer.status_code == 422 and f'id="e-{field}"' in answer.text


def test_who_takes_no_money_sees_no_statement(
    at_desk: Callable[[str], Browser], clerk: Browser, account: str, bank: Bank
) -> None:
    bring(clerk, account, bank.csv())
    consultant = at_desk("wei")
    assert ">Bank</a>" not in consultant.get("/finance/receipts").text
    assert consultant.get(NEW).status_code == 403
