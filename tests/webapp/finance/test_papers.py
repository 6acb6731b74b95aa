"""Papers by number at the desk: a range is received, money asks for its paper, it is printed, voided, exchanged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.papers import issue
from kernel.actor import SYSTEM
from ledger.documents.models import Document, DocumentEvent
from ledger.documents.operations import store_document
from ledger.finance.models import MoneyTodo
from ledger.papers.models import Paper, PaperRange
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from ledger.templates.shipped_texts import shipped_texts
from tests.channels.papers.samples import statement
from tests.pdf_words import words_of
from tests.stories.company import Case, Company
from tests.stories.test_arrears import release_text
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


def test_a_paper_by_number_is_made_of_the_projects_text_and_marked_when_printed_again(
    clerk: Browser, company: Company, ranges: None, deposit: MoneyTodo, tmp_path: Path
) -> None:
    text = shipped_texts()["receipt", "zh"].replace("本收据为收款凭证", "云溪专用收据")
    with company.database.unit_of_work() as session:
        release_text(session, company, "receipt", text)
    receipt = company.pay()
    clerk.post(f"/finance/receipts/{receipt}/issue", page="/finance/receipts")
    (paper,) = issued(company)
    prints = f"/finance/papers/{paper.id}/print"
    first, again = (clerk.post(prints, page=f"/finance/papers/{paper.id}").data for _ in range(2))
    words = words_of(first, tmp_path)
    for said in ("A0001", "YUNXI-SJ-2026-000001", "云溪专用收据", "第一联存根", "第二联客户", "定金", "50,000.00"):
        assert said in words, said
    assert "补打" not in words and words_of(again, tmp_path).count("补打第1次") == 2
    made = company.read(lambda s: s.query(MadePaper).filter_by(subject="paper").one())
    stored = company.read(lambda s: s.get_one(Document, made.id))
    assert (stored.kind, stored.sha256) == ("receipt", hashlib.sha256(first).hexdigest())
    assert company.read(lambda s: values_of(s, made))["number"] == "A0001"


def test_what_was_printed_before_papers_had_texts_stays_readable_and_is_marked_as_it_was(
    clerk: Browser, company: Company, ranges: None, deposit: MoneyTodo, tmp_path: Path
) -> None:
    receipt = company.pay()
    clerk.post(f"/finance/receipts/{receipt}/issue", page="/finance/receipts")
    (paper,) = issued(company)
    old = issue(statement("zh"), language="zh").pdf
    with company.database.unit_of_work() as session:
        document = store_document(
            session, SYSTEM, company.clock, kind="paper_receipt", subject="paper", subject_id=paper.id,
            number=None, pdf=old, path=paper.path, template="range_paper",
        )  # fmt: skip
        document_id = document.id
    assert clerk.get(f"/documents/{document_id}").data == old
    page = f"/finance/papers/{paper.id}"
    first, again = (clerk.post(f"{page}/print", page=page).data for _ in range(2))
    assert first == old
    words = words_of(again, tmp_path)
    assert "补打第1次" in words and words_of(old, tmp_path).split()[0] in words


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
    clerk: Browser,
    manager: Browser,
    company: Company,
    ranges: None,
    sold: Case,
    deposit: MoneyTodo,
    tmp_path: Path,
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
    printed = words_of(clerk.post(f"{done.location}/print", page=done.location).data, tmp_path)
    assert "发票" in printed and f"{two.label}、{three.label}" in printed
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
