"""Late interest through the desk's own acts: taken, confirmed, allocated, charged, reversed, planned anew."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import Actor
from kernel.ids import new_id
from ledger.finance.errors import AllocationRefused, DateInvalid, SaleClosed, SaleMissing
from ledger.finance.interest import interest_of_sale, interest_of_sales
from ledger.finance.interest_models import InterestCharge
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, ReceivableKind, ReceivableState
from ledger.finance.models import MoneyTodo, Receivable
from ledger.finance.operations import Charge
from ledger.finance.receipt_queries import allocation_offer
from ledger.sales.stage_models import Contract

from .conftest import Desk
from .house import TODAY

PRICE = 1_200_000_00
DUE, FIRST, SECOND = date(2026, 3, 10), date(2026, 3, 25), date(2026, 4, 20)
STATUTORY, PRINCIPAL_FIRST = "statutory", "principal_first"


@pytest.fixture
def late(desk: Desk):
    """A sale of 1,200,000 whose down payment of 360,000 falls due on 10 March; the bank's 840,000 come in May."""

    def signed(order: str = STATUTORY, rate: Fraction = Fraction(2, 10_000), **arguments):
        sale = desk.house.sale(price=PRICE)
        desk.session.add(
            Contract(
                sale_id=sale.id,
                path=sale.path,
                no=f"HT-{sale.no}",
                signed_on=TODAY,
                terms_version=1,
                total_fen=PRICE,
                building_area_hundredths=10_000,
                pricing_basis="building_area",
                late_rate=rate,
                clauses={"allocation_order": order, "rounding": "half_up"},
                state="signed",
            )
        )
        desk.sign(sale, total=PRICE, on=date(2026, 3, 3), **arguments)
        return sale

    return signed


def at(desk: Desk, day: date) -> None:
    desk.clock.set(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def pay(desk: Desk, sale, yuan: int | float, day: date, *, booked: date | None = None, **arguments):
    """Take and confirm a transfer that was made on a day, on that day or later."""
    at(desk, booked or day)
    return desk.pay(sale, round(yuan * 100), paid_on=day, **arguments)


def interest(desk: Desk, sale, on: date):
    return interest_of_sale(desk.session, sale.id, on=on)


def down(desk: Desk, sale) -> Receivable:
    kind = Receivable.kind == ReceivableKind.DOWN_PAYMENT
    query = select(Receivable).where(Receivable.sale_id == sale.id, kind, Receivable.state == "planned")
    return desk.session.scalars(query).one()


def principal_open(desk: Desk, sale, on: date) -> int:
    lines = desk.account(sale, on).lines
    return next(line.open_fen for line in lines if line.kind is ReceivableKind.DOWN_PAYMENT)


def charges(desk: Desk, sale) -> list[tuple[int, int]]:
    """Amount and what is paid of each charge that stands."""
    lines = desk.account(sale, date(2027, 1, 1)).lines
    return [(x.amount_fen, x.allocated_fen) for x in lines if x.kind is ReceivableKind.LATE_INTEREST]


def test_worked_example_principal_first(desk, late):
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 100_000, FIRST)
    pay(desk, sale, 260_000, SECOND)
    found = interest(desk, sale, SECOND)
    assert [(s.from_day, s.through_day, s.principal_fen, s.days, s.fen) for s in found.segments] == [
        (date(2026, 3, 11), FIRST, 360_000_00, 15, 1_080_00),
        (date(2026, 3, 26), SECOND, 260_000_00, 26, 1_352_00),
    ]
    assert (found.accrued_fen, found.paid_fen, found.open_fen) == (2_432_00, 0, 2_432_00)
    assert principal_open(desk, sale, SECOND) == 0


def test_worked_example_statutory(desk, late):
    sale = late(STATUTORY)
    pay(desk, sale, 100_000, FIRST)
    assert principal_open(desk, sale, FIRST) == 261_080_00
    pay(desk, sale, 260_000, SECOND)
    found = interest(desk, sale, SECOND)
    assert [segment.fen for segment in found.segments] == [1_080_00, 1_357_62]
    assert (found.paid_fen, found.open_fen) == (2_437_62, 0)
    assert principal_open(desk, sale, SECOND) == 2_437_62
    running = interest(desk, sale, date(2026, 4, 30))
    assert running.segments[-1].fen == 4_88  # 2,437.62 x 0.02 % x 10 days
    assert running.open_fen == 4_88


def test_interest_survives_the_payment_of_principal(desk, late):
    """ERPNext #58220, #58227: with the principal paid, its interest stays owed, a year later too."""
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 360_000, FIRST)
    assert interest(desk, sale, date(2027, 3, 25)).open_fen == 1_080_00
    pay(desk, sale, 1_000, date(2026, 5, 2))
    found = interest(desk, sale, date(2027, 3, 25))
    assert (found.paid_fen, found.open_fen) == (1_000_00, 80_00)


def test_interest_is_counted_by_segments_between_payments(desk, late):
    """ERPNext #49621: a payment in between neither starts the count anew nor is counted for days before it."""
    sale = late(PRINCIPAL_FIRST)
    for yuan, day in ((60_000, date(2026, 3, 15)), (100_000, date(2026, 3, 20)), (50_000, FIRST)):
        pay(desk, sale, yuan, day)
    assert [(s.principal_fen, s.days, s.fen) for s in interest(desk, sale, date(2026, 3, 30)).segments] == [
        (360_000_00, 5, 360_00),
        (300_000_00, 5, 300_00),
        (200_000_00, 5, 200_00),
        (150_000_00, 5, 150_00),
    ]


def test_due_today_is_not_late(desk, late):
    """ERPNext #45685."""
    sale = late()
    assert interest(desk, sale, DUE).accrued_fen == 0
    pay(desk, sale, 360_000, DUE)
    assert interest(desk, sale, date(2026, 12, 31)).accrued_fen == 0
    assert principal_open(desk, sale, DUE) == 0


def test_several_overdue_lines_keep_their_own_amounts(desk, late, house):
    """ERPNext #42605, #46770: each instalment has its own days and its own interest, and they sum to the sale's."""
    sale = late(PRINCIPAL_FIRST, template_id=house.instalments_id)
    desk.clock.set(datetime(2026, 3, 12, 4, tzinfo=UTC))
    desk.do("reach_milestone", project_id=house.project.id, milestone="topped_out", reached_on=date(2026, 3, 12))
    found = interest(desk, sale, date(2026, 4, 1))
    assert [(line.segments[0].principal_fen, line.segments[0].days, line.accrued_fen) for line in found.lines] == [
        (720_000_00, 22, 3_168_00),
        (480_000_00, 10, 960_00),
    ]
    assert found.accrued_fen == 4_128_00


def test_neither_a_loan_nor_what_is_collected_for_others_bears_interest(desk, late):
    fund = Charge(ReceivableKind.MAINTENANCE_FUND, 8_000_00, due_on=DUE)
    sale = late(charges=[fund])
    pay(desk, sale, 360_000, DUE)
    assert interest(desk, sale, date(2026, 12, 31)).lines == ()


def test_nothing_accrues_before_the_contract(desk, house):
    sale = house.sale()
    desk.deposit(sale)
    assert interest(desk, sale, date(2026, 6, 1)).accrued_fen == 0


def test_a_deposit_that_was_late_at_signing_bears_interest_from_then_on(desk, house):
    sale = house.sale(price=PRICE)
    desk.deposit(sale, 50_000_00)
    at(desk, date(2026, 3, 20))
    desk.sign(sale, total=PRICE, on=date(2026, 3, 20))
    assert [(s.from_day, s.fen) for s in interest(desk, sale, date(2026, 3, 22)).segments] == [
        (date(2026, 3, 21), 20_00)
    ]


def test_the_rate_is_the_contracts_and_exact(desk, late):
    sale = late(rate=Fraction(15, 100_000))
    assert interest(desk, sale, date(2026, 3, 11)).accrued_fen == 54_00


def test_without_a_contract_the_parameters_say_rate_and_order(desk, house):
    sale = house.sale(price=PRICE)
    desk.sign(sale, total=PRICE, on=date(2026, 3, 3))
    found = interest(desk, sale, FIRST)
    assert (found.clause.rate, found.clause.order, found.accrued_fen) == (Fraction(1, 5000), STATUTORY, 1_080_00)


def test_a_payment_entered_late_counts_on_its_own_day(desk, late):
    sale = late()
    pay(desk, sale, 100_000, FIRST, booked=date(2026, 4, 2))
    assert [s.fen for s in interest(desk, sale, FIRST).segments] == [1_080_00]
    assert principal_open(desk, sale, FIRST) == 261_080_00


def test_interest_charged_by_hand_is_charged_once_and_asked_for(desk, late):
    sale = late(PRINCIPAL_FIRST)
    at(desk, FIRST)
    (line,) = desk.do("charge_interest", sale_id=sale.id)
    assert (line.kind, line.amount_fen, line.due_on) == (ReceivableKind.LATE_INTEREST, 1_080_00, FIRST)
    assert desk.do("charge_interest", sale_id=sale.id) == []
    assert desk.do("charge_interest", sale_id=sale.id, through=date(2026, 3, 20)) == []
    todo = desk.session.scalars(select(MoneyTodo).where(MoneyTodo.receivable_id == line.id)).one()
    assert (todo.kind, todo.amount_fen, todo.note) == ("collect", 1_080_00, "interest_charged")


def test_a_charge_in_the_middle_of_a_segment_rounds_nothing_twice(desk, late):
    sale = late(PRINCIPAL_FIRST, rate=Fraction(1, 7_777_777))
    total = interest(desk, sale, date(2026, 4, 9)).accrued_fen
    for day in range(11, 31):
        at(desk, date(2026, 3, day))
        desk.do("charge_interest", sale_id=sale.id)
    at(desk, date(2026, 4, 9))
    desk.do("charge_interest", sale_id=sale.id)
    assert sum(fen for fen, _ in charges(desk, sale)) == total == 139


def test_charging_takes_the_right_a_day_that_has_come_and_an_open_sale(desk, late, house):
    sale = late()
    at(desk, FIRST)
    with pytest.raises(DateInvalid, match="date_in_future"):
        desk.do("charge_interest", sale_id=sale.id, through=SECOND)
    desk.actor = Actor(id=new_id(), name="Nobody")
    with pytest.raises(SaleMissing):
        desk.do("charge_interest", sale_id=sale.id)


def test_a_closed_sale_is_charged_nothing_new(desk, late, house):
    sale = late()
    at(desk, FIRST)
    house.close(sale)
    with pytest.raises(SaleClosed):
        desk.do("charge_interest", sale_id=sale.id)


def test_a_charge_never_changes(desk, late):
    sale = late()
    at(desk, FIRST)
    desk.do("charge_interest", sale_id=sale.id)
    for statement in ("UPDATE interest_charge SET fen = fen + 1", "DELETE FROM interest_charge"):
        with pytest.raises(DBAPIError, match="append_only"), desk.session.begin_nested():
            desk.session.execute(text(statement))


def test_interest_in_the_supervised_account_is_ordered_to_the_general_one(desk, late):
    sale = late()
    pay(desk, sale, 100_000, FIRST)
    todo = desk.session.scalars(select(MoneyTodo).where(MoneyTodo.kind == "transfer")).one()
    assert (todo.amount_fen, todo.note) == (1_080_00, "interest_to_general")
    desk.do("complete_transfer", todo_id=todo.id, carried_on=FIRST)
    held = {a: balance(desk.session, a, sale_id=sale.id) for a in (Account.SUPERVISED, Account.GENERAL)}
    assert held == {Account.SUPERVISED: 98_920_00, Account.GENERAL: 1_080_00}
    assert balance(desk.session, Account.LATE_INTEREST, sale_id=sale.id) == -1_080_00


def test_a_reversed_receipt_takes_its_interest_back_and_what_was_carried_over(desk, late):
    sale = late()
    receipt = pay(desk, sale, 100_000, FIRST)
    todo = desk.session.scalars(select(MoneyTodo).where(MoneyTodo.kind == "transfer")).one()
    desk.do("complete_transfer", todo_id=todo.id, carried_on=FIRST)
    desk.do("reverse_receipt", receipt_id=receipt.receipt_id, reason="bounced")
    back = desk.session.scalars(
        select(MoneyTodo).where(MoneyTodo.kind == "transfer", MoneyTodo.state == "open")
    ).one()
    assert (back.note, back.amount_fen) == ("interest_to_supervised", 1_080_00)
    desk.do("complete_transfer", todo_id=back.id, carried_on=FIRST)
    for account in (Account.SUPERVISED, Account.GENERAL, Account.LATE_INTEREST):
        assert balance(desk.session, account, sale_id=sale.id) == 0
    assert interest(desk, sale, SECOND).open_fen == 360_000_00 * 41 // 5000


def test_money_that_came_before_a_charge_sets_the_charge_right(desk, late):
    """Interest was charged through 31 March; a payment of the 25th, entered later, counts on the 25th."""
    sale = late()
    at(desk, date(2026, 3, 31))
    desk.do("charge_interest", sale_id=sale.id)
    assert charges(desk, sale) == [(1_512_00, 0)]
    pay(desk, sale, 100_000, FIRST, booked=date(2026, 4, 2))
    assert principal_open(desk, sale, FIRST) == 261_080_00
    assert charges(desk, sale) == [(1_080_00, 1_080_00), (313_30, 0)]
    open_todos = select(MoneyTodo.amount_fen).where(MoneyTodo.kind == "collect", MoneyTodo.state == "open")
    assert desk.session.scalars(open_todos).all() == [313_30]


def test_an_earlier_payment_frees_what_a_later_one_had_paid_too_much(desk, late):
    sale = late()
    pay(desk, sale, 10_000, date(2026, 3, 31))
    assert charges(desk, sale) == [(1_512_00, 1_512_00)]
    pay(desk, sale, 100_000, FIRST, booked=date(2026, 4, 2))
    assert sum(fen for fen, _ in charges(desk, sale)) == 1_393_30
    assert principal_open(desk, sale, FIRST) == 360_000_00 - 110_000_00 + 1_393_30
    assert desk.account(sale, date(2026, 4, 2)).credit_fen == 0


def test_what_the_payer_names_comes_after_interest_by_law_and_first_where_it_is_another_debt(desk, late):
    tax = Charge(ReceivableKind.DEED_TAX, 5_000_00, due_on=FIRST)
    sale = late(charges=[tax])
    line = next(x for x in desk.account(sale, FIRST).lines if x.kind is ReceivableKind.DEED_TAX)
    pay(desk, sale, 5_000, FIRST, receivable_id=line.receivable_id)
    assert charges(desk, sale) in ([], [(1_080_00, 0)])
    pay(desk, sale, 1_500, FIRST, receivable_id=down(desk, sale).id)
    assert charges(desk, sale) == [(1_080_00, 1_080_00)]
    assert principal_open(desk, sale, FIRST) == 360_000_00 - 420_00


def test_the_banks_money_pays_none_of_the_buyers_interest(desk, late):
    sale = late()
    pay(desk, sale, 840_000, FIRST, method="bank_loan", payer="Bank of the River")
    assert charges(desk, sale) == []
    assert interest(desk, sale, FIRST).open_fen == 1_080_00


def test_interest_paid_by_hand_from_the_agency_account_is_refused(desk, late):
    sale = late()
    at(desk, FIRST)
    (line,) = desk.do("charge_interest", sale_id=sale.id)
    receipt = desk.take(sale, 1_080_00, paid_on=FIRST, account="agency")
    with pytest.raises(AllocationRefused, match="allocation_wrong_account"):
        desk.do("confirm_receipt", receipt_id=receipt.id, allocations={line.id: 1_080_00})


def test_interest_paid_into_the_general_account_is_carried_nowhere(desk, late):
    sale = late(PRINCIPAL_FIRST)
    at(desk, FIRST)
    (line,) = desk.do("charge_interest", sale_id=sale.id)
    pay(desk, sale, 1_080, FIRST, receivable_id=line.id)
    assert charges(desk, sale) == [(1_080_00, 1_080_00)]
    assert desk.session.scalars(select(MoneyTodo).where(MoneyTodo.kind == "transfer")).all() == []


def test_interest_not_charged_yet_stands_in_the_offer_and_can_be_paid_by_hand(desk, late):
    sale = late()
    at(desk, FIRST)
    receipt = desk.take(sale, 100_000_00, paid_on=FIRST)
    offer = allocation_offer(desk.session, desk.actor, receipt.id, amount_fen=receipt.amount_fen)
    assert {x.receivable_id: (x.open_fen, x.suggested_fen) for x in offer} == {
        down(desk, sale).id: (360_000_00, 98_920_00), "interest": (1_080_00, 1_080_00),
    }  # fmt: skip
    with pytest.raises(AllocationRefused) as refusal, desk.session.begin_nested():
        desk.do("confirm_receipt", receipt_id=receipt.id, allocations={"interest": 1_080_01})
    assert (refusal.value.code, refusal.value.field) == ("allocation_above_receivable", "allocations.interest")
    chosen = {x.receivable_id: x.suggested_fen for x in offer}
    desk.do("confirm_receipt", receipt_id=receipt.id, allocations=chosen)
    assert charges(desk, sale) == [(1_080_00, 1_080_00)]
    assert principal_open(desk, sale, FIRST) == 261_080_00


def test_planning_anew_keeps_what_has_accrued_and_begins_afresh(desk, late, house):
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 100_000, FIRST)
    at(desk, SECOND)
    desk.do(
        "replan", sale_id=sale.id, template_id=house.plan_id, total_fen=PRICE, signed_on=date(2026, 3, 3),
        reason="plan_change",
    )  # fmt: skip
    found = interest(desk, sale, SECOND)
    assert (found.accrued_fen, found.open_fen) == (2_432_00, 2_432_00)
    assert charges(desk, sale) == [(1_080_00, 0), (1_352_00, 0)]
    after = interest(desk, sale, date(2026, 4, 25))
    assert (after.segments[-1].from_day, after.segments[-1].principal_fen) == (date(2026, 4, 21), 260_000_00)
    assert after.accrued_fen == 2_432_00 + 260_00


def test_a_receipt_that_bounces_after_planning_anew_opens_the_interest_that_was_frozen_then(desk, late, house):
    sale = late(PRINCIPAL_FIRST)
    receipt = pay(desk, sale, 100_000, FIRST)
    pay(desk, sale, 60_000, date(2026, 4, 10))
    at(desk, SECOND)
    plan = {"sale_id": sale.id, "template_id": house.plan_id, "total_fen": PRICE, "signed_on": date(2026, 3, 3)}
    desk.do("replan", **plan, reason="plan_change")
    frozen = 1_080_00 + 260_000_00 * 16 // 5000 + 200_000_00 * 10 // 5000
    assert sum(fen for fen, _ in charges(desk, sale)) == frozen
    at(desk, date(2026, 4, 25))
    for _ in range(2):
        desk.do("reverse_receipt", receipt_id=receipt.receipt_id, reason="bounced")
    assert sum(fen for fen, _ in charges(desk, sale)) == 360_000_00 * 31 // 5000 + 300_000_00 * 10 // 5000
    asked = select(MoneyTodo.amount_fen).where(MoneyTodo.kind == "collect", MoneyTodo.note == "interest_charged")
    assert sum(desk.session.scalars(asked)) == 100_000_00 * 26 // 5000
    running = interest(desk, sale, date(2026, 4, 25)).segments[-1]
    assert (running.from_day, running.principal_fen) == (date(2026, 4, 21), 300_000_00)


def test_a_sale_that_ends_keeps_the_interest_that_has_accrued(desk, late):
    sale = late()
    at(desk, FIRST)
    desk.do("close_account", sale_id=sale.id, reason="rescinded")
    assert interest(desk, sale, SECOND).open_fen == 1_080_00


def test_many_sales_are_asked_in_as_many_queries_as_one(desk, late):
    sales = [late() for _ in range(5)]
    desk.session.flush()
    asked: list[str] = []
    connection = desk.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
    interest_of_sales(desk.session, [sales[0].id], on=FIRST)
    one = len(asked)
    found = interest_of_sales(desk.session, [sale.id for sale in sales], on=FIRST)
    assert len(asked) == 2 * one
    assert {x.accrued_fen for x in found.values()} == {1_080_00}


def test_a_charge_is_explained_by_days_principal_and_rate(desk, late):
    sale = late()
    pay(desk, sale, 100_000, FIRST)
    (row,) = desk.session.scalars(select(InterestCharge)).all()
    assert (row.from_day, row.through_day, row.principal_fen, row.rate, row.fen) == (
        date(2026, 3, 11), FIRST, 360_000_00, Fraction(1, 5000), 1_080_00,
    )  # fmt: skip
    assert row.principal_id == down(desk, sale).id
    assert desk.session.get_one(Receivable, row.receivable_id).state is ReceivableState.PLANNED
