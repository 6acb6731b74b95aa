"""What leaves the house after the commit: the papers of a sale and the messages to its people, each once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from ledger.documents.models import Document
from ledger.documents.queries import content_of
from ledger.messages.models import Message
from tests.stories.company import Case, Company
from webapp.jobs import JobRunner
from webapp.paperwork import made as made_module
from webapp.paperwork import office as office_module
from webapp.paperwork.office import Outlets, PaperOffice


@pytest.fixture
def outbox(company: Company, tmp_path: Path) -> Path:
    """Where messages are laid."""
    outlets = Outlets(MailFolder(tmp_path / "mail", company.clock), SmsFolder(tmp_path / "sms"))
    use_office(PaperOffice(company.database, outlets))
    return tmp_path


@pytest.fixture
def signed(company: Company) -> Case:
    """A signed contract."""
    case = company.start(entry="walk_in")
    case.enter_terms(off=100)
    case.decide("manager_1")
    company.pay()
    case.sign()
    return case


def run_jobs(company: Company) -> int:
    """Run whatever is due."""
    return JobRunner(company.database, handlers.registry()).run_due()


def papers(company: Company) -> dict[str, Document]:
    """The papers of sales that were stored, by kind."""
    query = select(Document).where(Document.subject == "sale")
    return {paper.kind: paper for paper in company.read(lambda s: s.scalars(query).all())}


def test_subscription_and_contract_are_made_numbered_and_stored_once(
    company: Company, outbox: Path, signed: Case
) -> None:
    assert run_jobs(company) == 5, "two papers, two messages, and the sheet of the discount's approval"
    stored = papers(company)
    assert set(stored) == {"subscription", "contract"}
    assert stored["contract"].number == signed.data["contract_no"]
    assert stored["subscription"].number == signed.data["subscription_no"]
    assert company.read(lambda s: content_of(s, stored["contract"])).startswith(b"%PDF")
    assert run_jobs(company) == 0


def test_buyers_are_told_by_text_message_each_once(company: Company, outbox: Path, signed: Case) -> None:
    run_jobs(company)
    texts = [json.loads(file.read_text())["text"] for file in (outbox / "sms").iterdir()]
    assert len(texts) == 2
    assert any(signed.data["subscription_no"] in text for text in texts)
    assert any(signed.data["contract_no"] in text for text in texts)
    assert set(company.read(lambda s: s.scalars(select(Message.state)).all())) == {"sent"}


def test_a_paper_that_is_there_already_is_not_made_again(company: Company, outbox: Path, signed: Case) -> None:
    run_jobs(company)
    office = PaperOffice(company.database, Outlets(MailFolder(outbox, company.clock), SmsFolder(outbox)))
    office.issue_paper("contract", signed.sale().id, actor_id=company.people["wei"], key="again")
    assert len(papers(company)) == 2


def test_a_paper_that_another_worker_stores_at_the_same_moment_is_not_made_again(
    company: Company, outbox: Path, signed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_jobs(company)
    seen = iter([None, None, True])
    for module in (office_module, made_module):
        monkeypatch.setattr(module, "find_stored", lambda *_: next(seen))
    office = PaperOffice(company.database, Outlets(MailFolder(outbox, company.clock), SmsFolder(outbox)))
    office.issue_paper("contract", signed.sale().id, actor_id=company.people["wei"], key="again")
    assert len(papers(company)) == 2


def test_approvers_are_reminded_in_the_application(company: Company) -> None:
    case = company.start(entry="walk_in")
    case.enter_terms(off=100)
    company.later(hours=24)
    notes = company.read(lambda s: s.scalars(select(Message).where(Message.template == "approval_waiting")).all())
    assert {note.recipient_id for note in notes} == {company.people["manager_1"], company.people["manager_2"]}
    assert {note.channel for note in notes} == {"in_app"}
