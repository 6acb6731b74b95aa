"""Papers by number at the desk: a range is received, money asks for its paper, it is printed, voided, exchanged."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ledger.documents.models import DocumentEvent
from ledger.finance.models import MoneyTodo
from ledger.papers.models import Paper, PaperRange
from tests.stories.company import Case, Company
from tests.webapp.finance.test_pages_open import statements
from tests.webapp.house import Browser

RANGE = {"kind": "receipt", "prefix": "A", "first": "0001", "last": "0003", "received_on": "2026-03-02"}


@pytest.fixture
def manager(at_desk: Callable[[str], Browser]) -> Browser:
    """The finance manager's browser."""
    return at_desk("treasurer")


@pytest.fixture
def ranges(manager: Browser, company: Company) -> None:
    """Three receipts and three invoices."""
    for changes in ({}, {"kind": "invoice", "prefix": "F"}):
        form = {**RANGE, **changes, "project": company.project_id}
        assert manager.post("/finance/ranges", form, page="/finance/ranges").status_code == 302


def due(company: Company) -> list[MoneyTodo]:
    """The papers that are due."""
    return company.read(lambda s: s.query(MoneyTodo).filter_by(kind="issue_paper", state="open").all())


def issued(company: Company) -> list[Paper]:
    """The papers in their order."""
    return company.read(lambda s: s.query(Paper).order_by(Paper.id).all())


def test_confirmed_money_asks_for_its_paper_and_the_to_do_issues_it(
    clerk: Browser, company: Company, ranges: None, deposit: MoneyTodo
) -> None:
    receipt = company.pay()
    printed = clerk.post(f"/finance/receipts/{receipt}/paper", page="/finance/receipts")
    assert printed.data.startswith(b"%PDF")
    (todo,) = due(company)
    assert "Issue the paper" in clerk.get(f"/finance/todos/{todo.id}").text
    assert clerk.post(f"/finance/todos/{todo.id}/done", page=f"/finance/todos/{todo.id}").status_code == 302
    assert due(company) == []
    (paper,) = issued(company)
    assert paper.label == "A0001"
    assert "A0001" in clerk.get(f"/finance/receipts/{receipt}").text
    page = f"/finance/papers/{paper.id}"
    assert "YUNXI-SJ-2026-000001" in clerk.get(page).text
    own = clerk.post(f"/finance/receipts/{receipt}/paper", page=page)
    assert own.status_code == 422
    assert "Paper A0001 acknowledges this money already" in own.text
    mine = company.read(lambda s: s.query(DocumentEvent).filter_by(kind="voided").all())
    assert [event.reason for event in mine] == ["A0001"]
    first, again, third = (clerk.post(f"{page}/print", page=page) for _ in "abc")
    assert first.data.startswith(b"%PDF")
    assert len({first.data, again.data, third.data}) == 3


def test_a_wrong_range_is_told_by_its_field(manager: Browser, company: Company, ranges: None) -> None:
    for field, value, sentence in (
        ("first", "x", "Write the number in digits"),
        ("last", "00009", "same number of digits"),
        ("last", "0000", "lies before the first"),
        ("prefix", "A B", "Use letters"),
        ("received_on", "soon", "choose a date"),
        ("first", "0002", "were received before"),
    ):
        form = {**RANGE, "project": company.project_id, field: value}
        answer = manager.post("/finance/ranges", form, page="/finance/ranges")
        assert answer.status_code == 422, (field, value)
        told = re.search(rf'id="e-{field}">.*?</div>', answer.text, re.S)
        assert told and sentence in told[0], (field, value)
    assert company.read(lambda s: s.query(PaperRange).count()) == 2


def test_receipts_are_voided_and_exchanged_and_the_day_stays_equal(
    clerk: Browser, manager: Browser, company: Company, ranges: None, sold: Case, deposit: MoneyTodo
) -> None:
    money = [company.pay(amount_fen=fen, key=str(fen)) for fen in (100_00, 200_00)]
    for receipt in money:
        assert clerk.post(f"/finance/receipts/{receipt}/issue", page="/finance/receipts").status_code == 302
    one, two = issued(company)
    void = clerk.post(f"/finance/papers/{one.id}/void", {"reason": "name misspelt"}, page="/finance/papers")
    assert void.status_code == 302
    assert "Papers are due" in clerk.get("/finance/papers/days").text
    clerk.post(f"/finance/receipts/{money[0]}/issue", page="/finance/receipts")
    three = issued(company)[-1]
    about = {"project": company.project_id, "id": [two.id, one.id]}
    refused = clerk.post("/finance/papers/exchange", about, page="/finance/papers")
    assert refused.status_code == 422
    assert "Paper A0001 is void or exchanged already" in refused.text
    done = clerk.post("/finance/papers/exchange", {**about, "id": [two.id, three.id]}, page="/finance/papers")
    page = clerk.get(done.location).text
    assert "F0001" in page
    assert "¥300.00" in page
    days = clerk.get("/finance/papers/days").text
    assert "Papers are due" not in days
    assert "Equal" in days
    spoil = {"reason": "jammed", "count": "2"}
    received = company.read(lambda s: s.query(PaperRange).filter_by(kind="invoice").one())
    blanks = f"/finance/ranges/{received.id}"
    assert clerk.post(f"{blanks}/spoil", {**spoil, "count": "x"}, page="/finance/ranges").status_code == 422
    assert clerk.post(f"{blanks}/return", {"reason": "x"}, page="/finance/ranges").status_code == 403
    assert clerk.post(f"{blanks}/spoil", {**spoil, "count": "1"}, page="/finance/ranges").status_code == 302
    assert manager.post(f"{blanks}/return", {"reason": "new forms"}, page="/finance/ranges").status_code == 302
    clerk.post("/language", {"language": "zh"}, page="/account/password")
    for page, words in (("papers", "空白作废"), ("ranges", "已退回 1"), ("papers/days", "已开票据")):
        assert words in clerk.get(f"/finance/{page}").text


def test_no_number_left_says_what_to_do(
    clerk: Browser, manager: Browser, company: Company, deposit: MoneyTodo
) -> None:
    form = {**RANGE, "last": "0001", "project": company.project_id}
    manager.post("/finance/ranges", form, page="/finance/ranges")
    for fen in (1, 2):
        receipt = company.pay(amount_fen=fen, key=str(fen))
        answer = clerk.post(f"/finance/receipts/{receipt}/issue", page="/finance/receipts")
    assert "No number is left" in clerk.get(answer.location).text


def test_the_pages_ask_as_often_for_many_papers_as_for_few(
    clerk: Browser, company: Company, ranges: None, sold: Case, deposit: MoneyTodo
) -> None:
    pages = ("papers", "papers/days", "ranges", "cash", "periods", "vouchers")

    def issue(fen: int) -> None:
        receipt = company.pay(amount_fen=fen, key=str(fen))
        assert clerk.post(f"/finance/receipts/{receipt}/issue", page="/finance/receipts").status_code == 302

    issue(1)
    few = [statements(company, clerk, f"/finance/{page}") for page in pages]
    issue(2)
    issue(3)
    assert [statements(company, clerk, f"/finance/{page}") for page in pages] == few
