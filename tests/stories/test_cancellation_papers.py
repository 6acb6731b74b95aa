"""The papers of a sale that ends: agreement, application to cancel the filing, refund notes; and who reads which."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from kernel.clock import business_date
from ledger.finance.models import Refund
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from tests.pdf_words import words_of
from tests.stories.changing_sales import approve, ask, execute, filed, order_of, signed
from tests.stories.company import DEPOSIT, Case, Company
from tests.stories.test_moving_rooms import pay_in
from tests.stories.test_papers_of_templates import document
from tests.stories.test_sale_cancellation import NOBODY, give_papers_back, pay_bank
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice
from webapp.portal.page import papers_of

KINDS = ("cancellation_agreement", "filing_cancellation", "refund_note")
LENT, DOWN = 100_000_00, 340_000_00


@pytest.fixture
def office(company: Company, tmp_path: Path) -> Company:
    """A house that sets papers."""
    use_office(
        PaperOffice(
            company.database,
            Outlets(MailFolder(tmp_path / "mail", company.clock), SmsFolder(tmp_path / "sms")),
        )
    )
    return company


def made(company: Company) -> list[MadePaper]:
    """The papers of the cancellation in the order in which they were made."""
    query = select(MadePaper).where(MadePaper.kind.in_(KINDS)).order_by(MadePaper.id)
    return list(company.read(lambda s: s.scalars(query).all()))


def kinds(company: Company) -> list[str]:
    """What was made."""
    return [paper.kind for paper in made(company)]


def clear_filing(case: Case) -> None:
    """The authority cancels the filing."""
    day = business_date(case.company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="agreed")


def test_each_paper_is_made_at_its_step_and_the_buyer_reads_what_is_his(office: Company, tmp_path: Path) -> None:
    company, sale = office, filed(office)
    pay_in(company, sale.sale(), DOWN, "down")
    pay_in(company, sale.sale(), LENT, "bank", method="bank_loan", payer="Bank of Yunxi", payer_role="bank")
    case = ask(company, "sale_cancellation", sale, cause="agreed")
    assert kinds(company) == []
    approve(case, *NOBODY)
    assert sorted(kinds(company)) == ["cancellation_agreement", "refund_note"]
    pay_bank(company)
    give_papers_back(case)
    assert kinds(company)[-1] == "filing_cancellation"
    clear_filing(case)
    execute(case)
    refunds = company.read(lambda s: s.scalars(select(Refund)).all())
    notes = [paper for paper in made(company) if paper.kind == "refund_note"]
    assert {paper.about_id for paper in notes} == {refund.id for refund in refunds}
    assert len(notes) == len(refunds) == 3
    paid_back = {refund.id: (refund.payee, refund.amount_fen) for refund in refunds}
    for paper in notes:
        values = company.read(lambda s, p=paper: values_of(s, p))
        assert (values["payee"], values["refund"]) == paid_back[str(paper.about_id)]
    application = next(paper for paper in made(company) if paper.kind == "filing_cancellation")
    assert application.about_id == order_of(company, case).id
    JobRunner(company.database, handlers.registry()).run_due()
    _, pdf = document(company, application.id)
    words = words_of(pdf, tmp_path)
    assert "注销" in words
    assert "BA-1" in words
    assert "协商解除" in words
    shown = company.read(lambda s: papers_of(s, sale.sale().id))
    ours = [paper for paper in shown if paper.kind in KINDS]
    assert sorted(paper.kind for paper in ours) == ["cancellation_agreement", "refund_note", "refund_note"]
    of_bank = next(paper for paper in notes if paid_back[str(paper.about_id)][0] == "Bank of Yunxi")
    assert of_bank.id not in {paper.id for paper in ours}


def test_a_contract_that_was_never_filed_needs_no_application(company: Company) -> None:
    case = ask(company, "sale_cancellation", signed(company), cause="agreed")
    approve(case, *NOBODY)
    give_papers_back(case)
    execute(case, "filer")
    assert kinds(company) == ["cancellation_agreement", "refund_note"]
    assert company.refunds() == [DEPOSIT]


def test_a_contract_that_is_filed_again_has_no_application_to_end_it(company: Company) -> None:
    sale = filed(company)
    discounts = [{"name": "Loyal", "kind": "rate", "basis_points": 50}]
    case = ask(company, "discount", sale, discounts=discounts)
    approve(case, "manager_1")
    assert case.waiting_at == ["clear_filing"]
    clear_filing(case)
    assert kinds(company) == []
