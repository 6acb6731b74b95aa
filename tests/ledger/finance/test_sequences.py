"""Whatever clerks do in whatever order: books balance, sums agree, nothing holds more than it may.

Random operations run on a real database. Refusals are part of the game; what they leave behind is not.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kernel.database import writing_session
from kernel.errors import KeyturnError, Missing
from ledger.finance.accounts import allocated_fen, free_fen, is_usable, receipts_at_home, refunded_fen
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, ReceivableClass, ReceivableState, account_of
from ledger.finance.models import (
    Allocation,
    JournalEntry,
    JournalTransaction,
    MoneyTodo,
    Receipt,
    Receivable,
    Refund,
)
from ledger.finance.queries import money_at, sale_account
from ledger.finance.receivables import current_schedule

from .conftest import Desk
from .house import PRICE, TODAY, build_house

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "deposit",
                "earnest",
                "sign",
                "replan",
                "take",
                "take",
                "pay",
                "pay",
                "fee",
                "loan",
                "confirm",
                "confirm",
                "reverse",
                "spread",
                "credit",
                "convert",
                "transfer",
                "refund",
                "pay_refund",
                "cancel_refund",
                "close",
                "forfeit",
                "milestone",
            ]
        ),
        st.integers(0, 7),
        st.integers(1, 5_000_000_00),
    ),
    min_size=5,
    max_size=30,
)


BOUGHT = [("deposit", 0, 50_000_00), ("pay", 0, 60_000_00), ("earnest", 0, 5_000_00), ("fee", 1, 1)]
SIGNED = [*BOUGHT, ("sign", 1, 1), ("pay", 0, 300_000_00), ("loan", 0, 860_000_00)]


class Play:
    """One sale, one customer and a bag of what has been made so far."""

    def __init__(self, session, admin, clock):
        self.house = build_house(session, clock)
        self.desk = Desk(session, admin, clock, self.house)
        self.session = session
        self.sale = self.house.sale()
        self.customer = self.house.customer()
        self.steps = 0

    def step(self, verb, pick, fen):
        self.steps += 1
        try:
            with self.session.begin_nested():
                getattr(self, verb)(pick, fen)
        except KeyturnError:
            self.session.expire_all()

    def one_of(self, model, pick):
        rows = self.session.scalars(select(model).order_by(model.id)).all()
        if not rows:
            raise Missing(model=model.__tablename__)
        return rows[pick % len(rows)]

    def deposit(self, _pick, fen):
        self.desk.deposit(self.sale, fen % 100_000_00 + 1)

    def earnest(self, pick, fen):
        account = {"customer_id": self.customer.id, "project_id": self.house.project.id}
        if pick % 2:
            account = {"sale_id": self.sale.id}
        self.desk.do(
            "raise_earnest", amount_fen=fen % 20_000_00 + 1, due_on=TODAY, origin=f"order:{pick}", **account
        )

    def sign(self, pick, _fen):
        self.desk.sign(self.sale, template_id=self.plan(pick))

    def plan(self, pick):
        return self.house.plan_id if pick % 2 else self.house.instalments_id

    def replan(self, pick, _fen):
        self.desk.do(
            "replan",
            sale_id=self.sale.id,
            template_id=self.plan(pick),
            total_fen=PRICE,
            signed_on=TODAY + timedelta(days=pick),
            reason="plan_change",
        )

    def pay(self, _pick, fen):
        self.desk.pay(self.sale, fen)

    def fee(self, pick, _fen):
        line = self.one_of(Receivable, pick)
        account = {"customer_id": line.customer_id, "project_id": line.project_id}
        self.desk.pay(
            None if line.sale_id is None else self.sale,
            line.amount_fen,
            receivable_id=line.id,
            **(account if line.sale_id is None else {}),
        )

    def take(self, pick, fen):
        line = self.one_of(Receivable, pick) if pick % 3 == 0 else None
        if line is not None and line.sale_id is None:
            account = {"customer_id": line.customer_id, "project_id": line.project_id}
            self.desk.take(None, fen, receivable_id=line.id, **account)
        else:
            self.desk.take(self.sale, fen, receivable_id=line.id if line else None)

    def loan(self, _pick, fen):
        self.desk.take(self.sale, fen, method="bank_loan", payer="Bank of the River")

    def confirm(self, pick, _fen):
        self.desk.do("confirm_receipt", receipt_id=self.one_of(Receipt, pick).id)

    def reverse(self, pick, _fen):
        self.desk.do("reverse_receipt", receipt_id=self.one_of(Receipt, pick).id, reason="slip")

    def spread(self, pick, fen):
        lines = {self.one_of(Receivable, pick).id: fen % 50_000_00 + 1, self.one_of(Receivable, pick + 1).id: 7}
        lines = {self.one_of(Receivable, pick).id: 7} if pick % 2 else lines
        self.desk.do("reallocate", receipt_id=self.one_of(Receipt, pick).id, allocations=lines)

    def credit(self, _pick, _fen):
        self.desk.do("allocate_credit", sale_id=self.sale.id)

    def convert(self, pick, _fen):
        self.desk.do("convert_earnest", receivable_id=self.one_of(Receivable, pick).id, sale_id=self.sale.id)

    def transfer(self, _pick, _fen):
        for todo in self.session.scalars(self.todos("transfer")):
            self.desk.do("complete_transfer", todo_id=todo.id, carried_on=TODAY)

    @staticmethod
    def todos(kind):
        return select(MoneyTodo).where(MoneyTodo.kind == kind)

    def refund(self, pick, fen):
        credit = self.desk.account(self.sale).credit_fen
        if pick and credit:
            fen = fen % credit + 1
        self.desk.do(
            "request_refunds", key=f"refund-{self.steps}", sale_id=self.sale.id, amount_fen=fen, reason="credit"
        )

    def pay_refund(self, pick, _fen):
        self.desk.do("pay_refund", refund_id=self.one_of(Refund, pick).id, paid_on=TODAY)

    def cancel_refund(self, pick, _fen):
        self.desk.do("cancel_refund", refund_id=self.one_of(Refund, pick).id, reason="kept")

    def close(self, _pick, _fen):
        self.desk.do("close_account", sale_id=self.sale.id, reason="cancelled")

    def forfeit(self, _pick, fen):
        credit = self.desk.account(self.sale).credit_fen
        fen = fen % (credit or 5) + 1
        self.desk.do("forfeit_deposit", sale_id=self.sale.id, amount_fen=fen, reason="default")

    def milestone(self, _pick, _fen):
        self.desk.do("reach_milestone", project_id=self.house.project.id, milestone="topped_out", reached_on=TODAY)


def books_balance(session):
    assert session.scalar(select(func.coalesce(func.sum(JournalEntry.amount_fen), 0))) == 0
    sums = select(JournalEntry.transaction_id).group_by(JournalEntry.transaction_id)
    assert session.scalars(sums.having(func.sum(JournalEntry.amount_fen) != 0)).all() == []


def no_receipt_gives_more_than_it_holds(session):
    for receipt in session.scalars(select(Receipt)):
        given = allocated_fen(session, receipt) + refunded_fen(session, receipt)
        assert 0 <= given <= (receipt.amount_fen if is_usable(session, receipt) else 0)


def every_line_agrees_with_the_journal(session):
    for line in session.scalars(select(Receivable)):
        paid = session.scalar(
            select(func.coalesce(func.sum(Allocation.amount_fen), 0)).where(Allocation.receivable_id == line.id)
        )
        assert 0 <= paid <= line.amount_fen
        assert balance(session, account_of(line.kind), receivable_id=line.id) == -paid
        assert line.state is ReceivableState.PLANNED or paid == 0


def the_account_agrees_with_the_journal(session, admin, sale):
    account = sale_account(session, admin, sale.id, TODAY)
    paid_out = -sum(entry.amount_fen for entry in refund_entries(session, sale))
    pending = account.refunded_fen - paid_out
    assert account.credit_fen == account.received_fen - account.allocated_fen - account.refunded_fen
    assert account.credit_fen + pending == -balance(session, Account.CREDIT, sale_id=sale.id)
    assert money_at(session, sale.id) <= account.received_fen - paid_out
    assert account.credit_fen >= 0


def refund_entries(session, sale):
    query = (
        select(JournalEntry)
        .join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
        .where(JournalTransaction.kind == "refund", JournalEntry.sale_id == sale.id)
    )
    money = (Account.SUPERVISED, Account.AGENCY, Account.GENERAL)
    return session.scalars(query.where(JournalEntry.account.in_(money))).all()


def live_price_lines_sum_to_the_schedule(session, sale):
    schedule = current_schedule(session, sale.id)
    if schedule is not None:
        live = select(func.coalesce(func.sum(Receivable.amount_fen), 0)).where(
            Receivable.sale_id == sale.id,
            Receivable.class_ == ReceivableClass.PRICE,
            Receivable.state != ReceivableState.SUPERSEDED,
        )
        assert session.scalar(live) == schedule.total_fen


def credit_is_what_usable_receipts_have_free(session, admin, sale):
    free = sum(free_fen(session, receipt) for receipt in receipts_at_home(session, sale.id))
    assert sale_account(session, admin, sale.id, TODAY).credit_fen == free


@settings(
    derandomize=True,
    max_examples=40,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.tuples(st.sampled_from([[], BOUGHT, SIGNED]), STEPS).map(lambda parts: parts[0] + parts[1]))
def test_any_sequence_of_acts_keeps_the_books_in_order(database, vault, admin, clock, steps):
    with writing_session(database.engine, vault) as session:
        play = Play(session, admin, clock)
        for verb, pick, fen in steps:
            play.step(verb, pick, fen)
        session.flush()
        session.expire_all()
        books_balance(session)
        no_receipt_gives_more_than_it_holds(session)
        every_line_agrees_with_the_journal(session)
        the_account_agrees_with_the_journal(session, admin, play.sale)
        live_price_lines_sum_to_the_schedule(session, play.sale)
        credit_is_what_usable_receipts_have_free(session, admin, play.sale)
        session.rollback()
