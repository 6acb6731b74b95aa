"""Days are counted, signed, closed, locked and opened again; what comes late goes to the first open day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.errors import Invalid, KeyturnError
from ledger.accounting.cash import cash_sheets, count_cash, sign_count
from ledger.accounting.closing import close_day, list_closings, lock_period, reopen
from ledger.accounting.errors import (
    CountInvalid,
    CountMissing,
    CountOutdated,
    PeriodInvalid,
    PeriodLocked,
    SecondPersonNeeded,
)
from ledger.accounting.periods import booking_day, books_of, require_open_day
from ledger.finance import journal
from ledger.finance import operations as finance
from ledger.finance.journal import Party, Place
from ledger.finance.kinds import Account, TodoKind
from ledger.finance.models import JournalTransaction, MoneyTodo, ReceiptEvent
from tests.ledger.finance.conftest import Desk
from tests.ledger.finance.house import DEPOSIT, TODAY, build_house

TOMORROW = TODAY + timedelta(days=1)


def booked(session):
    rows = session.execute(select(JournalTransaction.booked_on, JournalTransaction.belongs_on))
    return {tuple(row) for row in rows}


def test_what_comes_after_the_day_is_closed_is_booked_on_the_next_with_a_note(session, desk, house, second, clock):
    sale = house.sale()
    line = desk.deposit(sale)
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    desk.pay(sale, DEPOSIT)
    assert booked(session) == {(TOMORROW, TODAY)}
    assert set(session.scalars(select(ReceiptEvent.on_date))) == {TOMORROW}
    assert desk.account(sale).lines[0].allocated_fen == DEPOSIT, line
    clock.advance(timedelta(days=2))
    desk.pay(sale, 100)
    assert (TODAY + timedelta(days=2), None) in booked(session)


def test_a_day_in_a_locked_period_is_refused_where_somebody_typed_it(session, desk, house, second, clock):
    sale = house.sale()
    desk.deposit(sale)
    yesterday = TODAY - timedelta(days=1)
    lock_period(session, second, clock, project_id=house.project.id, through=yesterday, reason="February is done")
    with pytest.raises(PeriodLocked) as refused:
        desk.take(sale, DEPOSIT, paid_on=yesterday)
    assert (refused.value.field, refused.value.params["first_open"]) == ("paid_on", TODAY)
    assert desk.take(sale, DEPOSIT, paid_on=yesterday, typed=False).paid_on == yesterday
    assert desk.take(sale, DEPOSIT, paid_on=TODAY)
    with pytest.raises(PeriodLocked):
        require_open_day(session, house.project.id, yesterday, "on")
    assert booking_day(session, house.project.id, yesterday) == TODAY


def test_a_refund_or_a_transfer_is_not_dated_into_a_locked_period(session, desk, house, second, clock):
    sale, yesterday = house.sale(), TODAY - timedelta(days=1)
    desk.pay(sale, 500)
    (refund,) = desk.do("request_refunds", key="r", sale_id=sale.id, amount_fen=100, reason="too much")
    earnest = desk.do("raise_earnest", sale_id=sale.id, amount_fen=50, due_on=TODAY, origin="small_order:1")
    desk.pay(sale, 50, receivable_id=earnest.id)
    desk.deposit(sale)
    desk.do("convert_earnest", receivable_id=earnest.id, sale_id=sale.id)
    (todo,) = session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.TRANSFER)).all()
    lock_period(session, second, clock, project_id=house.project.id, through=yesterday, reason="done")
    for verb, field, about in (
        ("pay_refund", "paid_on", {"refund_id": refund.id}),
        ("complete_transfer", "carried_on", {"todo_id": todo.id}),
    ):
        with pytest.raises(PeriodLocked) as refused:
            desk.do(verb, **about, **{field: yesterday})
        assert refused.value.field == field
        desk.do(verb, **about, **{field: TODAY})


def test_a_closed_day_may_still_be_typed_until_it_is_locked(session, desk, house, second, clock):
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    sale = house.sale()
    desk.deposit(sale)
    assert desk.take(sale, DEPOSIT, paid_on=TODAY)
    lock_period(session, second, clock, project_id=house.project.id, through=TODAY, reason="the month")
    assert books_of(session, house.project.id).locked_through == TODAY
    with pytest.raises(PeriodLocked):
        desk.take(sale, DEPOSIT, paid_on=TODAY)


def test_the_database_itself_books_nothing_on_a_closed_day(
    session, admin, desk, house, second, clock, monkeypatch
):
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    monkeypatch.setattr(journal, "booking_day", lambda _session, _project, day: day)
    entries = journal.received(Account.GENERAL, 5, Party(house.sale().id))
    place = Place(house.project.id, house.project.path)
    with pytest.raises(DBAPIError, match="day_closed"):
        journal.post(
            session, admin, clock, place=place, kind="x", booked_on=TODAY, subject=("x", "y"), entries=entries
        )


def test_another_project_stays_open(session, admin, desk, house, second, clock):
    other = build_house(session, clock, "harbour")
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    assert booking_day(session, other.project.id, TODAY) == TODAY


def test_closing_goes_forward_and_never_into_the_future(session, house, desk, second, clock):
    about = {"project_id": house.project.id}
    with pytest.raises(PeriodInvalid, match="date_in_future") as refused:
        close_day(session, second, clock, through=TOMORROW, **about)
    assert refused.value.field == "through"
    close_day(session, second, clock, through=TODAY, **about)
    with pytest.raises(PeriodInvalid, match="day_is_closed"):
        close_day(session, second, clock, through=TODAY, **about)
    with pytest.raises(Invalid, match="text_missing"):
        lock_period(session, second, clock, through=TODAY, reason=" ", **about)
    lock_period(session, second, clock, through=TODAY, reason="done", **about)
    with pytest.raises(PeriodInvalid, match="day_is_locked"):
        lock_period(session, second, clock, through=TODAY - timedelta(days=3), reason="done", **about)


def test_a_second_person_opens_the_books_again_and_says_why(session, admin, house, desk, second, clock):
    about = {"project_id": house.project.id}
    close_day(session, second, clock, through=TODAY, **about)
    lock_period(session, second, clock, through=TODAY, reason="done", **about)
    with pytest.raises(SecondPersonNeeded):
        reopen(session, second, clock, first=TODAY, reason="a slip", **about)
    with pytest.raises(Invalid, match="text_missing"):
        reopen(session, admin, clock, first=TODAY, reason="", **about)
    reopen(session, admin, clock, first=TODAY, reason="a slip", **about)
    books = books_of(session, house.project.id)
    assert (books.closed_through, books.locked_through) == (TODAY - timedelta(days=1),) * 2
    with pytest.raises(PeriodInvalid, match="day_is_open"):
        reopen(session, admin, clock, first=TODAY, reason="again", **about)
    acts = [row.act for row in list_closings(session, admin, house.project.id, limit=9, offset=0)]
    assert acts == ["reopen", "lock", "close"]
    close_day(session, admin, clock, through=TODAY, **about)
    with pytest.raises(SecondPersonNeeded):
        reopen(session, admin, clock, first=TODAY, reason="mine", **about)
    reopen(session, second, clock, first=TODAY, reason="theirs", **about)


def test_what_was_closed_stays_written(session, house, desk, second, clock):
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    with pytest.raises(DBAPIError, match="append_only"):
        session.execute(text("UPDATE book_closing SET closed_through = NULL"))


def test_cash_is_counted_by_notes_and_signed_by_somebody_else(session, admin, desk, house, second, clock):
    sale = house.sale()
    desk.deposit(sale)
    desk.take(sale, 350_00, method="cash")
    desk.take(sale, 999_00)
    about = {"project_id": house.project.id, "on_date": TODAY}
    with pytest.raises(CountMissing) as refused:
        close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    assert refused.value.params["day"] == TODAY
    with pytest.raises(CountInvalid, match="difference_needs_reason") as refused:
        count_cash(session, admin, clock, pieces={100_00: 3}, **about)
    assert refused.value.params["difference_fen"] == -50_00
    count = count_cash(session, admin, clock, pieces={100_00: 3, 50_00: 1, 10: 0}, **about)
    assert (count.counted_fen, count.difference_fen, count.pieces) == (350_00, 0, {"10000": 3, "5000": 1})
    with pytest.raises(SecondPersonNeeded):
        sign_count(session, admin, clock, count_id=count.id)
    sign_count(session, second, clock, count_id=count.id)
    sign_count(session, second, clock, count_id=count.id)
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)


def test_cash_that_moves_after_the_count_asks_for_another_one(session, admin, desk, house, second, clock):
    sale = house.sale()
    desk.deposit(sale)
    receipt = desk.take(sale, 350_00, method="cash")
    about = {"project_id": house.project.id, "on_date": TODAY}
    first = count_cash(session, admin, clock, pieces={50_00: 6}, reason="a note is missing", **about)
    assert first.difference_fen == -50_00
    desk.do("reverse_receipt", receipt_id=receipt.id, reason="never came")
    (sheet,) = cash_sheets(session, house.project.id, last=TODAY)
    assert (sheet.expected_fen, sheet.is_current) == (0, False)
    with pytest.raises(CountOutdated):
        sign_count(session, second, clock, count_id=first.id)
    again = count_cash(session, admin, clock, pieces={}, **about)
    assert again.number == 2
    with pytest.raises(CountOutdated):
        sign_count(session, second, clock, count_id=first.id)
    sign_count(session, second, clock, count_id=again.id)
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    with pytest.raises(Invalid, match="day_is_closed"):
        count_cash(session, admin, clock, pieces={}, **about)


@pytest.mark.parametrize("pieces", [{100_00: -1}, {7: 1}, {100_00: 100_001}])
def test_impossible_pieces_are_refused_by_their_field(session, admin, desk, house, clock, pieces):
    with pytest.raises(CountInvalid, match="cash_pieces_invalid") as refused:
        count_cash(session, admin, clock, project_id=house.project.id, on_date=TODAY, pieces=pieces)
    assert refused.value.field == f"pieces-{next(iter(pieces))}"


def test_the_database_lets_nobody_sign_his_own_count(session, admin, desk, house, clock):
    count = count_cash(session, admin, clock, project_id=house.project.id, on_date=TODAY, pieces={})
    with pytest.raises(DBAPIError, match="signer_is_counter"):
        session.execute(
            text("INSERT INTO cash_count_signature (count_id, at, by) VALUES (:id, :at, :by)"),
            {"id": count.id, "at": str(clock.now()), "by": admin.id},
        )


def test_who_books_while_the_day_is_being_closed_waits_and_books_on_the_next(database, admin, second, clock):
    with database.unit_of_work() as session:
        house = build_house(session, clock)
        project_id, sale_id = house.project.id, house.sale().id
        receipt = Desk(session, admin, clock, house).take(house.session.merge(house.sale()), 500)
        receipt_id = receipt.id
    closing, confirming = Event(), Event()

    def close():
        with database.unit_of_work() as session:
            close_day(session, second, clock, project_id=project_id, through=TODAY)
            closing.set()
            confirming.wait(20)

    def confirm():
        closing.wait(20)
        confirming.set()
        try:
            with database.unit_of_work() as session:
                return finance.confirm_receipt(session, admin, clock, receipt_id=receipt_id).number
        except KeyturnError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        first, second_done = pool.submit(close), pool.submit(confirm)
        first.result()
        assert second_done.result().endswith("000001")
    with database.reading() as session:
        assert {day for day, _ in booked(session)} == {TOMORROW}, sale_id
        assert date(2026, 3, 2) == TODAY
