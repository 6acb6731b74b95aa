"""Bank statements are brought: in whole, once, from any bank's file; what is wrong is told by line and field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ledger.accounting.closing import lock_period
from ledger.banking import operations as banking
from ledger.banking.errors import BankAccountInvalid
from ledger.banking.importing import plan_import
from ledger.banking.joining import gaps_of_statement
from ledger.banking.models import StatementUpload
from ledger.banking.queries import list_statements, unmatched_lines
from ledger.documents.models import KeptFile
from tests.ledger.banking.bank import Bank
from tests.ledger.banking.conftest import Counter

SAMPLE = Path(__file__).parent / "sample.csv"
IN_OCTOBER = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)


def some(bank: Bank, count: int = 6) -> Bank:
    """A few lines in and one out."""
    for number in range(count):
        bank.line(50_000_00 + number, memo=f"{number + 1}栋602定金")
    bank.line(-20_00, memo="手续费", summary="扣费")
    return bank


def told(counter: Counter) -> list[tuple[object, ...]]:
    """What the lines say, without ids."""
    return [
        (one.serial, one.booked_on, one.booked_time, one.amount_fen, one.balance_fen, one.payer, one.payer_index,
         one.payer_tail, one.memo, one.summary)
        for one in counter.lines()
    ]  # fmt: skip


def test_a_month_of_a_bank_goes_in_whole(counter: Counter) -> None:
    counter.clock.set(IN_OCTOBER)
    outcome = counter.bring(SAMPLE.read_bytes())
    assert (outcome.added, outcome.known) == (135, 0)
    first, *_, last = counter.lines()
    assert (first.booked_on, first.amount_fen, first.balance_fen) == (date(2026, 9, 1), 5_000_000, 1_840_022_137)
    assert first.payer_tail == "4251" and first.payer_index != last.payer_index
    assert sum(one.amount_fen < 0 for one in counter.lines()) == 13
    (statement,) = list_statements(counter.session, counter.actor)
    assert (statement.open, statement.matched, statement.opening_fen) == (122, 0, 1_835_022_137)
    assert last.balance_fen == statement.closing_fen == 3_968_243_137


def test_the_balance_follows_the_order_of_the_file_and_not_the_times(counter: Counter) -> None:
    counter.clock.set(IN_OCTOBER)
    counter.bring(SAMPLE.read_bytes())
    lines = counter.lines()
    assert all(a.balance_fen + b.amount_fen == b.balance_fen for a, b in pairwise(lines))
    by_time = sorted(lines, key=lambda one: (one.booked_on, one.booked_time))
    assert by_time != lines


def test_the_same_file_again_adds_nothing_and_says_so(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    before = counter.count()
    again = counter.bring(bank.csv())
    assert (again.statement_id, again.added, again.known) == (None, 0, 7)
    assert counter.count() == before


def test_an_overlapping_file_adds_its_new_lines_alone(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    bank.line(88_00)
    outcome = counter.bring(bank.csv(bank.rows[4:]))
    assert (outcome.added, outcome.known) == (1, 3)


def test_statements_that_do_not_join_are_told_until_the_one_between_is_brought(
    counter: Counter, bank: Bank
) -> None:
    some(bank)
    parts = [bank.csv(bank.rows[start:end]) for start, end in ((0, 2), (4, 7), (2, 5))]
    asked = {"account": counter.account, "file_name": "s.csv"}
    for content, sides in zip(parts, ([], [True], []), strict=True):
        plan = plan_import(counter.session, counter.clock, content=content, **asked)
        assert [gap.is_before for gap in plan.gaps] == sides
        counter.bring(content)
    statements = [one.id for one in list_statements(counter.session, counter.actor)]
    assert not any(gaps_of_statement(counter.session, counter.account.id, one) for one in statements)
    later = bank.csv(bank.rows[4:])
    assert plan_import(counter.session, counter.clock, content=later, **asked).gaps == ()


def test_utf8_gbk_and_a_workbook_say_the_same(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    for content, name in ((bank.csv(encoding="utf-8-sig"), "b.csv"), (bank.xlsx(), "c.xlsx")):
        assert counter.bring(content, name).known == 7


def test_a_file_that_begins_with_the_newest_line_is_turned_round(counter: Counter, bank: Bank) -> None:
    outcome = counter.bring(some(bank).csv(bank.rows[::-1]))
    assert outcome.added == 7
    (statement,) = list_statements(counter.session, counter.actor)
    assert statement.opening_fen == bank.balance - sum(one.amount_fen for one in counter.lines())


def test_columns_of_another_name_are_chosen_once_and_remembered(counter: Counter, bank: Bank) -> None:
    bank.headings = ("Tag", "Uhr", "Art", "Aus", "Ein", "Stand", "Wer", "Konto", "Zweck", "Nr")
    some(bank)
    assert {row[1] for row in counter.refused(bank.csv())} == {"day", "debit", "credit", "balance", "serial"}
    chosen = dict(
        zip(("day", "time", "summary", "debit", "credit", "balance", "payer", "payer_account", "memo", "serial"),
            bank.headings, strict=True)
    )  # fmt: skip
    assert counter.bring(bank.csv(), columns=chosen).added == 7
    bank.line(1_00)
    assert counter.bring(bank.csv()).added == 1


@pytest.mark.parametrize("column", ["余额", "流水号", "交易日期", "贷方发生额"])
def test_a_missing_column_is_named(counter: Counter, bank: Bank, column: str) -> None:
    some(bank)
    bank.headings = ["" if name == column else name for name in bank.headings]
    ((row, _, code),) = counter.refused(bank.csv())
    assert (row, code) == (2, "statement_column_missing")


def test_a_changed_balance_is_told_at_its_line(counter: Counter, bank: Bank) -> None:
    some(bank).rows[3][5] = "1"
    assert counter.refused(bank.csv()) == [(6, "balance", "statement_balance_breaks")]


def test_a_line_that_was_taken_out_is_told_where_it_is_missing(counter: Counter, bank: Bank) -> None:
    del some(bank).rows[3]
    assert counter.refused(bank.csv()) == [(6, "balance", "statement_balance_breaks")]


def test_a_serial_number_twice_is_told_with_the_first_line(counter: Counter, bank: Bank) -> None:
    some(bank)
    bank.rows[5][9] = bank.rows[1][9]
    assert counter.refused(bank.csv()) == [(8, "serial", "statement_serial_twice")]


def test_another_currency_and_another_account_are_refused(counter: Counter, bank: Bank) -> None:
    some(bank)
    bank.title = bank.title.replace("人民币", "美元").replace("0042", "9999")
    codes = [code for _, _, code in counter.refused(bank.csv())]
    assert codes == ["statement_other_account", "statement_wrong_currency"]


@pytest.mark.parametrize("cut", [2, 7, 14, 20, 26, 40])
def test_a_file_that_was_not_read_to_its_end_is_refused(counter: Counter, bank: Bank, cut: int) -> None:
    content = some(bank).csv()
    assert all("cut_off" in code for _, _, code in counter.refused(content[:-cut]))


def test_a_file_without_its_last_line_break_is_whole(counter: Counter, bank: Bank) -> None:
    assert counter.bring(some(bank).csv()[:-1]).added == 7


def test_the_same_serial_number_with_another_amount_is_refused_by_its_line(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    other = some(Bank(), 7)
    assert (9, "credit", "statement_serial_other_amount") in counter.refused(other.csv())


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "soon", ("day", "statement_no_day")),
        (0, "20260303", ("day", "statement_day_to_come")),
        (0, "20251231", ("day", "statement_day_outside_period")),
        (4, "5o", ("credit", "statement_not_money")),
        (4, "1.005", ("credit", "statement_not_money")),
        (3, "5.00", ("debit", "statement_both_sides")),
        (4, "", ("credit", "statement_no_amount")),
        (5, "", ("balance", "statement_not_money")),
        (8, "x" * 301, ("memo", "statement_text_long")),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_by_line_and_field(
    counter: Counter, bank: Bank, column: int, value: str, told: tuple[str, str]
) -> None:
    some(bank).rows[2][column] = value
    assert counter.refused(bank.csv()) == [(5, *told)]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "statement_empty_file"),
        (b"%PDF-1.7", "a.csv", "statement_not_what_its_name_says"),
        (b"PK\x03\x04rest", "a.xlsx", "statement_damaged"),
        (b"a,b", "a.exe", "statement_unknown_extension"),
        (b"hello\n", "a.csv", "statement_no_table"),
        (b"x" * 10_000_000, "a.csv", "statement_too_large"),
        (b"\n".join([b"a,b"] * 50_001), "a.csv", "statement_too_many_rows"),
    ],
)
def test_what_is_no_statement_is_refused_whole(counter: Counter, content: bytes, name: str, code: str) -> None:
    assert counter.refused(content, name) == [(None, None, code)]


def test_lines_are_never_changed(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    for act in ("UPDATE statement_line SET amount_fen = 1", "DELETE FROM statement_line"):
        with pytest.raises(DBAPIError, match="append_only"), counter.session.begin_nested():
            counter.session.execute(text(act))


def test_no_account_number_is_kept_that_somebody_could_read(counter: Counter, bank: Bank) -> None:
    bank.line(1_00, account="6222021234567890", memo="退 6222021234567890 款")
    counter.bring(bank.csv())
    dump = str(told(counter)) + counter.account.number
    assert "6222021234567890" not in dump and "6217000011110042" not in dump
    assert counter.account.number == "6217********0042"


def test_who_chases_arrears_learns_how_many_lines_wait(counter: Counter, bank: Bank) -> None:
    counter.bring(some(bank).csv())
    ask = (counter.session, counter.actor, counter.account.project_id)
    assert unmatched_lines(*ask, older_than=date(2026, 3, 2)) == 6
    assert unmatched_lines(*ask, older_than=date(2026, 3, 1)) == 0


def test_a_file_waits_encrypted_and_is_gone_when_it_is_in(counter: Counter, bank: Bank) -> None:
    content = some(bank).csv()
    act = (counter.session, counter.actor, counter.clock)
    upload = banking.bring_statement(*act, account_id=counter.account.id, content=content, file_name="a.csv")
    kept = counter.session.execute(text("SELECT sealed FROM kept_file")).scalars().one()
    assert b"6222" not in bytes(kept)
    assert banking.take_in(*act, upload_id=upload.id, columns={}).added == 7
    for model in (KeptFile, StatementUpload):
        assert counter.session.scalars(select(model)).all() == []


def test_a_bank_account_is_described_rightly(counter: Counter) -> None:
    good = {"project_id": counter.account.project_id, "name": "一般户", "number": "62170001", "account": "general"}
    wrong = {"name": "监管账户", "number": "12", "account": "credit"}
    for field, value in wrong.items():
        with pytest.raises(BankAccountInvalid) as refusal:
            banking.open_bank_account(counter.session, counter.actor, counter.clock, **{**good, field: value})
        assert refusal.value.field == field


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_split_into_overlapping_files_in_any_order_gives_the_same_lines(
    counter: Counter, data: st.DataObject
) -> None:
    bank = Bank()
    for number, fen in enumerate(
        data.draw(st.lists(st.integers(-9999, 9999).filter(bool), min_size=2, max_size=12))
    ):
        bank.line(fen, memo=f"memo {number}")
    size = len(bank.rows)
    with counter.session.begin_nested() as whole:
        counter.bring(bank.csv())
        expected = told(counter)
        whole.rollback()
    cuts = sorted(data.draw(st.sets(st.integers(1, size - 1), max_size=4)))
    over = data.draw(st.integers(0, 3))
    pieces = [
        bank.rows[max(0, first - over) : last] for first, last in zip([0, *cuts], [*cuts, size], strict=True)
    ]
    with counter.session.begin_nested() as split:
        for piece in data.draw(st.permutations(pieces)):
            counter.bring(bank.csv(piece))
        assert told(counter) == expected
        split.rollback()


def test_new_lines_of_a_locked_period_are_refused_and_known_ones_are_passed_over(
    counter: Counter, bank: Bank
) -> None:
    bank.line(1_00, day="20260227")
    counter.bring(bank.csv())
    lock_period(
        counter.session,
        counter.actor,
        counter.clock,
        project_id=counter.account.project_id,
        through=date(2026, 2, 28),
        reason="reported",
    )
    bank.line(2_00, day="20260228")
    assert counter.refused(bank.csv()) == [(4, "day", "statement_day_locked")]
    bank.rows[1][0] = "20260301"
    assert counter.bring(bank.csv()).added == 1
