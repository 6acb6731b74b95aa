"""Money goes back to its payer and never more than was received; what is kept is a forfeit within the law's cap."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.errors import Invalid
from ledger.finance.deposits import Fault, settle_deposit
from ledger.finance.errors import AlreadyDone, DateInvalid, KeyReused, RefundMissing, RefundRefused
from ledger.finance.facts import DepositPaid, RefundPaid
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, Debtor, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Refund
from ledger.finance.queries import money_at
from ledger.finance.todos import open_todos_of

from .house import DEPOSIT, PRICE, TODAY


def ask(desk, sale, fen, **arguments):
    return desk.do(
        "request_refunds",
        **{"key": "ask", "sale_id": sale.id, "amount_fen": fen, "reason": "overpaid", **arguments},
    )


def test_credit_goes_back_to_its_payer_by_a_todo(session, desk, house):
    sale = house.sale()
    desk.pay(sale, 1000)
    (refund,) = ask(desk, sale, 400)
    assert (refund.payee, refund.payee_role, refund.account) == ("Lin Wan", Debtor.BUYER, Account.SUPERVISED)
    assert desk.account(sale).credit_fen == 600
    (todo,) = open_todos_of(session, TodoKind.REFUND, refund_id=refund.id)
    assert todo.amount_fen == 400
    assert money_at(session, sale.id) == 1000
    desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY, payee="Lin Wan")
    assert money_at(session, sale.id) == 600
    assert todo.state is TodoState.DONE
    desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    assert money_at(session, sale.id) == 600
    assert len(desk.facts(RefundPaid)) == 1


def test_asking_twice_refunds_once(session, desk, house):
    sale = house.sale()
    desk.pay(sale, 1000)
    assert [r.id for r in ask(desk, sale, 400)] == [r.id for r in ask(desk, sale, 400)]
    assert len(session.scalars(select(Refund)).all()) == 1
    with pytest.raises(KeyReused):
        ask(desk, sale, 401)


def test_no_more_than_the_credit_is_refunded(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT + 300)
    with pytest.raises(RefundRefused) as refusal:
        ask(desk, sale, 301)
    assert (refusal.value.code, refusal.value.params["credit_fen"]) == ("refund_above_credit", 300)


def test_a_large_refund_is_spread_over_receipts_latest_first(desk, house):
    sale = house.sale()
    desk.pay(sale, 100, paid_on=TODAY - timedelta(days=2))
    desk.pay(sale, 200)
    assert [refund.amount_fen for refund in ask(desk, sale, 250)] == [200, 50]


def test_the_banks_part_goes_back_to_the_bank(desk, house):
    sale = house.sale()
    desk.sign(sale)
    desk.pay(sale, 860_000_00, method="bank_loan", payer="Bank of the River")
    desk.pay(sale, 376_789_00)
    desk.do("close_account", sale_id=sale.id, reason="rescinded")
    house.close(sale)
    (bank,) = ask(desk, sale, 860_000_00, key="bank", payee_role=Debtor.BANK)
    (buyer,) = ask(desk, sale, 376_789_00, key="buyer", payee_role=Debtor.BUYER)
    assert (bank.payee, buyer.payee) == ("Bank of the River", "Lin Wan")
    assert desk.account(sale).credit_fen == 0


def test_a_refund_is_paid_to_nobody_else(desk, house):
    sale = house.sale()
    desk.pay(sale, 1000)
    (refund,) = ask(desk, sale, 400)
    with pytest.raises(RefundRefused) as refusal:
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY, payee="Somebody Else")
    assert refusal.value.field == "payee"
    with pytest.raises(DateInvalid):
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY + timedelta(days=1))


def test_a_withdrawn_refund_is_credit_again(session, desk, house):
    sale = house.sale()
    desk.pay(sale, 1000)
    (refund,) = ask(desk, sale, 400)
    with pytest.raises(Invalid, match="reason_missing"):
        desk.do("cancel_refund", refund_id=refund.id, reason="")
    desk.do("cancel_refund", refund_id=refund.id, reason="kept for the next line")
    desk.do("cancel_refund", refund_id=refund.id, reason="again")
    assert desk.account(sale).credit_fen == 1000
    with pytest.raises(AlreadyDone):
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    (second,) = ask(desk, sale, 1000, key="second")
    desk.do("pay_refund", refund_id=second.id, paid_on=TODAY)
    with pytest.raises(AlreadyDone):
        desk.do("cancel_refund", refund_id=second.id, reason="too late")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "INSERT INTO refund (id, key, receipt_id, project_id, path, amount_fen, payee, payee_role, account, reason,"
            " requested_at, requested_by) SELECT 'x', 'x', receipt_id, project_id, path, 601, payee, payee_role,"
            " account, reason, requested_at, requested_by FROM refund",
            "refund_above_receipt",
        ),
        ("UPDATE refund SET payee = 'me'", "append_only:refund"),
        ("DELETE FROM refund_event", "append_only:refund_event"),
    ],
)
def test_the_database_itself_guards_refunds(session, desk, house, statement, code):
    sale = house.sale()
    desk.pay(sale, 1000)
    ask(desk, sale, 400)
    with pytest.raises(DBAPIError, match=code):
        session.execute(text(statement))


def test_a_buyer_who_breaks_loses_the_deposit_up_to_the_cap(session, desk, house):
    price, paid = 1_200_000_00, 300_000_00
    sale = house.sale(price=price)
    desk.deposit(sale, paid)
    desk.pay(sale, paid)
    desk.do("close_account", sale_id=sale.id, reason="default")
    outcome = settle_deposit(paid, price, Fault.BUYER)
    with pytest.raises(RefundRefused, match="forfeit_above_cap"):
        desk.do("forfeit_deposit", sale_id=sale.id, amount_fen=outcome.forfeited_fen + 1, reason="default")
    kept = desk.do("forfeit_deposit", sale_id=sale.id, amount_fen=outcome.forfeited_fen, reason="default")
    assert balance(session, Account.FORFEITED, receivable_id=kept.id) == -240_000_00
    again = desk.do("forfeit_deposit", sale_id=sale.id, amount_fen=outcome.forfeited_fen, reason="default")
    assert again.id == kept.id
    (refund,) = ask(desk, sale, outcome.refund_fen)
    desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    account = desk.account(sale)
    assert (account.refunded_fen, account.credit_fen) == (60_000_00, 0)
    assert money_at(session, sale.id) == 240_000_00


def test_no_more_is_forfeited_than_was_paid(desk, house):
    sale = house.sale()
    with pytest.raises(RefundRefused, match="forfeit_above_credit"):
        desk.do("forfeit_deposit", sale_id=sale.id, amount_fen=5, reason="default")


@pytest.fixture
def queue_fee(desk, house):
    customer = house.customer()
    fee = {"customer_id": customer.id, "project_id": house.project.id}
    line = desk.do("raise_earnest", amount_fen=10_000_00, due_on=TODAY, origin="queue_number:7", **fee)
    desk.pay(None, 10_000_00, **fee)
    return line


def test_a_queue_fee_is_given_back_whole_and_once(desk, queue_fee):
    (refund,) = desk.do("refund_earnest", receivable_id=queue_fee.id, reason="passed")
    assert (refund.amount_fen, refund.sale_id, refund.customer_id) == (10_000_00, None, queue_fee.customer_id)
    again = desk.do("refund_earnest", receivable_id=queue_fee.id, reason="passed")
    assert [r.id for r in again] == [refund.id]
    desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    (paid,) = desk.facts(RefundPaid)
    assert paid.customer_id == queue_fee.customer_id


def test_a_fee_that_was_never_paid_is_not_refunded(desk, house):
    customer = house.customer()
    line = desk.do(
        "raise_earnest",
        amount_fen=5,
        due_on=TODAY,
        origin="queue_number:8",
        customer_id=customer.id,
        project_id=house.project.id,
    )
    assert desk.do("refund_earnest", receivable_id=line.id, reason="void") == []


def test_a_queue_fee_becomes_part_of_the_deposit_and_is_carried_to_the_supervised_account(
    session, desk, house, queue_fee
):
    sale = house.sale()
    deposit = desk.deposit(sale)
    assert desk.do("convert_earnest", receivable_id=queue_fee.id, sale_id=sale.id) == 10_000_00
    assert desk.do("convert_earnest", receivable_id=queue_fee.id, sale_id=sale.id) == 0
    account = desk.account(sale)
    assert (account.received_fen, account.lines[0].allocated_fen) == (10_000_00, 10_000_00)
    assert balance(session, Account.CONTRACT, receivable_id=deposit.id) == -10_000_00
    todo = session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.TRANSFER)).one()
    with pytest.raises(DateInvalid):
        desk.do("complete_transfer", todo_id=todo.id, carried_on=TODAY + timedelta(days=1))
    desk.do("complete_transfer", todo_id=todo.id, carried_on=TODAY)
    desk.do("complete_transfer", todo_id=todo.id, carried_on=TODAY)
    assert balance(session, Account.SUPERVISED, sale_id=sale.id) == 10_000_00
    assert balance(session, Account.GENERAL) == balance(session, Account.GENERAL, sale_id=sale.id) + 10_000_00
    desk.pay(sale, DEPOSIT - 10_000_00)
    assert len(desk.facts(DepositPaid)) == 1
    desk.sign(sale)
    assert sum(line.amount_fen for line in desk.account(sale).lines) == PRICE


def test_small_order_money_counts_towards_the_deposit_of_its_own_sale(desk, house):
    sale = house.sale()
    line = desk.do("raise_earnest", amount_fen=5_000_00, due_on=TODAY, origin="small_order:1", sale_id=sale.id)
    desk.pay(sale, 5_000_00, receivable_id=line.id)
    desk.deposit(sale)
    assert desk.do("convert_earnest", receivable_id=line.id, sale_id=sale.id) == 5_000_00
    assert [(x.kind, x.allocated_fen) for x in desk.account(sale).lines] == [("deposit", 5_000_00)]


def test_only_earnest_money_is_converted(desk, house):
    sale = house.sale()
    line = desk.deposit(sale)
    with pytest.raises(Invalid, match="receivable_not_earnest"):
        desk.do("convert_earnest", receivable_id=line.id, sale_id=sale.id)


def test_a_refund_outside_the_scope_looks_absent(desk, house, actor_with):
    sale = house.sale()
    desk.pay(sale, 1000)
    (refund,) = ask(desk, sale, 400)
    desk.actor = actor_with("finance:refund", path="/elsewhere/")
    with pytest.raises(RefundMissing):
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
