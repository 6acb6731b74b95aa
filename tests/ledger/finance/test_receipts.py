"""Money comes in once, is confirmed, counted towards what is owed, and taken back only by counter-entry."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from kernel.errors import Invalid, KeyturnError
from kernel.ids import new_id
from ledger.finance.errors import (
    AllocationRefused,
    AlreadyDone,
    AmountInvalid,
    DateInvalid,
    KeyReused,
    NoPermit,
    ReceiptMissing,
    ReceivableMissing,
    RefundRefused,
    SaleClosed,
    SaleMissing,
    TodoMissing,
)
from ledger.finance.facts import DepositPaid, ReceiptConfirmed, ReceiptReversed, ReceivableSettled, TodoDone
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, Debtor, ReceivableKind, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt
from ledger.finance.operations import Charge
from ledger.finance.queries import ReceiptFilter, list_receipts, money_at
from ledger.finance.todos import open_todos_of
from ledger.finance.totals import list_sale_totals, project_totals

from .house import DEPOSIT, PERMIT_ON, PRICE, TODAY, build_house


def test_a_deposit_that_is_confirmed_is_paid(session, desk, house):
    sale = house.sale()
    line = desk.deposit(sale)
    todo = desk.collect(line, instance_id="case-1")
    receipt = desk.take(sale, DEPOSIT, todo_id=todo.id)
    assert desk.account(sale).received_fen == 0
    confirmation = desk.do("confirm_receipt", receipt_id=receipt.id)
    assert confirmation.allocated == {line.id: DEPOSIT}
    assert confirmation.number == "YUNXI-SJ-2026-000001"
    assert desk.facts(ReceiptConfirmed) == [ReceiptConfirmed(sale.id, receipt.id, DEPOSIT, sale.path)]
    assert desk.facts(DepositPaid) == [DepositPaid(sale.id, line.id)]
    assert [fact.kind for fact in desk.facts(ReceivableSettled)] == ["deposit"]
    assert {(fact.kind, fact.instance_id) for fact in desk.facts(TodoDone)} == {
        ("collect", "case-1"),
        ("confirm", None),
    }


def test_paper_numbers_have_no_gaps(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    captured = desk.take(sale, 100)
    first, second = desk.pay(sale, 100), desk.pay(sale, 100)
    third = desk.do("confirm_receipt", receipt_id=captured.id)
    assert [c.number[-1] for c in (first, second, third)] == ["1", "2", "3"]


def test_a_form_sent_twice_acts_once(session, desk, house):
    sale = house.sale()
    desk.deposit(sale)
    receipt = desk.take(sale, DEPOSIT, key="form-1")
    assert desk.take(sale, DEPOSIT, key="form-1").id == receipt.id
    first = desk.do("confirm_receipt", receipt_id=receipt.id)
    assert desk.do("confirm_receipt", receipt_id=receipt.id) == first
    assert session.scalar(select(func.count()).select_from(Receipt)) == 1
    assert desk.account(sale).received_fen == DEPOSIT
    with pytest.raises(KeyReused):
        desk.take(sale, DEPOSIT + 1, key="form-1")


def test_a_partial_payment_leaves_the_rest_open(session, desk, house):
    sale = house.sale()
    todo = desk.collect(desk.deposit(sale))
    desk.pay(sale, 20_000_00, todo_id=todo.id)
    (line,) = desk.account(sale).lines
    assert (line.allocated_fen, line.open_fen) == (20_000_00, 30_000_00)
    assert todo.state is TodoState.OPEN
    assert desk.facts(DepositPaid) == []
    desk.pay(sale, 30_000_00, todo_id=todo.id)
    assert todo.state is TodoState.DONE


def test_an_overpayment_is_kept_as_credit_and_counts_at_signing(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    assert desk.pay(sale, DEPOSIT + 500_00).credit_fen == 500_00
    desk.sign(sale)
    account = desk.account(sale)
    assert account.credit_fen == 0
    assert [line.allocated_fen for line in account.lines] == [DEPOSIT, 500_00, 0]


def test_the_banks_loan_settles_the_loan_and_the_buyers_money_never_does(desk, house):
    sale = house.sale()
    desk.sign(sale)
    desk.pay(sale, 860_000_00, method="bank_loan", payer="Bank of the River")
    desk.pay(sale, PRICE)
    account = desk.account(sale)
    assert [line.open_fen for line in account.lines] == [0, 0]
    assert account.credit_fen == 860_000_00


def test_due_lines_are_paid_first_and_what_the_payer_names_before_them(desk, house, clock):
    sale = house.sale()
    desk.sign(sale, template_id=house.instalments_id)
    down, roof = desk.account(sale).lines
    confirmation = desk.pay(sale, 100, receivable_id=roof.receivable_id)
    assert confirmation.allocated == {roof.receivable_id: 100}
    assert desk.pay(sale, 100).allocated == {down.receivable_id: 100}


def test_an_instalment_due_today_is_not_late(desk, house):
    sale = house.sale()
    desk.sign(sale)
    due = date(2026, 3, 9)
    on_the_day, after = desk.account(sale, due), desk.account(sale, due + timedelta(days=3))
    assert (on_the_day.due_fen, on_the_day.overdue_fen) == (376_789_00, 0)
    assert (after.overdue_fen, after.lines[0].overdue_days) == (376_789_00, 3)
    desk.pay(sale, 376_789_00)
    assert desk.account(sale, after.on).overdue_fen == 0


@pytest.mark.parametrize(
    ("arguments", "error", "code", "field"),
    [
        ({"fen": 0}, AmountInvalid, "amount_not_positive", "amount_fen"),
        ({"fen": -1}, AmountInvalid, "amount_not_positive", "amount_fen"),
        ({"fen": 10**12 + 1}, AmountInvalid, "amount_absurd", "amount_fen"),
        ({"fen": 1.5}, AmountInvalid, "amount_not_whole_fen", "amount_fen"),
        ({"paid_on": TODAY + timedelta(days=1)}, DateInvalid, "paid_in_future", "paid_on"),
        ({"paid_on": PERMIT_ON - timedelta(days=1)}, NoPermit, "no_permit", "paid_on"),
        ({"method": "barter"}, Invalid, "method_unknown", "method"),
        ({"payer_role": "aunt"}, Invalid, "payer_role_unknown", "payer_role"),
        ({"account": "credit"}, Invalid, "account_holds_no_money", "account"),
        ({"payer": "  "}, Invalid, "text_missing_or_long", "payer"),
        ({"key": ""}, Invalid, "text_missing_or_long", "key"),
        ({"receivable_id": "none"}, ReceivableMissing, "receivable_missing", "receivable_id"),
    ],
)
def test_a_wrong_receipt_is_refused_by_field_and_nothing_is_kept(
    session, desk, house, arguments, error, code, field
):
    sale = house.sale()
    desk.deposit(sale)
    with pytest.raises(error) as refusal:
        desk.take(sale, **{"fen": 100, **arguments})
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert session.scalar(select(func.count()).select_from(Receipt)) == 0


def test_a_closed_sale_takes_no_money(desk, house):
    sale = house.sale()
    house.close(sale)
    with pytest.raises(SaleClosed) as refusal:
        desk.take(sale, 100)
    assert refusal.value.field == "sale_id"


def test_money_on_its_way_when_the_sale_closed_becomes_credit(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    receipt = desk.take(sale, DEPOSIT)
    desk.do("close_account", sale_id=sale.id, reason="cancelled")
    house.close(sale)
    assert desk.do("confirm_receipt", receipt_id=receipt.id).credit_fen == DEPOSIT


def test_a_queue_fee_needs_no_sale_but_a_permit(session, desk, house, clock):
    customer = house.customer()
    fee = {"customer_id": customer.id, "project_id": house.project.id}
    line = desk.do("raise_earnest", amount_fen=10_000_00, due_on=TODAY, origin="queue_number:7", **fee)
    confirmation = desk.pay(None, 10_000_00, **fee)
    assert confirmation.allocated == {line.id: 10_000_00}
    (settled,) = desk.facts(ReceivableSettled)
    assert (settled.sale_id, settled.origin) == (None, "queue_number:7")
    with pytest.raises(NoPermit):
        desk.take(None, 100, paid_on=PERMIT_ON - timedelta(days=1), **fee)
    with pytest.raises(Invalid, match="payer_account_missing"):
        desk.take(None, 100)


def test_money_in_the_wrong_account_settles_nothing(session, desk, house):
    sale = house.sale()
    desk.sign(sale, charges=[Charge(ReceivableKind.DEED_TAX, 500_00, due_on=TODAY)])
    tax = desk.account(sale).lines[-1]
    confirmation = desk.pay(sale, 100, account="general")
    assert confirmation.credit_fen == 100
    with pytest.raises(AllocationRefused) as refusal:
        desk.do("allocate", receipt_id=confirmation.receipt_id, allocations={tax.receivable_id: 100})
    assert refusal.value.code == "allocation_wrong_account"
    paid = desk.pay(sale, 500_00, receivable_id=tax.receivable_id)
    assert paid.allocated == {tax.receivable_id: 500_00}
    assert balance(session, Account.AGENCY, sale_id=sale.id) == 500_00
    assert balance(session, Account.FOR_OTHERS, receivable_id=tax.receivable_id) == -500_00


def test_manual_allocation_and_allocation_anew(desk, house):
    sale = house.sale()
    desk.sign(sale, template_id=house.instalments_id)
    down, roof = (line.receivable_id for line in desk.account(sale).lines)
    receipt = desk.take(sale, 1000)
    confirmed = desk.do("confirm_receipt", receipt_id=receipt.id, allocations={roof: 400})
    assert (confirmed.allocated, confirmed.credit_fen) == ({roof: 400}, 600)
    desk.do("allocate", receipt_id=receipt.id, allocations={down: 600})
    desk.do("reallocate", receipt_id=receipt.id, allocations={down: 1000})
    assert [line.allocated_fen for line in desk.account(sale).lines] == [1000, 0]


def test_allocations_have_limits(desk, house):
    sale, other = house.sale(), house.sale()
    line, strange = desk.deposit(sale, 500), desk.deposit(other)
    captured = desk.take(sale, 700)
    for allocations, code in [
        ({line.id: 701}, "allocation_above_receipt"),
        ({line.id: 501}, "allocation_above_receivable"),
        ({strange.id: 5}, "allocation_to_another_sale"),
        ({new_id(): 5}, "receivable_missing"),
        ({line.id: 0}, "amount_not_positive"),
    ]:
        with desk.session.begin_nested() as savepoint:
            with pytest.raises(KeyturnError) as refusal:
                desk.do("confirm_receipt", receipt_id=captured.id, allocations=allocations)
            savepoint.rollback()
        assert refusal.value.code == code
        assert refusal.value.field.startswith("allocations")
    with pytest.raises(AllocationRefused, match="allocation_above_receipt"):
        desk.do("allocate", receipt_id=captured.id, allocations={line.id: 5})


@pytest.mark.parametrize(
    ("paid", "fen", "code"),
    [
        (500, 250, "allocation_above_receipt"),
        (1000, 450, "allocation_above_receivable"),
        (500, -301, "allocation_below_zero"),
    ],
)
def test_the_database_itself_limits_allocations(session, desk, house, paid, fen, code):
    sale = house.sale()
    line = desk.deposit(sale, 700)
    confirmed = desk.pay(sale, paid)
    desk.do("reallocate", receipt_id=confirmed.receipt_id, allocations={line.id: 300})
    with pytest.raises(DBAPIError, match=code):
        session.execute(
            text(
                "INSERT INTO allocation SELECT 'x', receipt_id, receivable_id, :fen, on_date, at, by, booked_on"
                " FROM allocation ORDER BY id LIMIT 1"
            ),
            {"fen": fen},
        )


def test_money_that_is_not_confirmed_cannot_be_allocated(session, desk, house, clock):
    sale = house.sale()
    line = desk.deposit(sale)
    receipt = desk.take(sale, 100)
    with pytest.raises(DBAPIError, match="allocation_unconfirmed"):
        session.execute(
            text(
                "INSERT INTO allocation"
                " VALUES ('x', :receipt, :line, 5, '2026-03-02', '2026-03-02', 'me', '2026-03-02')"
            ),
            {"receipt": receipt.id, "line": line.id},
        )


def test_a_reversal_is_a_counter_entry_and_opens_what_was_settled(session, desk, house):
    sale = house.sale()
    line = desk.deposit(sale)
    confirmed = desk.pay(sale, DEPOSIT)
    desk.do("reverse_receipt", receipt_id=confirmed.receipt_id, reason="bounced")
    account = desk.account(sale)
    assert (account.received_fen, account.credit_fen, account.open_fen) == (0, 0, DEPOSIT)
    assert balance(session, Account.SUPERVISED, sale_id=sale.id) == 0
    assert balance(session, Account.CONTRACT, receivable_id=line.id) == 0
    (again,) = open_todos_of(session, TodoKind.COLLECT, receivable_id=line.id)
    assert (again.amount_fen, again.note) == (DEPOSIT, "receipt_reversed")
    assert len(desk.facts(ReceiptReversed)) == 1
    desk.do("reverse_receipt", receipt_id=confirmed.receipt_id, reason="bounced")
    assert len(desk.facts(ReceiptReversed)) == 1
    with pytest.raises(AlreadyDone):
        desk.do("confirm_receipt", receipt_id=confirmed.receipt_id)


def test_a_captured_slip_is_reversed_without_entries(session, desk, house):
    sale = house.sale()
    receipt = desk.take(sale, 100)
    with pytest.raises(Invalid, match="text_missing_or_long"):
        desk.do("reverse_receipt", receipt_id=receipt.id, reason=" ")
    desk.do("reverse_receipt", receipt_id=receipt.id, reason="typing slip")
    assert money_at(session, sale.id) == 0
    assert session.scalars(select(MoneyTodo)).one().state is TodoState.CANCELLED


def test_a_receipt_with_a_refund_out_of_it_is_not_reversed(desk, house):
    sale = house.sale()
    confirmed = desk.pay(sale, 100)
    desk.do("request_refunds", key="r", sale_id=sale.id, amount_fen=50, reason="overpaid")
    with pytest.raises(RefundRefused, match="receipt_refunded"):
        desk.do("reverse_receipt", receipt_id=confirmed.receipt_id, reason="bounced")


@pytest.mark.parametrize("table", ["receipt", "receipt_event", "allocation", "receivable_schedule"])
def test_rows_of_money_are_never_changed(session, desk, house, table):
    sale = house.sale()
    desk.sign(sale)
    desk.pay(sale, 100)
    with pytest.raises(DBAPIError, match=f"append_only:{table}"):
        session.execute(text(f"UPDATE {table} SET id = id"))  # noqa: S608 - the test's own words


def test_whoever_lacks_the_right_takes_no_money(desk, house, actor_with):
    sale = house.sale()
    receipt = desk.take(sale, 100)
    desk.actor = actor_with("finance:view")
    with pytest.raises(SaleMissing):
        desk.take(sale, 100)
    with pytest.raises(ReceiptMissing):
        desk.do("confirm_receipt", receipt_id=receipt.id)


def test_receipts_are_listed_for_those_who_may_see_the_sale(session, desk, house, admin, actor_with):
    consultant = actor_with("finance:view", path=house.project.path, own_only=True)
    sale, other = house.sale(owner_id=consultant.id), house.sale()
    desk.deposit(sale)
    desk.pay(sale, 60_000_00)
    desk.take(other, 100, method="cash")
    rows = list_receipts(session, admin, ReceiptFilter())
    assert [(row.sale_no, row.confirmed, row.number) for row in rows] == [
        (other.no, False, None),
        (sale.no, True, "YUNXI-SJ-2026-000001"),
    ]
    assert (rows[1].allocated_fen, rows[1].payer_role) == (DEPOSIT, Debtor.BUYER)
    assert [row.sale_id for row in list_receipts(session, consultant, ReceiptFilter())] == [sale.id]
    assert list_receipts(session, actor_with("finance:view", path="/elsewhere/"), ReceiptFilter()) == []
    for where, count in [
        (ReceiptFilter(sale_id=sale.id), 1),
        (ReceiptFilter(confirmed=False), 1),
        (ReceiptFilter(method="cash", paid_from=TODAY, paid_to=TODAY), 1),
        (ReceiptFilter(paid_from=TODAY + timedelta(days=1)), 0),
        (ReceiptFilter(project_id=house.project.id), 2),
    ]:
        assert len(list_receipts(session, admin, where)) == count


def test_a_projects_totals_add_up(session, desk, house, admin, clock):
    first, second = house.sale(), house.sale(price=1_000_000_00)
    elsewhere = build_house(session, clock, "harbour").sale()
    desk.deposit(first)
    desk.pay(first, DEPOSIT)
    desk.sign(first)
    desk.sign(second, total=1_000_000_00)
    desk.deposit(elsewhere)
    totals = project_totals(session, admin, house.project.id, on=date(2026, 3, 20))
    assert (totals.signed_fen, totals.signed_count) == (PRICE + 1_000_000_00, 2)
    assert totals.collected_fen == DEPOSIT
    assert totals.receivable_fen == PRICE + 1_000_000_00 - DEPOSIT
    assert totals.overdue_fen == 326_789_00 + 300_000_00
    later = project_totals(session, admin, house.project.id, on=date(2026, 3, 20), booked_from=date(2026, 3, 10))
    assert later.collected_fen == 0
    rows = list_sale_totals(session, admin, house.project.id, on=date(2026, 3, 20))
    assert [(row.sale_no, row.receivable_fen) for row in rows] == [
        (first.no, PRICE - DEPOSIT),
        (second.no, 1_000_000_00),
    ]
    for figure in ("signed_fen", "collected_fen", "receivable_fen", "overdue_fen"):
        assert sum(getattr(row, figure) for row in rows) == getattr(totals, figure)


def test_a_closed_sale_counts_no_longer_as_signed(session, desk, house, admin):
    sale = house.sale()
    desk.deposit(sale)
    desk.sign(sale)
    desk.pay(sale, DEPOSIT)
    desk.do("close_account", sale_id=sale.id, reason="rescinded")
    house.close(sale)
    totals = project_totals(session, admin, house.project.id, on=TODAY)
    assert (totals.signed_fen, totals.collected_fen, totals.receivable_fen) == (0, 0, 0)


def test_queue_money_of_one_project_settles_nothing_at_another(session, desk, house, clock):
    elsewhere, customer = build_house(session, clock, "harbour"), house.customer()
    line = desk.do(
        "raise_earnest",
        amount_fen=10_000_00,
        due_on=TODAY,
        origin="queue_number:7",
        customer_id=customer.id,
        project_id=elsewhere.project.id,
    )
    here = {"customer_id": customer.id, "project_id": house.project.id}
    confirmation = desk.pay(None, 10_000_00, **here)
    assert (confirmation.allocated, confirmation.credit_fen) == ({}, 10_000_00)
    with pytest.raises(AllocationRefused, match="allocation_to_another_sale"):
        desk.do("allocate", receipt_id=confirmation.receipt_id, allocations={line.id: 100})
    with pytest.raises(ReceivableMissing):
        desk.take(None, 100, receivable_id=line.id, **here)


def test_money_of_one_sale_does_no_to_do_of_another(session, desk, house):
    mine, other = house.sale(), house.sale()
    todo = desk.collect(desk.deposit(other))
    with pytest.raises(TodoMissing):
        desk.take(mine, 100, todo_id=todo.id)
    assert desk.take(other, 100, todo_id=todo.id).todo_id == todo.id
