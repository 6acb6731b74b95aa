"""An instalment is late: the daily run opens a case, levels rise over months, and the money ends it at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.arrears import holding, legal, proposing
from ledger.arrears.errors import ArrearsInvalid, CaseSuspended, TooEarly
from ledger.arrears.expected import expected_interest
from ledger.arrears.kinds import LegalKind, Role
from ledger.arrears.models import ArrearsReach
from ledger.documents.models import Document
from ledger.documents.queries import content_of
from ledger.finance.kinds import ReceivableKind
from ledger.messages.models import Message
from ledger.templates import editing
from ledger.templates.making import values_of
from ledger.templates.models import MadePaper
from ledger.templates.shipped_texts import shipped_texts
from tests.pdf_words import words_of
from tests.stories.chasing import Chase
from tests.stories.company import PROJECT, Case, Company
from webapp.paperwork.made import print_made


@pytest.fixture
def signed(company: Company) -> Case:
    """A contract of 2 March with the down payment due on the 9th and the loan on 1 May."""
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.pay()
    case.sign()
    return case


@pytest.fixture
def chase(company: Company, signed: Case) -> Chase:
    """The arrears of that sale."""
    return Chase(company, signed.sale().id)


def release_text(session: Session, company: Company, kind: str, text: str) -> None:
    """The project's own text of a kind, written by one person and released by another."""
    one, two, clock = company.actor("admin"), company.actor("legal_1"), company.clock
    group = editing.begin_draft(session, one, clock, kind=kind, path=PROJECT, language="zh")
    saved = editing.save_draft(session, one, clock, template_id=group.id, text=text, seen=group.revision)
    editing.propose(session, one, clock, template_id=saved.id, note="own words")
    editing.release(session, two, clock, template_id=saved.id)


def test_what_is_due_today_is_not_late_and_a_friendly_reminder_comes_before(chase: Chase) -> None:
    assert chase.on(date(2026, 3, 5)) == 0
    assert chase.on(date(2026, 3, 6)) == 1
    assert [(p.level, p.channel) for p in chase.proposals()] == [(0, "sms")]
    assert chase.on(date(2026, 3, 9)) == 0
    assert chase.on(date(2026, 3, 10)) == 1
    assert [p.level for p in chase.proposals()] == [1]


def test_a_run_that_comes_twice_changes_nothing(chase: Chase) -> None:
    assert chase.on(date(2026, 3, 12)) == 1
    before = [(p.id, p.level) for p in chase.proposals()]
    assert (chase.run(), chase.run()) == (0, 0)
    assert [(p.id, p.level) for p in chase.proposals()] == before
    assert chase.cases() == 1


def test_levels_rise_over_four_months_each_sent_once(chase: Chase) -> None:
    due, sent = date(2026, 3, 9), []
    for days in range(-4, 125):
        chase.on(due + timedelta(days=days))
        ready = [p for p in chase.proposals() if p.earliest_on <= due + timedelta(days=days)]
        if ready:
            sent += [(days, level) for level in chase.send_all()]
    assert sent == [(-3, 0), (1, 1), (8, 2), (15, 3), (30, 4), (60, 5), (120, 6)]
    buyer = [(level, channel) for role, level, channel in chase.steps() if role == "buyer"]
    assert buyer == [
        (0, "sms"),
        (1, "sms"),
        (2, "phone"),
        (3, "letter"),
        (4, "letter"),
        (5, "letter"),
        (6, "letter"),
    ]
    letters = chase.company.read(
        lambda s: s.scalars(
            select(Document).where(Document.subject == "arrears_step").order_by(Document.number)
        ).all()
    )
    assert [(paper.number, paper.kind) for paper in letters] == [
        ("YUNXI-TZ-2026-000001", "arrears_second"),
        ("YUNXI-TZ-2026-000002", "arrears_final"),
        ("YUNXI-TZ-2026-000003", "arrears_demand"),
        ("YUNXI-TZ-2026-000004", "arrears_termination"),
    ]
    assert {paper.template_version for paper in letters} == {"Keyturn v1"}
    assert all(len(paper.sha256) == 64 for paper in letters)
    messages = chase.company.read(
        lambda s: s.scalars(select(Message.template).where(Message.channel == "sms")).all()
    )
    assert [name for name in messages if name.startswith("arrears_")] == ["arrears_reminder", "arrears_first"]


def test_a_letter_is_written_in_the_words_of_the_project_and_says_what_is_late(
    chase: Chase, tmp_path: Path
) -> None:
    company = chase.company
    text = shipped_texts()["arrears_second", "zh"].replace("请于", "云溪客服恳请您于")
    with company.database.unit_of_work() as session:
        release_text(session, company, "arrears_second", text)
    chase.on(date(2026, 3, 24))
    chase.send_all()
    letter = company.read(lambda s: s.scalars(select(Document).where(Document.subject == "arrears_step")).one())
    values = company.read(lambda s: values_of(s, s.get_one(MadePaper, letter.id)))
    late = values["overdue"][0]
    assert (late["no"], late["name"], late["due"], late["days"]) == (1, "首付款", "2026-03-09", 15)
    assert values["total"] == values["total_capitals"] == sum(one["open"] for one in values["overdue"])
    words = words_of(company.read(lambda s: content_of(s, letter)), tmp_path)
    assert "云溪客服恳请您于" in words and letter.template_version == "keyturn/shanghai/yunxi v1"
    first, again = (
        company.act("cashier", lambda s, a: print_made(s, a, company.clock, letter.id)) for _ in range(2)
    )
    assert "补打" not in words_of(first.pdf, tmp_path) and "补打第1次" in words_of(again.pdf, tmp_path)


def test_a_level_that_may_be_sent_takes_those_below_it_off_the_list(chase: Chase) -> None:
    due = date(2026, 3, 9)
    seen = []
    for days in range(-4, 40):
        chase.on(due + timedelta(days=days))
        ready = [p.level for p in chase.proposals() if p.earliest_on <= due + timedelta(days=days)]
        assert len(ready) <= 1
        seen += [level for level in ready if level not in seen]
    assert seen == [0, 1, 2, 3, 4]
    assert chase.send_all() == [4]
    assert chase.proposals() == []


def test_a_level_is_not_sent_before_the_days_of_the_last_are_over(chase: Chase) -> None:
    chase.on(date(2026, 3, 16))
    chase.send_all()
    chase.on(date(2026, 3, 17))
    (second,) = chase.proposals()
    assert (second.level, second.earliest_on) == (2, date(2026, 3, 23))
    with pytest.raises(TooEarly):
        chase.company.act(
            "cashier",
            lambda s, a: proposing.send_proposal(s, a, chase.company.clock, proposal_id=second.id),
        )


def test_the_money_ends_the_case_at_once(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    line = chase.line(ReceivableKind.DOWN_PAYMENT)
    late = chase.company.read(lambda s: expected_interest(s, [chase.sale_id], date(2026, 3, 12)))[chase.sale_id]
    chase.company.pay(line.amount_fen, key="down", receivable_id=line.id)
    # The law counts interest first, so that as much of the principal stays late.
    assert chase.case().state == "open"
    chase.company.pay(late, key="rest", receivable_id=line.id)
    case = chase.case()
    assert (case.state, case.close_reason) == ("closed", "paid")
    assert chase.proposals() == []
    instance = Case(chase.company, str(case.instance_id))
    assert instance.ended_at[-1] == "closed_paid"
    assert chase.on(date(2026, 3, 13)) == 0


def test_a_loan_chases_the_mortgage_clerk_and_the_buyer_only_when_papers_failed_through_him(chase: Chase) -> None:
    chase.company.pay(key="down", receivable_id=chase.line(ReceivableKind.DOWN_PAYMENT).id)
    assert chase.on(date(2026, 5, 1)) == 0
    assert chase.on(date(2026, 5, 2)) == 1
    assert chase.steps() == [("bank", 1, "task")]
    assert chase.proposals() == []
    chase.answer("ask_why", "loans", outcome="papers_missing", remark="income proof")
    assert chase.on(date(2026, 5, 3)) == 1
    assert [(p.role, p.level) for p in chase.proposals()] == [(Role.BUYER, 1)]


def test_a_promise_in_the_past_is_refused_and_one_holds_the_levels_until_its_day(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    with pytest.raises(ArrearsInvalid) as refused:
        chase.promise(1000_00, date(2026, 3, 11))
    assert (refused.value.code, refused.value.field) == ("promise_in_past", "due_on")
    chase.promise(1000_00, date(2026, 3, 20))
    with pytest.raises(CaseSuspended):
        chase.promise(1000_00, date(2026, 3, 21))
    assert chase.on(date(2026, 3, 20)) == 0
    assert chase.on(date(2026, 3, 21)) == 1
    assert chase.events() == ["promise_broken"]


def test_a_loan_paid_out_keeps_no_promise_of_the_buyer(chase: Chase) -> None:
    chase.on(date(2026, 5, 2))
    down, loan = chase.line(ReceivableKind.DOWN_PAYMENT), chase.line(ReceivableKind.LOAN)
    with pytest.raises(ArrearsInvalid) as refused:
        chase.promise(down.amount_fen + loan.amount_fen, date(2026, 5, 9))
    assert refused.value.code == "promise_above_late"
    chase.promise(down.amount_fen, date(2026, 5, 9))
    chase.bank_pays(loan)
    assert "promise_kept" not in chase.events()
    chase.on(date(2026, 5, 10))
    assert "promise_broken" in chase.events()


def test_a_kept_promise_ends_before_its_day_and_the_rest_goes_on(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    chase.promise(1000_00, date(2026, 3, 20))
    chase.company.pay(1000_00, key="part", receivable_id=chase.line(ReceivableKind.DOWN_PAYMENT).id)
    assert chase.events() == ["promise_kept"]
    case = chase.case()
    assert (case.state, case.suspended_by, case.jump) == ("open", None, 0)
    assert chase.on(date(2026, 3, 17)) == 1


def test_a_broken_promise_jumps_a_level_and_the_third_goes_to_the_supervisor(chase: Chase) -> None:
    chase.on(date(2026, 3, 10))
    levels = []
    for number in range(3):
        day = date(2026, 3, 10 + number)
        chase.promise(1000_00, day)
        chase.on(day + timedelta(days=1))
        levels.append(max(p.level for p in chase.proposals()))
    assert levels == [2, 3, 3]
    assert chase.case().suspended_by == "supervisor"
    chase.answer("supervise", "treasurer", decision="go_on")
    assert chase.case().suspended_by is None
    assert chase.run() == 1
    assert max(p.level for p in chase.proposals()) == 4


def test_a_dispute_holds_its_part_alone(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    line = chase.line(ReceivableKind.DOWN_PAYMENT)
    case_id = chase.case().id
    contested = 100_000_00
    chase.company.act(
        "cashier",
        lambda s, a: holding.dispute(
            s,
            a,
            chase.company.clock,
            case_id=case_id,
            receivable_id=line.id,
            amount_fen=contested,
            reason="area",
        ),
    )
    chase.on(date(2026, 3, 17))
    reach = chase.company.read(lambda s: s.scalars(select(ArrearsReach).where(ArrearsReach.level == 2)).one())
    assert reach.open_fen == line.amount_fen - contested
    chase.answer("decide_dispute", "treasurer", verdict="rejected", remark="measured again")
    chase.on(date(2026, 3, 24))
    third = chase.company.read(lambda s: s.scalars(select(ArrearsReach).where(ArrearsReach.level == 3)).one())
    assert third.open_fen == line.amount_fen


def test_a_block_holds_the_levels_until_its_day_or_until_it_is_lifted(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    case_id = chase.case().id
    clock = chase.company.clock

    def block(until: date) -> None:
        chase.company.act(
            "cashier",
            lambda s, a: holding.block(s, a, clock, case_id=case_id, until_on=until, reason="hand-over talks"),
        )

    block(date(2026, 3, 18))
    assert chase.on(date(2026, 3, 18)) == 0
    assert chase.on(date(2026, 3, 19)) == 1
    block(date(2026, 4, 30))
    assert chase.on(date(2026, 3, 25)) == 0
    chase.company.act("cashier", lambda s, a: holding.lift_block(s, a, clock, case_id=case_id))
    assert chase.run() == 1
    assert chase.events() == ["block_over", "block_lifted"]


def test_a_legal_step_asks_for_proof_of_delivery(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    case_id, clock = chase.case().id, chase.company.clock
    chase.company.act(
        "cashier",
        lambda s, a: legal.take_legal_step(
            s, a, clock, case_id=case_id, kind=LegalKind.LAWYER_LETTER, taken_on=date(2026, 3, 12)
        ),
    )
    with pytest.raises(ArrearsInvalid):
        chase.answer("attach_proof", "legal_1", delivered_on="2026-03-11", document_id="d1")
    chase.answer("attach_proof", "legal_1", delivered_on="2026-03-12", document_id="d1")
    assert chase.events() == ["delivered"]


def test_a_sale_that_closes_takes_its_case_with_it(chase: Chase, signed: Case) -> None:
    chase.on(date(2026, 3, 12))
    signed.withdraw()
    case = chase.case()
    assert case.state == "closed" or signed.instance().state == "active"
