"""The worked examples of the trade through the ledger: deposits, late delivery, termination (DOMAIN §4)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from ledger.finance.deposits import Fault
from ledger.finance.errors import CompensationRefused, RefundRefused
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, CompensationKind, Debtor, TodoKind, TodoState
from ledger.finance.models import JournalEntry, MoneyTodo
from ledger.finance.queries import money_at
from ledger.sales.stage_models import Contract

from .house import TODAY

PRICE, PAID, CAP = 1_200_000_00, 300_000_00, 240_000_00


@pytest.fixture
def deposited(desk, house):
    """A home for 1,200,000 with a "deposit" of 300,000 that is paid."""
    sale = house.sale(price=PRICE)
    desk.deposit(sale, PAID)
    desk.pay(sale, PAID)
    return sale


def settle(desk, sale, fault, **more):
    return desk.do("settle_failed_sale", sale_id=sale.id, fault=fault, reason="ended", **more)


def pay_out(desk, session):
    """Finance pays everything that is ordered; returns fen by kind of to-do."""
    paid = {}
    for todo in session.scalars(select(MoneyTodo).where(MoneyTodo.state == TodoState.OPEN)).all():
        if todo.kind is TodoKind.REFUND:
            desk.do("pay_refund", refund_id=todo.refund_id, paid_on=TODAY)
        elif todo.kind is TodoKind.COMPENSATE:
            desk.do("pay_compensation", compensation_id=todo.compensation_id, paid_on=TODAY)
        else:
            continue
        paid[todo.kind] = paid.get(todo.kind, 0) + todo.amount_fen
    return paid


def books(session):
    """The balances of all accounts that are not empty."""
    found = {account: balance(session, account) for account in Account}
    return {account: fen for account, fen in found.items() if fen}


def test_a_buyer_who_breaks_loses_240_000_and_gets_60_000_back(session, desk, deposited):
    outcome = settle(desk, deposited, Fault.BUYER)
    assert outcome.forfeit.amount_fen == CAP
    assert pay_out(desk, session) == {TodoKind.REFUND: 60_000_00}
    assert books(session) == {Account.SUPERVISED: CAP, Account.FORFEITED: -CAP}


def test_a_developer_who_breaks_pays_540_000_of_which_240_000_is_compensation(session, desk, deposited):
    outcome = settle(desk, deposited, Fault.DEVELOPER)
    (double,) = outcome.compensations
    assert (double.kind, double.amount_fen, double.payee) == (CompensationKind.DEPOSIT_DOUBLE, CAP, "Lin Wan")
    assert pay_out(desk, session) == {TodoKind.REFUND: PAID, TodoKind.COMPENSATE: CAP}
    assert books(session) == {Account.COMPENSATION: CAP, Account.GENERAL: -CAP}
    assert money_at(session, deposited.id) == -CAP
    assert desk.account(deposited).refunded_fen == PAID


def test_without_fault_the_deposit_goes_back_and_no_more(session, desk, deposited):
    outcome = settle(desk, deposited, Fault.NEITHER)
    assert (outcome.forfeit, outcome.compensations) == (None, ())
    assert pay_out(desk, session) == {TodoKind.REFUND: PAID}
    assert books(session) == {}


def test_a_sale_is_settled_once_however_often_the_step_is_retried(session, desk, deposited):
    first = settle(desk, deposited, Fault.DEVELOPER)
    again = settle(desk, deposited, Fault.DEVELOPER)
    assert [r.id for r in again.refunds] == [r.id for r in first.refunds]
    pay_out(desk, session)
    settle(desk, deposited, Fault.DEVELOPER)
    assert pay_out(desk, session) == {}
    assert books(session) == {Account.COMPENSATION: CAP, Account.GENERAL: -CAP}


def test_after_a_refused_loan_without_fault_price_goes_back_with_interest(session, desk, house):
    sale = house.sale(price=PRICE)
    desk.sign(sale, total=PRICE)
    desk.pay(sale, 360_000_00, paid_on=TODAY - timedelta(days=10))
    outcome = settle(desk, sale, Fault.NEITHER, with_interest=True)
    (interest,) = outcome.compensations
    assert interest.amount_fen == 300_00  # 360,000 × 3.0 % / 360 × 10 days.
    assert interest.basis["days"] == 10
    assert pay_out(desk, session) == {TodoKind.REFUND: 360_000_00, TodoKind.COMPENSATE: 300_00}
    assert books(session) == {Account.COMPENSATION: 300_00, Account.GENERAL: -300_00}


def test_when_contract_and_loan_end_the_bank_gets_the_loan_and_both_get_interest(session, desk, house):
    sale = house.sale(price=PRICE)
    desk.sign(sale, total=PRICE)
    desk.pay(sale, 840_000_00, method="bank_loan", payer="Bank of the River", paid_on=TODAY - timedelta(days=4))
    desk.pay(sale, 360_000_00, paid_on=TODAY - timedelta(days=10))
    outcome = settle(desk, sale, Fault.NEITHER, with_interest=True)
    parts = {(r.payee, r.payee_role): r.amount_fen for r in outcome.refunds}
    assert parts == {("Bank of the River", Debtor.BANK): 840_000_00, ("Lin Wan", Debtor.BUYER): 360_000_00}
    owed = {(c.payee, c.payee_role): c.amount_fen for c in outcome.compensations}
    assert owed == {("Bank of the River", Debtor.BANK): 280_00, ("Lin Wan", Debtor.BUYER): 300_00}
    pay_out(desk, session)
    assert books(session) == {Account.COMPENSATION: 580_00, Account.GENERAL: -580_00}


def deliver(session, desk, sale, agreed):
    """A contract that agrees a day of hand-over and 0.01 % a day."""
    clauses = {"delivery_on": agreed.isoformat(), "late_delivery_daily_rate": "1/10000"}
    contract = Contract(
        sale_id=sale.id, path=sale.path, no="HT-1", signed_on=TODAY, terms_version=1, total_fen=PRICE,
        building_area_hundredths=10_000, pricing_basis="building", late_rate=Fraction(1, 5000), clauses=clauses,
        state="signed",
    )  # fmt: skip
    session.add(contract)
    session.flush()


def test_45_days_of_late_delivery_cost_5_400(session, desk, house):
    sale = house.sale(price=PRICE)
    agreed = TODAY - timedelta(days=45)
    deliver(session, desk, sale, agreed)
    desk.sign(sale, total=PRICE)
    desk.pay(sale, 360_000_00, paid_on=date(2026, 1, 12))
    desk.pay(sale, 840_000_00, method="bank_loan", payer="Bank of the River", paid_on=date(2026, 1, 12))
    late = {"sale_id": sale.id, "handed_over_on": TODAY, "reason": "handed over late"}
    owed = desk.do("compensate_late_delivery", **late)
    assert (owed.kind, owed.amount_fen) == (CompensationKind.LATE_DELIVERY, 5_400_00)
    assert desk.do("compensate_late_delivery", **late).id == owed.id
    assert pay_out(desk, session) == {TodoKind.COMPENSATE: 5_400_00}
    entries = session.execute(select(JournalEntry.account, JournalEntry.amount_fen)).all()
    assert (Account.COMPENSATION, 5_400_00) in [tuple(entry) for entry in entries]
    assert desk.account(sale).refunded_fen == 0
    with pytest.raises(CompensationRefused, match="compensation_deposit_or_penalty"):
        desk.do(
            "ask_compensation", key="both", sale_id=sale.id, kind="deposit_double", amount_fen=100, reason="both"
        )


def test_delivery_in_time_costs_nothing(session, desk, house):
    sale = house.sale(price=PRICE)
    deliver(session, desk, sale, TODAY)
    on_time = {"sale_id": sale.id, "handed_over_on": TODAY, "reason": "in time"}
    assert desk.do("compensate_late_delivery", **on_time) is None


def test_no_deposit_is_doubled_beyond_the_cap(desk, deposited):
    double = {"key": "d", "sale_id": deposited.id, "kind": "deposit_double", "reason": "ours"}
    with pytest.raises(CompensationRefused, match="compensation_above_cap") as refusal:
        desk.do("ask_compensation", amount_fen=CAP + 1, **double)
    assert refusal.value.field == "amount_fen"
    with pytest.raises(RefundRefused, match="forfeit_above_cap"):
        desk.do("forfeit_deposit", sale_id=deposited.id, amount_fen=CAP + 1, reason="default")
