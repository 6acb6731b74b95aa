"""What pick fields find, within what the reader may see."""

from __future__ import annotations

import pytest

from tests.stories.company import PROJECT, Company, company_in
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.db import Database


@pytest.fixture
def company(database: Database, clock) -> Company:
    """A company with homes, customers and a plan."""
    return company_in(database, clock)


@pytest.fixture
def visit(company: Company):
    """A browser of somebody in the company."""
    app = application(company.database)

    def of(name: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(name, "correct horse battery").status_code == 302
        return browser

    return of


def test_each_kind_is_found_by_what_people_type(company: Company, visit) -> None:
    wei = visit("wei")
    for kind, text, found in (
        ("customer", "li", company.customers["lin"]),
        ("customer", "8001", company.customers["lin"]),
        ("unit", "101", company.units[0]),
        ("unit", "1-201", company.units[1]),
        ("unit", "1栋 301", company.units[2]),
        ("plan", "", company.plan_id),
        ("project", "yun", company.project_id),
    ):
        page = wei.get(f"/lookup/{kind}?q={text}&path={PROJECT}").text
        assert f'data-pick="{found}"' in page, (kind, text)


def test_what_is_taken_or_does_not_fit_is_not_offered(company: Company, visit) -> None:
    wei = visit("wei")
    company.start("wei", entry="walk_in")
    page = wei.get(f"/lookup/unit?q=01&path={PROJECT}").text
    assert company.units[0] not in page
    assert company.units[1] in page
    assert company.units[1] not in wei.get(f"/lookup/unit?q=9-201&path={PROJECT}").text
    assert "data-pick" not in wei.get("/lookup/plan?path=/nowhere/").text


def test_nobody_finds_what_is_not_theirs_to_see(company: Company, visit) -> None:
    fang = visit("fang")
    assert company.customers["lin"] not in fang.get("/lookup/customer?q=lin").text
    assert "data-pick" not in fang.get("/lookup/staff?q=wei").text
    assert fang.get("/lookup/secrets?q=a").status_code == 404
