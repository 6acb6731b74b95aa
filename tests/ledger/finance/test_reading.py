"""What clerks and consultants read: late instalments, the journal, a receipt's page, the customer's timeline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from ledger.customers.timeline import TimelineRequest
from ledger.finance.arrears import OverdueFilter, list_overdue
from ledger.finance.errors import ReceiptMissing
from ledger.finance.journal_queries import JournalFilter, list_transactions
from ledger.finance.kinds import Account, Debtor
from ledger.finance.queries import get_receipt
from ledger.finance.timeline import receipts_of_customers, refunds_of_customers

from .house import DEPOSIT, TODAY

LATER = date(2026, 5, 11)  # Ten days after the loan, 63 after the down payment.


@pytest.fixture
def signed(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT)
    desk.sign(sale)
    return sale


def test_each_late_instalment_stands_for_itself(session, desk, admin, house, signed):
    desk.pay(signed, 26_789_00)
    rows = list_overdue(session, admin, OverdueFilter(), on=LATER)
    assert [(row.kind, row.debtor, row.open_fen, row.days) for row in rows] == [
        ("down_payment", Debtor.BUYER, 300_000_00, 63),
        ("loan", Debtor.BANK, 860_000_00, 10),
    ]
    assert (rows[0].unit_label, rows[0].customer_name, rows[0].sale_no) == ("1栋-101", "Lin Wan", signed.no)


def test_what_is_due_today_is_not_late(session, admin, signed):
    due = date(2026, 3, 9)
    assert list_overdue(session, admin, OverdueFilter(), on=due) == []
    assert [row.days for row in list_overdue(session, admin, OverdueFilter(), on=due + timedelta(days=1))] == [1]


@pytest.mark.parametrize(
    ("where", "days"),
    [
        (OverdueFilter(debtor=Debtor.BANK), [10]),
        (OverdueFilter(days_from=11), [63]),
        (OverdueFilter(days_to=10), [10]),
        (OverdueFilter(days_from=10, days_to=63), [63, 10]),
        (OverdueFilter(project_id="none"), []),
    ],
)
def test_late_instalments_are_cut_to_what_is_asked(session, admin, signed, where, days):
    assert [row.days for row in list_overdue(session, admin, where, on=LATER)] == days


def test_paid_closed_and_foreign_sales_are_not_late(session, desk, admin, house, signed, actor_with):
    assert list_overdue(session, actor_with("finance:view", path="/other/"), OverdueFilter(), on=LATER) == []
    desk.pay(signed, 326_789_00)
    assert [row.kind for row in list_overdue(session, admin, OverdueFilter(), on=LATER)] == ["loan"]
    house.close(signed)
    assert list_overdue(session, admin, OverdueFilter(), on=LATER) == []


def test_the_journal_reads_latest_first_with_both_sides(session, desk, admin, house, signed):
    other = house.sale()
    desk.pay(other, 100)
    rows = {row.kind: row for row in list_transactions(session, admin, JournalFilter(sale_id=signed.id))}
    assert set(rows) == {"allocate", "receive"}
    assert [(e.account, e.amount_fen, e.sale_no, e.receivable_kind) for e in rows["allocate"].entries] == [
        (Account.CREDIT, DEPOSIT, signed.no, None),
        (Account.CONTRACT, -DEPOSIT, signed.no, "deposit"),
    ]
    assert rows["allocate"].debit_fen == DEPOSIT
    assert len(list_transactions(session, admin, JournalFilter(project_id=house.project.id))) == 3
    assert len(list_transactions(session, admin, JournalFilter(account=Account.CONTRACT))) == 1
    assert len(list_transactions(session, admin, JournalFilter(kind="receive"), limit=1, offset=1)) == 1
    assert list_transactions(session, admin, JournalFilter(booked_to=TODAY - timedelta(days=1))) == []
    assert len(list_transactions(session, admin, JournalFilter(booked_from=TODAY))) == 3


def test_a_consultant_reads_the_journal_of_his_own_sales_alone(session, house, desk, actor_with, signed):
    consultant = actor_with("finance:view", path=house.project.path, own_only=True)
    assert list_transactions(session, consultant, JournalFilter(sale_id=signed.id)) == []
    signed.owner_id = consultant.id
    session.flush()
    assert len(list_transactions(session, consultant, JournalFilter(sale_id=signed.id))) == 2
    assert list_transactions(session, consultant, JournalFilter()) == []


def test_the_journal_asks_the_database_twice_however_long_it_is(session, desk, admin, signed):
    for _ in range(5):
        desk.pay(signed, 100)
    session.flush()
    statements = []
    event.listen(session.get_bind().engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert len(list_transactions(session, admin, JournalFilter())) == 12
    assert len(statements) == 2


def test_a_receipts_page_says_what_it_paid_for(session, desk, admin, house, actor_with):
    sale = house.sale()
    line = desk.deposit(sale)
    receipt = desk.take(sale, DEPOSIT + 900, reference="FT-1")
    desk.clock.advance(timedelta(minutes=5))
    assert get_receipt(session, admin, receipt.id).credit_fen == 0
    desk.do("confirm_receipt", receipt_id=receipt.id)
    desk.do("request_refunds", key="back", sale_id=sale.id, amount_fen=300, reason="overpaid")
    detail = get_receipt(session, admin, receipt.id)
    assert [(part.receivable_id, part.amount_fen) for part in detail.parts] == [(line.id, DEPOSIT)]
    assert (detail.row.number, detail.reference) == ("YUNXI-SJ-2026-000001", "FT-1")
    assert (detail.refunded_fen, detail.credit_fen) == (300, 600)
    assert [event.kind for event in detail.events] == ["captured", "confirmed"]
    with pytest.raises(ReceiptMissing):
        get_receipt(session, actor_with("finance:view", path="/other/"), receipt.id)


def test_the_customers_timeline_tells_of_their_money(session, desk, admin, house, actor_with):
    sale = house.sale(buyers=("Lin Wan", "Ye Chun"))
    receipt = desk.take(sale, 1000)
    desk.clock.advance(timedelta(minutes=5))
    confirmed = desk.do("confirm_receipt", receipt_id=receipt.id)
    (refund,) = desk.do("request_refunds", key="back", sale_id=sale.id, amount_fen=300, reason="overpaid")
    request = TimelineRequest(admin, [sale.customer_id], None, 10)
    receipts = receipts_of_customers(session, request)
    assert [(e.code, e.subject_id, e.params["amount_fen"]) for e in receipts] == [
        ("receipt_confirmed", confirmed.receipt_id, 1000),
        ("receipt_captured", confirmed.receipt_id, 1000),
    ]
    refunds = refunds_of_customers(session, request)
    assert [(e.code, e.subject_id, e.note) for e in refunds] == [("refund_requested", refund.id, "overpaid")]
    before_all = TimelineRequest(admin, [sale.customer_id], receipts[-1].cursor, 10)
    assert receipts_of_customers(session, before_all) == []
    stranger = TimelineRequest(actor_with("finance:view", path="/other/"), [sale.customer_id], None, 10)
    assert receipts_of_customers(session, stranger) == []
    assert refunds_of_customers(session, stranger) == []


def test_a_queue_fee_is_in_its_customers_timeline(session, desk, admin, house):
    customer = house.customer("Shen Mo")
    receipt = desk.take(None, 500, customer_id=customer.id, project_id=house.project.id)
    desk.clock.advance(timedelta(minutes=5))
    desk.do("confirm_receipt", receipt_id=receipt.id)
    events = receipts_of_customers(session, TimelineRequest(admin, [customer.id], None, 10))
    assert [(e.code, e.params["sale_no"]) for e in events] == [
        ("receipt_confirmed", None),
        ("receipt_captured", None),
    ]
