"""Statements of a whole project: made one by one, stopped and taken up again, made once, taken along as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

import handlers
from handlers.jobs import use_office
from ledger.documents.models import Document
from tests.stories.company import Case, Company
from tests.webapp.house import Browser
from webapp import statement_making
from webapp.jobs import JobRunner
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

PAGE = "/finance/reports/statements"


@pytest.fixture
def sales(company: Company, sold: Case, tmp_path: Path) -> list[Case]:
    """Three sales with money, ten days ago."""
    use_office(PaperOffice(company.database, outlets_of(Settings(outbox_folder=str(tmp_path)), company.database)))
    company.pay()
    more = [company.start(entry="walk_in", unit_id=unit) for unit in company.units[1:3]]
    for case in more:
        case.enter_terms()
    company.later(days=10)
    return [sold, *more]


def order(browser: Browser, company: Company, **changes: str):
    """Order the statements of the project for March."""
    form = {"project": company.project_id, "from": "2026-03-02", "to": "2026-03-12", "building": "", **changes}
    return browser.post(f"{PAGE}/runs", form, page=f"{PAGE}?project={company.project_id}")


def run_jobs(company: Company) -> None:
    """Whatever is due is done."""
    JobRunner(company.database, handlers.registry()).run_due()


def papers(company: Company) -> int:
    """How many statements are kept."""
    query = select(func.count()).select_from(Document).where(Document.kind == "statement")
    return company.read(lambda session: session.scalar(query))


def test_all_statements_are_made_and_taken_along_as_one_file(
    clerk: Browser, company: Company, sales: list[Case]
) -> None:
    run = order(clerk, company).location
    assert "0 of 3" in clerk.get(run).text
    run_jobs(company)
    assert "3 statements are made" in clerk.get(run).text
    folder = zipfile.ZipFile(io.BytesIO(clerk.get(f"{run}/statements.zip").data))
    assert len(folder.namelist()) == 3
    assert all(folder.read(name).startswith(b"%PDF") for name in folder.namelist())


def test_a_run_goes_on_by_itself_is_stopped_and_goes_on_with_the_rest(
    clerk: Browser, company: Company, sales: list[Case]
) -> None:
    run = order(clerk, company).location
    run_id = run.rpartition("/")[2]
    statement_making.work(company.database, run_id, seconds=0.0)
    clerk.post(f"{run}/stop", page=run)
    run_jobs(company)
    assert "1 of 3" in clerk.get(run).text
    clerk.post(f"{run}/go", page=run)
    run_jobs(company)
    page = clerk.get(run).text
    assert ("3 of 3" in page, "hx-get" in page) == (True, False)
    assert papers(company) == 3


def test_the_same_statements_again_make_no_second_papers(
    clerk: Browser, company: Company, sales: list[Case]
) -> None:
    for _ in range(2):
        order(clerk, company)
        run_jobs(company)
    assert papers(company) == 3


def test_a_run_is_seen_by_who_ordered_it_and_needs_the_rights(
    at_desk: Callable[[str], Browser], clerk: Browser, company: Company, sales: list[Case]
) -> None:
    run = order(clerk, company).location
    other = at_desk("treasurer")
    assert [other.get(page).status_code for page in (run, f"{run}/statements.zip")] == [404, 404]
    assert other.post(f"{run}/go", page=PAGE).status_code == 404
    assert order(at_desk("gm_1"), company).status_code == 403
    assert order(at_desk("wei"), company).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [{"from": "2026-03-12", "to": "2026-03-02"}, {"to": "2027-01-01"}, {"from": ""}, {"building": "none"}],
)
def test_an_order_that_is_wrong_makes_nothing(
    clerk: Browser, company: Company, sales: list[Case], changes: dict[str, str]
) -> None:
    assert order(clerk, company, **changes).status_code == 422
    assert papers(company) == 0
