"""The clerk runs the chase, ticks what shall be sent, and enters what the debtor says."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

import handlers
from channels.delivery import DeliveryRefused
from channels.sms import SmsFolder
from handlers.jobs import use_office
from ledger.arrears.models import ArrearsCase, ArrearsProposal
from tests.stories.company import Case, Company
from tests.webapp.house import Browser
from webapp.jobs import JobRunner
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings


@pytest.fixture
def late(company: Company, sold: Case, tmp_path: object) -> Case:
    """A signed sale whose down payment is three days late."""
    settings = Settings(outbox_folder=str(tmp_path))
    use_office(PaperOffice(company.database, outlets_of(settings, company.database)))
    company.pay()
    sold.sign()
    company.later(days=10)
    return sold


def run_jobs(company: Company) -> None:
    """Whatever is due is done."""
    JobRunner(company.database, handlers.registry()).run_due()


def test_a_clerk_runs_the_chase_ticks_and_sends(clerk: Browser, company: Company, late: Case) -> None:
    assert "Nothing is to be sent today" in clerk.get("/finance/arrears/proposals").text
    begun = clerk.post("/finance/arrears/runs", {}, page="/finance/arrears/runs")
    run_jobs(company)
    assert "Done" in clerk.get(begun.headers["Location"]).text
    page = clerk.get("/finance/arrears/proposals").text
    assert "Level 1" in page
    assert "Text message" in page
    proposal = company.read(lambda s: s.scalars(select(ArrearsProposal.id)).one())
    sent = clerk.post("/finance/arrears/proposals/send", {"id": proposal}, page="/finance/arrears/proposals")
    run_jobs(company)
    assert "1 of 1" in clerk.get(sent.headers["Location"]).text
    assert "Nothing is to be sent today" in clerk.get("/finance/arrears/proposals").text
    case = company.read(lambda s: s.scalars(select(ArrearsCase.id)).one())
    assert "Level 1 · Text message" in re.sub(r"\s+", " ", clerk.get(f"/finance/arrears/cases/{case}").text)


def test_a_message_that_did_not_arrive_is_seen_on_the_list(
    clerk: Browser, company: Company, late: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise DeliveryRefused("delivery.refused")

    monkeypatch.setattr(SmsFolder, "send", refuse)
    clerk.post("/finance/arrears/runs", {}, page="/finance/arrears/runs")
    run_jobs(company)
    proposal = company.read(lambda s: s.scalars(select(ArrearsProposal.id)).one())
    clerk.post("/finance/arrears/proposals/send", {"id": proposal}, page="/finance/arrears/proposals")
    run_jobs(company)
    page = re.sub(r"\s+", " ", clerk.get("/finance/arrears/proposals").text)
    assert "1 message did not arrive" in page
    assert "Level 1 · Text message" in page


def test_a_letter_is_opened_from_the_story_of_its_case(clerk: Browser, company: Company, late: Case) -> None:
    company.later(days=15)
    clerk.post("/finance/arrears/runs", {}, page="/finance/arrears/runs")
    run_jobs(company)
    proposal = company.read(lambda s: s.scalars(select(ArrearsProposal.id)).one())
    clerk.post("/finance/arrears/proposals/send", {"id": proposal}, page="/finance/arrears/proposals")
    run_jobs(company)
    case = company.read(lambda s: s.scalars(select(ArrearsCase.id)).one())
    page = clerk.get(f"/finance/arrears/cases/{case}").text
    address = re.search(r'href="(/documents/[^"]+)"', page)
    assert address is not None
    assert clerk.get(address.group(1)).data.startswith(b"%PDF")


def test_what_is_wrong_with_a_promise_stands_beside_its_field(
    clerk: Browser, company: Company, late: Case
) -> None:
    clerk.post("/finance/arrears/runs", {}, page="/finance/arrears/runs")
    run_jobs(company)
    case = company.read(lambda s: s.scalars(select(ArrearsCase.id)).one())
    address = f"/finance/arrears/cases/{case}"
    wrong = {"promise_amount": "100", "promise_due_on": "2026-03-01"}
    refused = clerk.post(f"{address}/promise", wrong, page=address)
    assert refused.status_code == 422
    assert "A promise cannot lie in the past" in refused.text
    right = {"promise_amount": "100", "promise_due_on": "2026-03-20"}
    assert clerk.post(f"{address}/promise", right, page=address).status_code == 302
    assert "Levels wait until then" in clerk.get(address).text


def test_every_page_opens_in_both_languages(clerk: Browser, company: Company, late: Case) -> None:
    clerk.post("/finance/arrears/runs", {}, page="/finance/arrears/runs")
    run_jobs(company)
    case = company.read(lambda s: s.scalars(select(ArrearsCase.id)).one())
    for language, words in (("en", "Promise to pay"), ("zh", "付款承诺")):
        clerk.post("/language", {"language": language}, page="/account/password")
        assert words in clerk.get(f"/finance/arrears/cases/{case}").text
        for page in ("arrears", "arrears/proposals", "arrears/cases", "arrears/runs"):
            assert clerk.get(f"/finance/{page}").status_code == 200
