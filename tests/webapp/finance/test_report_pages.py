"""Collection, forecast and statements on their pages: sums that lead on, files by right, bad input by field."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kernel.audit import AuditRow
from tests.stories.company import Case, Company
from tests.webapp.finance.test_pages_open import statements
from tests.webapp.house import Browser

REPORTS = "/finance/reports"


@pytest.fixture
def signed(company: Company, sold: Case) -> Case:
    """A contract of 1,280,000 yuan with its deposit paid, a month later."""
    company.pay()
    sold.sign()
    company.later(days=30)
    return sold


def of_sale(case: Case) -> str:
    return f"{REPORTS}/statements/sales/{case.sale().id}"


def test_the_period_says_what_was_signed_and_collected_and_leads_to_the_sale(
    clerk: Browser, company: Company, signed: Case
) -> None:
    page = clerk.get(f"{REPORTS}/collection").text
    assert "1,280,000.00" in page
    assert "50,000.00" in page
    behind = clerk.get(f"{REPORTS}/collection/sales?project={company.project_id}").text
    assert signed.sale().no in behind
    assert "1,230,000.00" in behind
    assert "Nothing happened" in clerk.get(f"{REPORTS}/collection?class=collected").text


def test_each_figure_of_the_forecast_leads_to_lines_that_sum_to_it(clerk: Browser, signed: Case) -> None:
    page = clerk.get(f"{REPORTS}/forecast").text
    figures = re.findall(r'<a href="([^"]*/lines[^"]*)"[^>]*><span class="kt-money">([\d,.]+)', page)
    assert len(figures) >= 3
    for address, figure in figures:
        behind = clerk.get(address.replace("&amp;", "&")).text
        assert figure in behind[behind.index("<h1>") : behind.index("kt-tools")]


def test_a_statement_reads_the_same_on_the_page_in_the_file_and_on_paper(clerk: Browser, signed: Case) -> None:
    page = clerk.get(of_sale(signed)).text
    assert "YUNXI-SJ-2026-000001" in page
    assert "¥1,230,000.00" in page
    rows = list(load_workbook(io.BytesIO(clerk.get(f"{of_sale(signed)}/statement.xlsx").data)).active.values)
    assert rows[-1][4:] == (1280000, 50000, 1230000)
    paper = clerk.get(f"{of_sale(signed)}/statement.pdf")
    assert paper.data.startswith(b"%PDF")
    assert paper.content_type == "application/pdf"
    assert "Statement" in clerk.get(f"/finance/sales/{signed.sale().id}").text


def test_a_customer_has_one_statement_of_all_his_sales(clerk: Browser, company: Company, signed: Case) -> None:
    company.start(entry="walk_in", unit_id=company.units[1]).enter_terms()
    address = f"{REPORTS}/statements/customers/{company.customers['lin']}"
    page = clerk.get(address).text
    assert "2 sales" in page
    assert "¥1,280,000.00" in page
    assert clerk.get(f"{address}/statement.pdf").data.startswith(b"%PDF")


def test_each_file_is_logged_and_needs_the_right(
    at_desk: Callable[[str], Browser], clerk: Browser, company: Company, signed: Case
) -> None:
    files = (f"{REPORTS}/collection.xlsx", f"{REPORTS}/forecast.xlsx", f"{of_sale(signed)}/statement.xlsx")
    assert [clerk.get(file).status_code for file in files] == [200] * 3
    wei = at_desk("wei")
    assert [wei.get(file).status_code for file in files] == [403] * 3
    assert wei.get(of_sale(signed)).status_code == 200
    assert "statement.pdf" not in wei.get(of_sale(signed)).text
    query = select(AuditRow.subject_id).where(AuditRow.action == "finance:export").order_by(AuditRow.id)
    assert company.read(lambda s: list(s.scalars(query))) == ["collection", "forecast", "statement_sale"]


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ("from=2026-03-20&to=2026-03-10", "from", "begins after it ends"),
        ("from=2020-01-01&to=2026-03-10", "from", "Nothing was entered before"),
        ("to=2027-01-01", "to", "still to come"),
        ("from=x", "from", "choose a date"),
    ],
)
def test_a_period_that_is_wrong_is_told_by_its_field(
    clerk: Browser, signed: Case, asked: str, field: str, words: str
) -> None:
    for page in (f"{REPORTS}/collection", f"{REPORTS}/collection/sales", f"{REPORTS}/statements", of_sale(signed)):
        answer = clerk.get(f"{page}?{asked}")
        assert answer.status_code == 422
        told = re.search(rf'id="e-{field}".*?</div>', answer.text, re.S)
        assert told and words in told[0]
    assert clerk.get(f"{REPORTS}/collection.xlsx?{asked}").status_code == 422


def test_the_pages_open_in_both_languages_and_ask_as_often_for_many_sales(
    clerk: Browser, company: Company, signed: Case
) -> None:
    pages = [f"{REPORTS}/{name}" for name in ("collection", "collection/sales", "forecast", "statements")]
    before = [statements(company, clerk, page) for page in pages]
    for unit in company.units[1:3]:
        company.start(entry="walk_in", unit_id=unit).enter_terms()
    assert [statements(company, clerk, page) for page in pages] == before
    clerk.post("/language", {"language": "zh"}, page="/account/password")
    for page, words in zip(pages, ("回款率", "期末未收", "待收", "客户对账单"), strict=True):
        assert words in clerk.get(page).text


def test_the_journal_is_taken_along_as_the_page_cuts_it(clerk: Browser, signed: Case) -> None:
    rows = list(
        load_workbook(io.BytesIO(clerk.get("/finance/journal.xlsx?account=supervised").data)).active.values
    )
    assert rows[-1][5] == rows[-1][6] == 50_000
    assert "journal.xlsx" in clerk.get("/finance/journal").text
