"""The ageing on the page: at a past day, by its rows, with what is wrong beside the field, and taken along by right."""

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

PAGE = "/finance/reports/ageing"


@pytest.fixture
def late(company: Company, sold: Case) -> Case:
    """A contract of 2 March, looked at forty days later: the down payment is late."""
    company.pay()
    sold.sign()
    company.later(days=40)
    return sold


def total_on(browser: Browser, address: str) -> str:
    """What a page says is open in all."""
    page = browser.get(address).text
    found = re.search(r"<tfoot>.*?<td class=\"kt-end\" data-label=\"Total\">.*?([\d,]+[.]\d\d)", page, re.S)
    return found[1] if found else ""


def test_the_total_of_a_past_day_stays_what_it_was(clerk: Browser, company: Company, late: Case) -> None:
    before = total_on(clerk, f"{PAGE}?on=2026-03-20")
    company.pay(key="r2")
    assert before
    assert total_on(clerk, f"{PAGE}?on=2026-03-20") == before
    assert total_on(clerk, PAGE) != before


def test_each_figure_leads_to_lines_that_sum_to_it(clerk: Browser, late: Case) -> None:
    page = clerk.get(PAGE).text
    table = page[page.index("<tbody>") : page.index("</table>")]
    figures = re.findall(r'<a href="([^"]*/lines[^"]*)"[^>]*><span class="kt-money">([\d,.]+)', table)
    assert len(figures) >= 4
    for address, figure in figures:
        behind = clerk.get(address.replace("&amp;", "&")).text
        head = behind[behind.index("<h1>") : behind.index("kt-tools")]
        assert figure in head


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-04-12", "still to come"), ("2026-01-01", "Nothing was entered before"), ("soon", "choose a date")],
)
def test_a_day_of_which_there_is_no_report_is_told_by_its_field(
    clerk: Browser, late: Case, day: str, words: str
) -> None:
    for address in (PAGE, f"{PAGE}/lines"):
        answer = clerk.get(f"{address}?on={day}")
        assert answer.status_code == 422
        told = re.search(r'id="e-on".*?</div>', answer.text, re.S)
        assert told and words in told[0]
    assert clerk.get(f"{PAGE}.xlsx?on={day}").status_code == 422


def test_the_chart_has_the_numbers_of_the_table_and_words_for_who_cannot_see_it(
    clerk: Browser, late: Case
) -> None:
    page = clerk.get(PAGE).text
    assert 'role="img" aria-label="Bars of what is open by age. The table below' in page
    assert "charts.js" in page
    assert "data-chart=" in page
    assert "charts.js" not in clerk.get("/finance/journal").text


def test_what_is_taken_along_is_a_right_logged_and_its_names_follow_the_rights(
    at_desk: Callable[[str], Browser], clerk: Browser, company: Company, late: Case
) -> None:
    sheet = load_workbook(io.BytesIO(clerk.get(f"{PAGE}/lines.xlsx").data)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[2] == late.sale().no]
    assert sum(row[7] for row in rows) == list(sheet.iter_rows(values_only=True))[-1][7]
    assert all("*" not in row[3] for row in rows)
    assert at_desk("wei").get(f"{PAGE}/lines.xlsx").status_code == 403
    assert "Excel" not in at_desk("wei").get(PAGE).text
    logged = company.read(
        lambda session: session.scalars(select(AuditRow).where(AuditRow.action == "finance:export")).all()
    )
    assert [(row.subject_id, row.after["rows"]) for row in logged] == [("ageing_lines", len(rows))]


def test_a_page_asks_as_often_for_many_sales_as_for_one(clerk: Browser, company: Company, late: Case) -> None:
    pages = (PAGE, f"{PAGE}?by=plan", f"{PAGE}/lines", f"{PAGE}/lines?show=sales")
    before = {page: statements(company, clerk, page) for page in pages}
    for unit in company.units[1:3]:
        company.start(entry="walk_in", unit_id=unit).enter_terms()
    assert {page: statements(company, clerk, page) for page in pages} == before
