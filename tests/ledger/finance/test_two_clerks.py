"""Two clerks at once: the same form, the same money, the same to-do; one acts, the other finds it done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from kernel.errors import KeyturnError
from ledger.finance import operations as finance
from ledger.finance.accounts import allocated_by_receivable, allocated_fen
from ledger.finance.models import MoneyTodo, Receipt

from .conftest import Desk
from .house import DEPOSIT, TODAY, build_house


@pytest.fixture
def sale(database, admin, clock):
    """A committed sale with its deposit due: (sale id, deposit's receivable id, project id)."""
    with database.unit_of_work() as session:
        house = build_house(session, clock)
        sale = house.sale()
        line = Desk(session, admin, clock, house).deposit(sale)
        return sale.id, line.id, sale.project_id


@pytest.fixture
def at_once(database):
    """Run an act in two units of work at the same time; returns what each came to, a refusal being its code."""

    def run(act):
        start = Barrier(2)

        def one(number):
            start.wait(20)
            try:
                with database.unit_of_work() as session:
                    return act(session, number)
            except KeyturnError as refusal:
                return refusal.code

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(one, range(2)))

    return run


def take(session, admin, clock, sale_id, **arguments):
    usual = {"key": "form", "amount_fen": DEPOSIT, "method": "transfer", "paid_on": TODAY, "payer": "Lin Wan"}
    return finance.take_receipt(session, admin, clock, sale_id=sale_id, **{**usual, **arguments}).id


def test_the_same_form_sent_twice_at_once_makes_one_receipt(database, admin, clock, sale, at_once):
    first, second = at_once(lambda session, _: take(session, admin, clock, sale[0]))
    assert first == second
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1


def test_a_receipt_confirmed_by_two_is_confirmed_once(database, admin, clock, sale, at_once):
    with database.unit_of_work() as session:
        receipt_id = take(session, admin, clock, sale[0])
    first, second = at_once(
        lambda session, _: finance.confirm_receipt(session, admin, clock, receipt_id=receipt_id)
    )
    assert first == second
    with database.reading() as session:
        assert allocated_by_receivable(session, [sale[1]]) == {sale[1]: DEPOSIT}


def test_two_receipts_for_one_debt_never_overpay_it(database, admin, clock, sale, at_once):
    with database.unit_of_work() as session:
        receipts = [take(session, admin, clock, sale[0], key=f"form-{number}") for number in range(2)]
    outcome = at_once(
        lambda session, number: (
            finance.confirm_receipt(
                session, admin, clock, receipt_id=receipts[number], allocations={sale[1]: DEPOSIT}
            ).number
        )
    )
    assert sorted(outcome)[1] == "allocation_above_receivable"
    with database.reading() as session:
        assert allocated_by_receivable(session, [sale[1]]) == {sale[1]: DEPOSIT}


def test_two_refunds_never_give_more_back_than_there_is(database, admin, clock, sale, at_once):
    with database.unit_of_work() as session:
        receipt_id = take(session, admin, clock, sale[0])
        finance.confirm_receipt(session, admin, clock, receipt_id=receipt_id, allocations={})
    outcome = at_once(
        lambda session, number: len(
            finance.request_refunds(
                session, admin, clock, key=f"ask-{number}", sale_id=sale[0], amount_fen=DEPOSIT - 5, reason="x"
            )
        )
    )
    assert sorted(map(str, outcome)) == ["1", "refund_above_credit"]
    with database.reading() as session:
        assert allocated_fen(session, session.get_one(Receipt, receipt_id)) == 0


def test_a_step_retried_at_once_opens_one_todo(database, admin, clock, sale, at_once):
    def act(session, _number):
        return finance.open_todo(
            session,
            admin,
            clock,
            key="verify",
            kind="verify",
            project_id=sale[2],
            amount_fen=5,
            due_on=TODAY,
        ).id

    first, second = at_once(act)
    assert first == second
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MoneyTodo)) == 1
