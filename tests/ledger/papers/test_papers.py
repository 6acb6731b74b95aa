"""Numbers are received, issued in order, spoiled, voided, exchanged and given back; none is lost or used twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError, Missing
from kernel.facts import Telling, deliver_facts
from kernel.ids import new_id
from ledger.finance import operations as finance
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo
from ledger.finance.todos import open_todos_of
from ledger.papers import operations as papers
from ledger.papers.errors import NoNumberLeft, PaperMissing, PaperRefused, RangeInvalid
from ledger.papers.models import Paper
from ledger.papers.queries import (
    PaperFilter,
    PaperState,
    days_against_receipts,
    get_paper,
    list_papers,
    list_ranges,
    live_paper_of,
)
from ledger.staff.operations import add_staff
from tests.ledger.finance.conftest import Desk
from tests.ledger.finance.house import DEPOSIT, TODAY, build_house

from .conftest import receive


def issue(session, actor, clock, receipt_id, **about):
    return papers.issue_paper(session, actor, clock, receipt_id=receipt_id, **about)


def ranges(session, actor, house):
    return [
        (row.issued, row.void, row.returned, row.left, row.next_label)
        for row in list_ranges(session, actor, house.project.id)
    ]


def test_papers_are_issued_in_the_order_of_their_range(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    first, second = (issue(session, admin, clock, paid(fen)) for fen in (100_00, 250_50))
    assert [first.label, second.label] == ["A0001", "A0002"]
    assert (second.amount_fen, second.payer, second.home) == (250_50, "Lin Wan", "1栋-101")
    assert second.receipt_number == "YUNXI-SJ-2026-000002"
    assert second.items == [{"kind": "deposit", "amount_fen": 250_50}]
    assert ranges(session, admin, house) == [(2, 0, 0, 3, "A0003")]


def test_a_receipt_has_one_paper_however_often_it_is_asked_for(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    receipt = paid()
    assert issue(session, admin, clock, receipt).id == issue(session, admin, clock, receipt).id
    assert ranges(session, admin, house)[0][0] == 1


def test_only_confirmed_money_that_stands_gets_a_paper(session, admin, clock, house, desk, paid):
    receive(session, admin, clock, house.project.id)
    captured = desk.take(house.sale(), 5)
    with pytest.raises(PaperRefused, match="paper_needs_confirmed_money"):
        issue(session, admin, clock, captured.id)
    receipt = paid()
    desk.do("reverse_receipt", receipt_id=receipt, reason="bounced")
    with pytest.raises(PaperRefused, match="paper_needs_confirmed_money"):
        issue(session, admin, clock, receipt)


def test_when_a_range_is_used_up_the_next_serves_and_then_none(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id, last="0001")
    receive(session, admin, clock, house.project.id, prefix="B", last="0001")
    assert [issue(session, admin, clock, paid()).label for _ in "ab"] == ["A0001", "B0001"]
    with pytest.raises(NoNumberLeft) as refused:
        issue(session, admin, clock, paid())
    assert refused.value.field == "range_id"


def test_a_clerks_own_range_serves_nobody_else(session, admin, second, clock, house, paid):
    with pytest.raises(RangeInvalid, match="range_holder_unknown"):
        receive(session, admin, clock, house.project.id, holder_id=second.id)
    person = add_staff(
        session, admin, clock, username="second", display_name="Second", password="correct horse battery"
    )
    second = Actor(person.id, "Second", is_system=True)
    receive(session, admin, clock, house.project.id, holder_id=second.id)
    with pytest.raises(NoNumberLeft):
        issue(session, admin, clock, paid())
    receive(session, admin, clock, house.project.id, prefix="B")
    assert issue(session, admin, clock, paid()).label == "B0001"
    assert issue(session, second, clock, paid()).label == "A0001"


@pytest.mark.parametrize(
    ("about", "code", "field"),
    [
        ({"first": "x"}, "range_number_no_digits", "first"),
        ({"last": ""}, "range_number_no_digits", "last"),
        ({"last": "00005"}, "range_width_differs", "last"),
        ({"first": "0006"}, "range_backwards", "last"),
        ({"first": "000001", "last": "100001"}, "range_too_long", "last"),
        ({"prefix": "A B"}, "range_prefix_wrong", "prefix"),
        ({"kind": "bill"}, "paper_kind_unknown", "kind"),
        ({"received_on": TODAY + timedelta(days=1)}, "date_in_future", "received_on"),
    ],
)
def test_what_is_no_range_is_refused_by_field(session, admin, clock, house, about, code, field):
    with pytest.raises(Invalid, match=code) as refused:
        receive(session, admin, clock, house.project.id, **about)
    assert refused.value.field == field


def test_ranges_of_a_kind_and_prefix_never_overlap(session, admin, clock, house):
    receive(session, admin, clock, house.project.id)
    with pytest.raises(RangeInvalid, match="range_overlaps") as refused:
        receive(session, admin, clock, house.project.id, first="0005", last="0009")
    assert refused.value.field == "first"
    receive(session, admin, clock, house.project.id, first="0006", last="0009")
    receive(session, admin, clock, house.project.id, kind="invoice")
    receive(session, admin, clock, build_house(session, clock, "harbour").project.id)


def test_a_void_papers_number_stays_and_the_money_asks_for_another(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    receipt = paid()
    first = issue(session, admin, clock, receipt)
    with pytest.raises(Invalid, match="text_missing"):
        papers.void_paper(session, admin, clock, paper_id=first.id, reason=" ")
    papers.void_paper(session, admin, clock, paper_id=first.id, reason="wrong name")
    papers.void_paper(session, admin, clock, paper_id=first.id, reason="twice")
    (todo,) = open_todos_of(session, TodoKind.ISSUE_PAPER, receipt_id=receipt)
    assert todo.note == "paper_voided"
    finance.complete_todo(session, admin, clock, todo_id=todo.id)
    again = live_paper_of(session, receipt)
    assert (again.label, todo.state) == ("A0002", TodoState.DONE)
    assert ranges(session, admin, house) == [(1, 1, 0, 3, "A0003")]
    rows = list_papers(session, admin, PaperFilter(receipt_id=receipt))
    assert {(row.paper.label, row.state, row.reason) for row in rows} == {
        ("A0001", PaperState.VOID, "wrong name"),
        ("A0002", PaperState.ISSUED, None),
    }


def test_spoiled_forms_are_used_and_say_nothing(session, admin, clock, house, paid):
    received = receive(session, admin, clock, house.project.id)
    about = {"range_id": received.id, "reason": "jammed in the printer"}
    assert [p.label for p in papers.spoil(session, admin, clock, count=2, **about)] == ["A0001", "A0002"]
    assert issue(session, admin, clock, paid()).label == "A0003"
    assert ranges(session, admin, house) == [(1, 2, 0, 2, "A0004")]
    with pytest.raises(NoNumberLeft) as refused:
        papers.spoil(session, admin, clock, count=3, **about)
    assert refused.value.field == "count"
    with pytest.raises(RangeInvalid, match="spoiled_count"):
        papers.spoil(session, admin, clock, count=0, **about)


def test_what_is_given_back_is_issued_no_more(session, admin, clock, house, paid):
    received = receive(session, admin, clock, house.project.id)
    issue(session, admin, clock, paid())
    returned = papers.return_unused(session, admin, clock, range_id=received.id, reason="new forms came")
    assert returned.first == 2
    assert papers.return_unused(session, admin, clock, range_id=received.id, reason="again") is returned
    assert ranges(session, admin, house) == [(1, 0, 4, 0, None)]
    with pytest.raises(NoNumberLeft):
        issue(session, admin, clock, paid())
    full = receive(session, admin, clock, house.project.id, prefix="B", last="0001")
    issue(session, admin, clock, paid())
    with pytest.raises(RangeInvalid, match="range_used_up"):
        papers.return_unused(session, admin, clock, range_id=full.id, reason="none left")


def test_receipts_are_exchanged_for_one_invoice_of_the_same_sum(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    receive(session, admin, clock, house.project.id, kind="invoice", prefix="F")
    old = [issue(session, admin, clock, paid(fen)) for fen in (100_00, 200_00)]
    invoice = papers.exchange_papers(session, admin, clock, paper_ids=[paper.id for paper in old])
    assert (invoice.label, invoice.amount_fen) == ("F0001", 300_00)
    assert invoice.items == [{"kind": "deposit", "amount_fen": 300_00}]
    detail = get_paper(session, admin, invoice.id)
    assert [paper.label for paper in detail.made_of] == ["A0001", "A0002"]
    assert get_paper(session, admin, old[0].id).row.state is PaperState.EXCHANGED
    with pytest.raises(PaperRefused, match="paper_not_live"):
        papers.exchange_papers(session, admin, clock, paper_ids=[old[0].id])
    with pytest.raises(PaperRefused, match="paper_exchanged"):
        papers.void_paper(session, admin, clock, paper_id=old[0].id, reason="wrong")


def test_receipts_of_a_void_invoice_count_again_and_are_exchanged_anew(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    receive(session, admin, clock, house.project.id, kind="invoice", prefix="F")
    old = issue(session, admin, clock, paid())
    invoice = papers.exchange_papers(session, admin, clock, paper_ids=[old.id], payer="Lin & Co")
    assert invoice.payer == "Lin & Co"
    papers.void_paper(session, admin, clock, paper_id=invoice.id, reason="wrong title")
    assert get_paper(session, admin, old.id).row.state is PaperState.ISSUED
    assert papers.exchange_papers(session, admin, clock, paper_ids=[old.id]).label == "F0002"


def test_an_invoice_is_one_sales_and_one_payers(session, admin, clock, house, desk, paid):
    receive(session, admin, clock, house.project.id)
    receive(session, admin, clock, house.project.id, kind="invoice", prefix="F")
    other = house.sale()
    desk.deposit(other)
    mine, theirs, aunts = (
        issue(session, admin, clock, paid(**about)).id for about in ({}, {"sale": other}, {"payer": "Aunt Wan"})
    )
    with pytest.raises(PaperRefused, match="exchange_of_several_sales"):
        papers.exchange_papers(session, admin, clock, paper_ids=[mine, theirs])
    with pytest.raises(PaperRefused, match="exchange_payer_missing") as refused:
        papers.exchange_papers(session, admin, clock, paper_ids=[mine, aunts])
    assert refused.value.field == "payer"
    invoice = papers.exchange_papers(session, admin, clock, paper_ids=[mine, aunts], payer="Lin Wan")
    with pytest.raises(PaperRefused, match="exchange_of_receipts_only"):
        papers.exchange_papers(session, admin, clock, paper_ids=[invoice.id])
    with pytest.raises(PaperMissing):
        papers.exchange_papers(session, admin, clock, paper_ids=[new_id()])
    with pytest.raises(Missing):
        papers.void_paper(session, admin, clock, paper_id=new_id(), reason="x")


def test_confirmed_money_asks_for_its_paper_and_reversed_money_voids_it(session, admin, clock, house, desk, paid):
    paid()
    receive(session, admin, clock, house.project.id)
    receive(session, admin, clock, house.project.id, kind="invoice", prefix="F")
    session.info["facts"] = []
    receipts = [paid() for _ in range(3)]
    from handlers import papers as subscriptions  # noqa: PLC0415 - registers the subscribers under test.

    assert subscriptions.paper_is_due
    session.info["facts"] = [fact for fact in session.info["facts"] if type(fact).__name__ == "ReceiptConfirmed"]
    deliver_facts(Telling(session, admin, clock))
    todos = session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.ISSUE_PAPER)).all()
    assert sorted(todo.receipt_id for todo in todos) == sorted(receipts)
    by_receipt = {todo.receipt_id: todo for todo in todos}
    for receipt in receipts[:2]:
        finance.complete_todo(session, admin, clock, todo_id=by_receipt[receipt].id)
    old = [live_paper_of(session, receipt) for receipt in receipts[:2]]
    invoice = papers.exchange_papers(session, admin, clock, paper_ids=[paper.id for paper in old])
    session.info["facts"] = []
    for receipt in (receipts[0], receipts[2]):
        desk.do("reverse_receipt", receipt_id=receipt, reason="bounced")
    session.info["facts"] = [fact for fact in session.info["facts"] if type(fact).__name__ == "ReceiptReversed"]
    deliver_facts(Telling(session, admin, clock))
    states = {row.paper.label: (row.state, row.reason) for row in list_papers(session, admin, PaperFilter())}
    assert states == {
        "A0001": (PaperState.VOID, "bounced"),
        "A0002": (PaperState.ISSUED, None),
        invoice.label: (PaperState.VOID, "bounced"),
    }
    assert by_receipt[receipts[2]].state is TodoState.CANCELLED


def test_a_projects_papers_by_day_equal_its_receipts_by_day(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    first, _second = paid(100_00), paid(50_00)
    issue(session, admin, clock, first)
    (day,) = days_against_receipts(session, admin, house.project.id, first=TODAY, last=TODAY)
    assert (day.receipts, day.received_fen, day.papered_fen, day.missing, day.missing_fen) == (
        2,
        150_00,
        100_00,
        1,
        50_00,
    )
    issue(session, admin, clock, _second)
    (day,) = days_against_receipts(session, admin, house.project.id, first=TODAY, last=TODAY)
    assert (day.missing, day.missing_fen) == (0, 0)


def test_the_database_itself_refuses_numbers_out_of_order_and_changes(session, admin, clock, house, paid):
    receive(session, admin, clock, house.project.id)
    paper = issue(session, admin, clock, paid())
    copied = {column.name: getattr(paper, column.name) for column in Paper.__table__.columns}
    blank = {"blank": True, "amount_fen": 0, "receipt_id": None, "items": []}
    for number in (3, 6, 1):
        with pytest.raises(DBAPIError, match="paper_out_of_order"), session.begin_nested():
            session.add(Paper(**{**copied, **blank, "id": new_id(), "number": number, "label": f"X{number}"}))
            session.flush()
    for wrong, code in (
        ({}, "receipt_has_paper"),
        ({"receipt_id": None}, "paper_sum"),
        ({"receipt_id": paid(), "amount_fen": 7}, "paper_sum"),
    ):
        with pytest.raises(DBAPIError, match=code), session.begin_nested():
            session.add(Paper(**{**copied, "id": new_id(), "number": 2, "label": "A0002", **wrong}))
            session.flush()
    for statement in ("UPDATE paper SET amount_fen = 1", "DELETE FROM paper_range"):
        with pytest.raises(DBAPIError, match="append_only"), session.begin_nested():
            session.execute(text(statement))


def test_two_clerks_at_once_get_two_numbers(database, admin, clock):
    with database.unit_of_work() as session:
        house = build_house(session, clock)
        sale = house.sale()
        desk = Desk(session, admin, clock, house)
        desk.deposit(sale, DEPOSIT)
        receive(session, admin, clock, house.project.id)
        receipts = [desk.pay(sale, 100, key=f"r{number}").receipt_id for number in range(4)]
    start = Barrier(4)

    def one(receipt_id):
        start.wait(20)
        try:
            with database.unit_of_work() as session:
                return papers.issue_paper(session, admin, clock, receipt_id=receipt_id).label
        except KeyturnError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        labels = list(pool.map(one, receipts))
    assert sorted(labels) == ["A0001", "A0002", "A0003", "A0004"]
    with ThreadPoolExecutor(2) as pool:
        start = Barrier(2)
        assert set(pool.map(one, [receipts[0]] * 2)) == {labels[0]}
