"""The approval sheet (审批单) of a case: everything that was said, printed for who may see the case."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flask import Flask

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from forms.compile import load
from handlers.approval_sheet import Seen
from handlers.jobs import use_office
from kernel.actor import SYSTEM
from kernel.errors import Missing
from ledger.documents.models import Document
from ledger.documents.queries import content_of, find_documents, find_stored_about
from ledger.organisation.operations import add_node
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from tests.pdf_words import words_of
from tests.stories.changing_sales import approve, ask, execute, lump_plan, order_of, subscribed
from tests.stories.company import FLOOR_PRICE, PASSWORD, Case, Company, hire
from tests.stories.test_going_back import send_back
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.approval_sheet.data import ApprovalSheetData
from webapp.approval_sheet.kept import final_sheet
from webapp.approval_sheet.sheet import KIND, sheet_data
from webapp.formatting import yuan
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice
from webapp.portal.page import papers_of
from webapp.process_data import FLOOR


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
    asked = sheet(company, office, case, "wei")
    assert (asked.outcome, asked.steps) == (data.outcome, data.steps), "the applicant is told the same"


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


def kept(company: Company, case: Case) -> list[Document]:
    """The sheets that were kept of the case."""
    JobRunner(company.database, handlers.registry()).run_due()
    return company.read(lambda s: find_stored_about(s, "case", case.id))


def final(company: Company, case: Case) -> str | None:
    """The sheet that the applicant is shown without asking for a preview."""
    actor = company.actor("wei")
    found = company.read(lambda s: final_sheet(s, actor, company.clock, case.id))
    return found.id if found else None


def all_decide(case: Case) -> None:
    for name in ("gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1"):
        case.decide(name)


def pdf_of(company: Company, document: Document) -> bytes:
    return company.read(lambda s: content_of(s, document))


def test_the_sheet_of_an_approval_that_ended_is_kept(
    company: Company, office: Flask, case: Case, tmp_path: Path
) -> None:
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    assert kept(company, case) == []
    all_decide(case)
    [sheet] = kept(company, case)
    assert sheet.number == "YUNXI-SP-2026-000001"
    assert sheet.sha256 == hashlib.sha256(pdf_of(company, sheet)).hexdigest()
    values = company.read(lambda s: values_of(s, s.get_one(MadePaper, sheet.id)))
    assert (values["outcome"], values["content_hash"]) == ("同意", case.data["content_hash"])
    assert [one["decision"] for one in values["step"]][-5:] == ["同意"] * 5
    assert "Floor" not in str(values) and yuan(FLOOR_PRICE) not in str(values) and "底价" not in str(values)
    assert "1,190,400" in str(values), "what the approvers decided on stands on it"
    words = words_of(pdf_of(company, sheet), tmp_path)
    assert "YUNXI-SP-2026-000001" in words and "非存档" not in words

    browser = Browser(office.test_client())
    browser.sign_in("wei", PASSWORD)
    assert browser.get(f"/cases/{case.id}/approval-sheet.pdf").data == pdf_of(company, sheet)
    page = browser.get(f"/cases/{case.id}").text
    assert "YUNXI-SP-2026-000001" in page and sheet.sha256[:12] in page
    prints = f"/cases/{case.id}/approval-sheets/{sheet.id}/print"
    first, second = browser.post(prints).data, browser.post(prints).data
    assert first == pdf_of(company, sheet)
    assert "补打第1次" in words_of(second, tmp_path)
    company.pay()
    case.sign()
    assert [one.id for one in kept(company, case)] == [sheet.id], "what follows in the case makes no other sheet"


def test_while_the_approval_runs_a_sheet_says_that_it_is_not_final(
    company: Company, office: Flask, case: Case, tmp_path: Path
) -> None:
    browser = Browser(office.test_client())
    browser.sign_in("wei", PASSWORD)
    for language, said in (("zh", "仅供查阅，非存档审批单"), ("en", "Forinformationonly")):
        pdf = browser.get(f"/cases/{case.id}/approval-sheet.pdf?language={language}").data
        assert said in words_of(pdf, tmp_path)
    assert "approval-sheets/" not in browser.get(f"/cases/{case.id}").text


def test_a_kept_sheet_is_for_who_may_see_the_case_alone(
    company: Company, office: Flask, case: Case, tmp_path: Path
) -> None:
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    all_decide(case)
    [sheet] = kept(company, case)
    with company.database.unit_of_work() as session:
        add_node(session, SYSTEM, company.clock, kind="city", code="beijing", name="北京", parent="/keyturn/")
        company.people["far"] = hire(session, company.clock, "far", "sales_consultant", "/keyturn/beijing/").id
    for name, document_page, sheet_page in (("far", 404, 404), ("wei", 404, 200), ("gm_1", 404, 200)):
        browser = Browser(office.test_client())
        browser.sign_in(name, PASSWORD)
        assert browser.get(f"/documents/{sheet.id}").status_code == document_page, "papers are no way around"
        assert browser.get(f"/cases/{case.id}/approval-sheets/{sheet.id}").status_code == sheet_page
        assert browser.post(f"/cases/{case.id}/approval-sheets/{sheet.id}/print").status_code == sheet_page
        assert browser.post(f"/documents/{sheet.id}/print").status_code == 404
    sale_id = case.sale().id
    with company.database.reading() as session:
        assert KIND not in {paper.kind for paper in papers_of(session, sale_id)}
        assert find_documents(session, SYSTEM, subject="case", subject_ids=[case.id]) == []


def test_the_sheet_of_a_change_order_says_what_changes_and_what_it_costs(company: Company, tmp_path: Path) -> None:
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    sale, lump = subscribed(company), lump_plan(company)
    case = ask(company, "payment_plan_change", sale, plan_id=lump)
    case.decide("manager_1")
    case.decide("gm_1", "returned", opinion="one more reason, please")
    [returned] = kept(company, case)
    assert final(company, case) == returned.id
    case.complete("mend", "wei", goes_on="again", plan_id=lump, reason="the rest in one sum")
    assert final(company, case) is None, "another approval is under way"
    approve(case, "manager_1", "gm_1")
    approved = kept(company, case)[-1]
    assert order_of(company, case).state == "approved", "kept before anybody executes it"
    assert (returned.number, approved.number) == ("YUNXI-SP-2026-000001", "YUNXI-SP-2026-000002")
    values = company.read(lambda s: values_of(s, s.get_one(MadePaper, approved.id)))
    facts = {one["name"]: one["value"] for one in values["fact"]}
    assert facts["变更内容"] == "付款方式: 按揭七成 → 一次性"
    assert "新增应收" in facts["资金影响"] and facts["编号"] == order_of(company, case).no
    assert values["reason"] == "the rest in one sum"
    assert final(company, case) == approved.id
    execute(case)
    assert len(kept(company, case)) == 2


def test_a_sheet_may_say_whatever_the_form_of_the_decision_shows() -> None:
    shown = {one.key for one in load("approval/decide").model.components if one.readonly}
    assert shown - set(FLOOR) == set(Seen.__dataclass_fields__)


@pytest.mark.parametrize(("how", "word"), [("rejected", "否决"), ("returned", "退回"), ("expired", "逾期未审批")])
def test_what_is_refused_or_left_unanswered_is_kept_as_well(
    company: Company, case: Case, tmp_path: Path, how: str, word: str
) -> None:
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    if how == "expired":
        company.later(days=30)
    else:
        case.decide("gm_1", how, opinion="not like this")
    sheets = kept(company, case)
    values = company.read(lambda s: values_of(s, s.get_one(MadePaper, sheets[0].id)))
    assert word in values["outcome"]


def test_once_all_have_decided_it_says_what_came_of_it(company: Company, office: Flask, case: Case) -> None:
    for name in ("gm_1", "marketing_1", "city_finance_1", "city_gm_1", "pricing_1"):
        case.decide(name)
    data = sheet(company, office, case, "gm_1")
    assert data.outcome == "Approved"
    assert data.content_hash == case.data["content_hash"]
