"""The approval sheet (审批单) of a case: everything that was said, printed for who may see the case."""

from __future__ import annotations

import pytest
from flask import Flask

from kernel.actor import SYSTEM
from kernel.errors import Missing
from ledger.organisation.operations import add_node
from tests.stories.company import FLOOR_PRICE, PASSWORD, Case, Company, hire
from tests.stories.test_going_back import send_back
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.approval_sheet.data import ApprovalSheetData
from webapp.approval_sheet.sheet import sheet_data
from webapp.formatting import yuan


@pytest.fixture
def case(company: Company) -> Case:
    """Seven per cent off, below the floor; the sales manager has agreed, the general manager returned it to her."""
    begun = company.start(entry="walk_in")
    begun.enter_terms(off=700, terms_note="Buys two homes")
    begun.decide("manager_1", remark="A good customer 👍")
    send_back(begun, "gm_1", "manager_1", "straight")
    begun.decide("manager_1", remark="Asked again, still fine")
    return begun


@pytest.fixture
def office(company: Company) -> Flask:
    return application(company.database)


def sheet(company: Company, office: Flask, case: Case, name: str, language: str = "en") -> ApprovalSheetData:
    """What the sheet says to somebody."""
    actor = company.actor(name)
    with office.test_request_context(headers={"Accept-Language": language}):
        return company.read(lambda s: sheet_data(s, actor, company.clock, case.id))


def told(data: ApprovalSheetData) -> dict[str, str]:
    return {fact.name: fact.value for fact in data.facts}


def test_it_tells_every_step_with_role_person_decision_and_opinion(
    company: Company, office: Flask, case: Case
) -> None:
    data = sheet(company, office, case, "gm_1")
    assert [(one.step, one.role, one.name, one.decision, one.comment) for one in data.steps] == [
        ("Enter price, buyers and plan", "Sales consultant, Sales manager", "Wei", "Entered", ""),
        ("Decide", "Sales manager", "Manager_1", "Approved", "A good customer 〓"),
        (
            "Decide",
            "Project general manager",
            "Gm_1",
            "Returned to “Decide” (Manager_1)",
            "Ask again. (Straight back to who returned it)",
        ),
        ("Decide", "Sales manager", "Manager_1", "Approved", "Asked again, still fine"),
        ("Decide", "Project general manager", "Gm_1", "Waiting", ""),
    ]
    assert (data.applicant, data.reason, data.outcome) == ("Wei", "Buys two homes", "Under approval")


def test_the_floor_stands_on_it_only_for_who_may_see_it(company: Company, office: Flask, case: Case) -> None:
    seen = told(sheet(company, office, case, "gm_1"))
    assert seen["Floor price"].startswith(f"¥{FLOOR_PRICE // 100:,}")
    assert "Floor price" not in told(sheet(company, office, case, "wei"))
    assert yuan(FLOOR_PRICE) not in str(sheet(company, office, case, "wei"))


def test_it_is_a_pdf_of_numbered_pages_in_either_language(company: Company, office: Flask, case: Case) -> None:
    browser = Browser(office.test_client())
    browser.sign_in("wei", PASSWORD)
    for language in ("zh", "en"):
        answer = browser.get(f"/cases/{case.id}/approval-sheet.pdf?language={language}")
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF")
    assert "SP-20260302-" in answer.headers["Content-Disposition"]
    assert "approval-sheet.pdf" in browser.get(f"/cases/{case.id}").text


def test_nobody_from_elsewhere_gets_it(company: Company, office: Flask, case: Case) -> None:
    with company.database.unit_of_work() as session:
        add_node(session, SYSTEM, company.clock, kind="city", code="beijing", name="北京", parent="/keyturn/")
        company.people["far"] = hire(session, company.clock, "far", "sales_consultant", "/keyturn/beijing/").id
    with pytest.raises(Missing):
        sheet(company, office, case, "far")
    browser = Browser(office.test_client())
    browser.sign_in("far", PASSWORD)
    assert browser.get(f"/cases/{case.id}/approval-sheet.pdf").status_code == 404


def test_once_all_have_decided_it_says_what_came_of_it(company: Company, office: Flask, case: Case) -> None:
    for name in ("gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1"):
        case.decide(name)
    data = sheet(company, office, case, "gm_1")
    assert data.outcome == "Approved"
    assert data.content_hash == case.data["content_hash"]
