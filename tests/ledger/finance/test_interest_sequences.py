"""Whatever is planned, paid, planned anew, settled, reversed, refunded and waived, in whatever order and with whatever
days between: the books balance, the price sums to the contract, and interest is what a count by days says.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.database import writing_session
from kernel.ids import new_id
from ledger.finance.interest import interest_of_sale
from ledger.finance.interest_models import InterestCharge, Waiver, WaiverPart
from ledger.finance.journal import balance
from ledger.finance.kinds import (
    Account,
    Debtor,
    PlanKind,
    ReceivableClass,
    ReceivableKind,
    ReceivableState,
    ShareKind,
    TriggerKind,
)
from ledger.finance.models import Allocation, MoneyTodo, Receipt, Receivable, ReceivableSchedule
from ledger.finance.operations import approve_plan, grant_waiver, propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.queries import money_at, sale_account
from ledger.finance.waivers import open_to_waive

from .house import APPROVER, DOWN, PRICE, TODAY
from .test_late_sums import day_by_day
from .test_sequences import (
    Play,
    books_balance,
    credit_is_what_usable_receipts_have_free,
    live_price_lines_sum_to_the_schedule,
    no_receipt_gives_more_than_it_holds,
)

VERBS = (
    "wait", "wait", "wait", "pay", "pay", "pay_before", "take", "confirm", "reverse", "credit", "spread",
    "change", "short_loan", "area", "area", "charge", "waive", "write_off", "transfer", "refund", "pay_refund",
    "milestone", "close",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 7), st.integers(1, 400_000_00)), min_size=8, max_size=24
)


# Charged and paid late, then money that was paid before: what was charged is charged anew.
CHARGED = [("wait", 7, 1), ("wait", 5, 1), ("charge", 0, 1), ("pay_before", 4, 100_000_00)]
PAID = [("wait", 7, 1), ("pay", 0, 80_000_00), ("wait", 6, 1), ("pay", 0, 300_00), ("pay_before", 3, 90_000_00)]
WAIVED = [*CHARGED[:3], ("waive", 1, 100_00), ("pay_before", 4, 300_000_00)]
BEGUN = [[], CHARGED, PAID, WAIVED]


class LatePlay(Play):
    """A signed sale on which days go by."""

    def __init__(self, session, admin, clock):
        super().__init__(session, admin, clock)
        self.admin = admin
        self.short = self._short_loan()
        self.desk.sign(self.sale, template_id=self.house.instalments_id)

    def _short_loan(self):
        loan = PlanLine(
            ReceivableKind.LOAN, Share(ShareKind.FIXED, 500_000_00), Trigger(TriggerKind.AFTER_SIGNING, days=30)
        )
        terms = {"project_id": self.house.project.id, "code": "short", "labels": {"en": "short"}}
        plan = propose_plan(self.session, SYSTEM, self.desk.clock, kind=PlanKind.LOAN, lines=(DOWN, loan), **terms)
        return approve_plan(self.session, APPROVER, self.desk.clock, template_id=plan.id).id

    @property
    def today(self):
        return business_date(self.desk.clock)

    def wait(self, pick, fen):
        self.desk.clock.advance(timedelta(days=pick * 3 + fen % 5))

    def pay(self, _pick, fen):
        self.desk.pay(self.sale, fen, paid_on=self.today)

    def pay_before(self, pick, fen):
        self.desk.pay(self.sale, fen, paid_on=max(TODAY, self.today - timedelta(days=pick * 4)))

    def take(self, pick, fen):
        line = self.one_of(Receivable, pick) if pick % 3 == 0 else None
        day = max(TODAY, self.today - timedelta(days=pick))
        self.desk.take(self.sale, fen, paid_on=day, receivable_id=line.id if line else None)

    def change(self, pick, fen):
        self.desk.do(
            "replan",
            sale_id=self.sale.id,
            template_id=self.plan(pick),
            total_fen=PRICE + (fen if pick % 2 else -fen // 4),
            signed_on=self.today - timedelta(days=pick),
            reason="change_order",
        )

    def short_loan(self, _pick, _fen):
        arguments = {"sale_id": self.sale.id, "template_id": self.short, "total_fen": PRICE}
        self.desk.do("replan", signed_on=self.today, reason="short_loan", **arguments)

    def area(self, pick, fen):
        difference = fen // 10 + 1 if pick % 2 else -(fen // 10) - 1
        due = self.today + timedelta(days=pick)
        self.desk.do("settle_area", sale_id=self.sale.id, difference_fen=difference, due_on=due)

    def charge(self, pick, _fen):
        self.desk.do("charge_interest", sale_id=self.sale.id, through=self.today - timedelta(days=pick))

    def waive(self, pick, fen):
        left = open_to_waive(self.session, self.sale.id, self.today)
        self._let_off(min(fen, left) if pick else fen)

    def write_off(self, pick, _fen):
        line = self.one_of(Receivable, pick)
        account = sale_account(self.session, self.admin, self.sale.id, self.today)
        left = next((x.open_fen for x in account.lines if x.receivable_id == line.id), 0)
        self._let_off(left, kind="write_off", receivable_id=line.id)

    def _let_off(self, fen, **more):
        arguments = {"key": new_id(), "sale_id": self.sale.id, "amount_fen": fen, "reason": "hardship", **more}
        waiver = self.desk.do("request_waiver", **arguments)
        given = {"approved_hash": waiver.content_hash, "approvers": [new_id()]}
        grant_waiver(self.session, SYSTEM, self.desk.clock, waiver_id=waiver.id, **given)

    def transfer(self, _pick, _fen):
        for todo in self.session.scalars(self.todos("transfer").where(MoneyTodo.state == "open")).all():
            self.desk.do("complete_transfer", todo_id=todo.id, carried_on=self.today)

    def milestone(self, pick, _fen):
        day = self.today - timedelta(days=pick)
        project = self.house.project.id
        self.desk.do("reach_milestone", project_id=project, milestone="topped_out", reached_on=day)

    def pay_refund(self, pick, fen):
        super().pay_refund(pick, fen)


def paid_by_day(session, receivable_ids):
    """Fen by day of payment, row by row."""
    days = {}
    rows = select(Allocation.amount_fen, Receipt.paid_on).join(Receipt, Receipt.id == Allocation.receipt_id)
    for fen, day in session.execute(rows.where(Allocation.receivable_id.in_(receivable_ids))):
        days[day] = days.get(day, 0) + fen
    return {day: fen for day, fen in days.items() if fen}


def charges_of(session, line):
    query = select(InterestCharge).join(Receivable, Receivable.id == InterestCharge.receivable_id)
    standing = Receivable.state != ReceivableState.SUPERSEDED
    return session.scalars(query.where(InterestCharge.principal_id == line.id, standing)).all()


def begins(session, line):
    schedules = {row.id: row for row in session.scalars(select(ReceivableSchedule))}
    raised = schedules.get(line.raised_in)
    if raised is None or raised.number > 1:
        day = (raised or min(schedules.values(), key=lambda row: row.number)).sealed_at.date()
        return max(line.due_on, day)
    return line.due_on


def interest_is_what_the_days_say(session, sale, today):
    found = {line.receivable_id: line for line in interest_of_sale(session, sale.id, on=today).lines}
    rate = interest_of_sale(session, sale.id, on=today).clause.rate
    lines = session.scalars(select(Receivable).where(Receivable.sale_id == sale.id)).all()
    for line in lines:
        bears = line.class_ is ReceivableClass.PRICE and line.debtor is Debtor.BUYER and line.due_on is not None
        charges = charges_of(session, line)
        if line.state is not ReceivableState.PLANNED or not bears:
            assert (found[line.id].accrued_fen if line.id in found else 0) == sum(x.fen for x in charges)
            continue
        breaks = paid_by_day(session, [charge.receivable_id for charge in charges])
        paid = paid_by_day(session, [line.id])
        expected = day_by_day(line.amount_fen, begins(session, line), paid, rate, today, breaks)
        assert (
            [segment.fen for segment in found[line.id].segments] == expected if line.id in found else not expected
        )


def the_lines_sum_to_the_sale_and_agree_with_the_charges(session, sale, today):
    interest = interest_of_sale(session, sale.id, on=today)
    for name in ("accrued_fen", "paid_fen", "waived_fen", "open_fen"):
        assert sum(getattr(line, name) for line in interest.lines) == getattr(interest, name)
    lines = select(Receivable).where(Receivable.kind == ReceivableKind.LATE_INTEREST)
    owed = {line.id: line for line in session.scalars(lines) if line.state is not ReceivableState.SUPERSEDED}
    charged = {charge.receivable_id: charge for charge in session.scalars(select(InterestCharge))}
    assert set(owed) <= set(charged)
    waived = session.scalars(select(WaiverPart)).all()
    spared = {part.receivable_id for part in waived}
    for line_interest in interest.lines:
        mine = [owed[c.receivable_id] for c in charged.values()
                if c.principal_id == line_interest.receivable_id and c.receivable_id in owed]  # fmt: skip
        assert line_interest.charged_fen == sum(line.amount_fen for line in mine)
        assert line_interest.paid_fen == sum(sum(paid_by_day(session, [line.id]).values()) for line in mine), (
            "what is paid of interest is what the receipts say"
        )
        if mine and not any(line.id in spared for line in mine):
            then = interest_of_sale(session, sale.id, on=line_interest.charged_through).lines
            (by_then,) = [one for one in then if one.receivable_id == line_interest.receivable_id]
            assert line_interest.charged_fen <= by_then.accrued_fen
    for line in session.scalars(select(Receivable)):
        let_off = sum(part.amount_fen for part in waived if part.receivable_id == line.id)
        paid = sum(paid_by_day(session, [line.id]).values())
        assert 0 <= paid <= max(0, line.amount_fen) - let_off
        assert line.state is not ReceivableState.SUPERSEDED or paid == 0
    for request in session.scalars(select(Waiver)):
        assert sum(part.amount_fen for part in waived if part.waiver_id == request.id) in (0, request.amount_fen)


def no_account_is_below_zero(session, play):
    sale = play.sale
    assert money_at(session, sale.id) >= 0
    for account in (Account.CREDIT, Account.CONTRACT, Account.FOR_OTHERS, Account.LATE_INTEREST):
        assert balance(session, account, sale_id=sale.id) <= 0
    play.transfer(0, 0)
    for account in (Account.SUPERVISED, Account.GENERAL, Account.AGENCY):
        assert balance(session, account, sale_id=sale.id) >= 0


@pytest.mark.timeout(600)
@settings(
    derandomize=True,
    max_examples=16,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.tuples(st.sampled_from(BEGUN), STEPS).map(lambda parts: parts[0] + parts[1]))
def test_any_sequence_keeps_interest_exact_and_the_books_in_order(database, vault, admin, clock, steps):
    begun = clock.now()
    with writing_session(database.engine, vault) as session:
        clock.set(begun)
        play = LatePlay(session, admin, clock)
        for verb, pick, fen in steps:
            play.step(verb, pick, fen)
        session.flush()
        session.expire_all()
        books_balance(session)
        no_receipt_gives_more_than_it_holds(session)
        live_price_lines_sum_to_the_schedule(session, play.sale)
        credit_is_what_usable_receipts_have_free(session, admin, play.sale)
        interest_is_what_the_days_say(session, play.sale, play.today)
        the_lines_sum_to_the_sale_and_agree_with_the_charges(session, play.sale, play.today)
        no_account_is_below_zero(session, play)
        session.rollback()
        clock.set(begun)
