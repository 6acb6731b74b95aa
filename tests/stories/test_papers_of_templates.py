"""Papers made of templates: ordered by a step with its values, set after the commit, and what is refused by line."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import handlers
from channels.mail import MailFolder
from channels.papers import MissingGlyphs
from channels.sms import SmsFolder
from handlers.jobs import use_office
from handlers.making_papers import MakeIn, make
from kernel.actor import Actor
from ledger.documents.models import Document
from ledger.documents.operations import void_document
from ledger.documents.queries import content_of
from ledger.templates.errors import ExtraUnknown, TextRefused
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from tests.pdf_words import words_of
from tests.stories.company import PASSWORD, Case, Company
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.jobs import JobRunner
from webapp.paperwork.made import print_made
from webapp.paperwork.office import Outlets, PaperOffice


@pytest.fixture
def signed(company: Company, tmp_path: Path) -> Case:
    """A signed contract, in a house that sets papers."""
    outlets = Outlets(MailFolder(tmp_path / "mail", company.clock), SmsFolder(tmp_path / "sms"))
    use_office(PaperOffice(company.database, outlets))
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.pay()
    case.sign()
    run_jobs(company)
    return case


def run_jobs(company: Company) -> None:
    """Set whatever was ordered."""
    JobRunner(company.database, handlers.registry()).run_due()


class Step:
    """Stands for the running step of a diagram that calls the verb."""

    def __init__(self, session: Session, actor: Actor, company: Company, key: str) -> None:
        self.session, self.ledger_actor, self.clock = session, actor, company.clock
        self.idempotency_key = key
        self.company = company

    def send(self, kind: str, payload: dict[str, str], *, key: str) -> str:
        """What a step sends is an outgoing job; here it is carried out by the test after the commit."""
        self.company.sent = [*getattr(self.company, "sent", []), payload["paper_id"]]
        return key


def paper_of(company: Company, case: Case, kind: str, *, key: str = "step-1", **extra: object) -> str:
    """A paper made by a step; returns its id."""
    sale_id = case.sale().id

    def act(session: Session, actor: Actor) -> str:
        step = Step(session, dataclasses.replace(actor, is_system=True), company, key)
        return make(MakeIn(kind, sale_id, None, dict(extra)), step).paper_id  # type: ignore[arg-type]

    paper_id = company.act("filer", act)
    office = PaperOffice(company.database, Outlets(None, None))  # type: ignore[arg-type]
    office.make_paper(paper_id, key="job")
    return paper_id


def document(company: Company, paper_id: str) -> tuple[Document, bytes]:
    """A stored paper and its bytes."""
    found = company.read(lambda s: s.scalars(select(Document).where(Document.id == paper_id)).one())
    return found, company.read(lambda s: content_of(s, found))


def test_the_contract_is_set_in_chinese_with_its_clauses_and_kept_with_values_version_and_hash(
    company: Company, signed: Case, tmp_path: Path
) -> None:
    made = company.read(lambda s: s.scalars(select(MadePaper).where(MadePaper.kind == "contract")).one())
    stored, pdf = document(company, made.id)
    assert stored.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (stored.template, stored.template_version) == ("contract", "Keyturn v1")
    assert stored.number == signed.data["contract_no"]
    words = words_of(pdf, tmp_path)
    for clause in (
        "商品房买卖合同",
        "逾期付款责任",
        "面积差异处理",
        "不动产登记",
        "人民币壹佰贰拾捌万元整",
        "付款方式及期限",
    ):
        assert clause in words, clause
    values = company.read(lambda s: values_of(s, made))
    assert values["contract_price"] == 1_280_000_00
    assert values["plan_total"] == sum(line["amount"] for line in values["plan"]) == 1_280_000_00


def test_a_step_makes_a_supplement_once_and_its_reprint_says_so(
    company: Company, signed: Case, tmp_path: Path
) -> None:
    about = {"reason": "贷款核准不足", "subject": "贷款金额", "difference": 120_000_00}
    paper_id = paper_of(company, signed, "supplement", **about)
    assert paper_of(company, signed, "supplement", **about) == paper_id
    stored, pdf = document(company, paper_id)
    assert stored.number == "YUNXI-BC-2026-000001"
    words = words_of(pdf, tmp_path)
    assert "壹拾贰万元整" in words
    assert "变更单号" not in words, "a line without its optional value is left out"

    def print_out(session: Session, actor: Actor) -> bytes:
        return print_made(session, actor, company.clock, paper_id).pdf

    assert company.act("filer", print_out) == pdf
    assert "补打第1次" in words_of(company.act("filer", print_out), tmp_path)
    assert "补打第2次" in words_of(company.act("filer", print_out), tmp_path)


def test_what_a_template_needs_and_nobody_gives_is_refused_by_line(company: Company, signed: Case) -> None:
    with pytest.raises(TextRefused) as refused:
        paper_of(company, signed, "area_notice", measured_area=12_000)
    lacking = {(one.line, one.what) for one in refused.value.lines}
    assert ("{{ratio}}" in {what for _line, what in lacking}) and all(line > 1 for line, _what in lacking)
    assert company.read(lambda s: s.scalars(select(MadePaper).where(MadePaper.kind == "area_notice")).all()) == []
    with pytest.raises(ExtraUnknown):
        paper_of(company, signed, "supplement", reason="r", subject="s", colour="red")
    with pytest.raises(ExtraUnknown):
        paper_of(company, signed, "supplement", reason="r", subject="s", difference="a lot")


def test_text_that_looks_like_markup_is_printed_as_it_is(company: Company, signed: Case, tmp_path: Path) -> None:
    hostile = '#panic("x") **b** {{number}} $a$ `raw` <label> @ref // end \\'
    paper_id = paper_of(company, signed, "supplement", reason=hostile, subject="# 标题 | 表")
    words = words_of(document(company, paper_id)[1], tmp_path)
    assert '#panic("x")' in words and "{{number}}" in words and "**b**" in words


def test_papers_stand_on_the_sales_page_with_hash_version_and_person_and_a_reprint_is_told(
    company: Company, signed: Case, tmp_path: Path
) -> None:
    browser = Browser(application(company.database).test_client())
    browser.sign_in("wei", PASSWORD)
    page = f"/sales/{signed.sale().id}"
    made = company.read(lambda s: s.scalars(select(MadePaper).where(MadePaper.kind == "contract")).one())
    stored, pdf = document(company, made.id)
    card = browser.get(page).text
    for told in (
        stored.sha256,
        f"{stored.sha256[:12]}…",
        "Keyturn v1",
        str(stored.number),
        f"/documents/{made.id}",
    ):
        assert told in card
    assert "补打" not in card and "reprinted" not in card
    printed = [browser.post(f"/documents/{made.id}/print", page=page).data for _ in range(3)]
    assert printed[0] == pdf and "补打第2次" in words_of(printed[2], tmp_path)
    again = browser.get(page).text
    assert "reprinted 2 times" in again or "补打 2 次" in again
    assert browser.get(f"/documents/{made.id}").data == pdf, "what was kept stays as it was"
    company.act("wei", lambda s, a: void_document(s, a, company.clock, document_id=made.id, reason="other buyers"))
    gone = browser.get(page).text
    assert "Declared void" in gone or "已作废" in gone
    assert f"/documents/{made.id}/print" not in gone


def test_what_the_fonts_lack_is_a_sign_in_a_reason_and_stops_a_paper_in_a_name(
    company: Company, signed: Case, tmp_path: Path
) -> None:
    changes = [{"name": "贷款 👍", "before": "1", "after": "2"}]
    paper_id = paper_of(company, signed, "supplement", reason="好 👍", subject="x", change=changes)
    words = words_of(document(company, paper_id)[1], tmp_path)
    assert "好〓" in words and "贷款〓" in words
    with pytest.raises(MissingGlyphs):
        paper_of(company, signed, "supplement", key="step-2", reason="r", subject="x", buyers="王\U00020bb7")


def test_the_same_paper_made_again_keeps_its_number_and_other_words_make_another(
    company: Company, signed: Case
) -> None:
    about = {"reason": "贷款核准不足", "subject": "贷款金额"}
    first = paper_of(company, signed, "supplement", **about)
    assert paper_of(company, signed, "supplement", key="step-2", **about) == first
    other = paper_of(company, signed, "supplement", key="step-3", **{**about, "reason": "更名"})
    assert document(company, other)[0].number == "YUNXI-BC-2026-000002"
