"""The journal of closed days goes to accounting as vouchers, each once, and comes back with accounting's numbers."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from kernel.errors import KeyturnError
from ledger.accounting.chart import chart_at, gaps, set_chart
from ledger.accounting.closing import close_day, reopen
from ledger.accounting.confirming import confirm_vouchers
from ledger.accounting.errors import ConfirmationsRefused, MappingInvalid, MappingMissing, VouchersRefused
from ledger.accounting.voucher_models import Voucher, VoucherConfirmation, VoucherLine
from ledger.accounting.voucher_queries import all_vouchers, count_left, list_batches
from ledger.accounting.vouchers import make_batch, note_export
from ledger.documents.errors import UploadRefused
from ledger.finance.kinds import Account
from ledger.finance.models import JournalTransaction
from tests.ledger.finance.conftest import Desk
from tests.ledger.finance.house import DEPOSIT, TODAY, build_house

CHART = {account: (f"1{number:03}", f"Account {account}") for number, account in enumerate(Account)}


def mapped(session, admin, clock, house, chart=None):
    return set_chart(session, admin, clock, node_id=house.project.id, values=chart or CHART)


@pytest.fixture
def closed(session, admin, second, clock, desk, house):
    """A deposit is paid in, and the day closed: a receipt and an allocation in the journal."""
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT)
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    return sale


def batch(session, admin, clock, house, through=TODAY):
    return make_batch(session, admin, clock, project_id=house.project.id, through=through)


def told(session, *, number="PZ-1", heading="voucher key,number in accounting,voucher total", **changes):
    rows = [
        f"{voucher.key},{number},{changes.get('amount') or f'{voucher.total_fen / 100:.2f}'}"
        for voucher in session.scalars(select(Voucher).order_by(Voucher.number))
    ]
    return "\n".join([heading, *rows])


def test_every_transaction_of_closed_days_is_in_exactly_one_batch(session, admin, clock, desk, house, closed):
    mapped(session, admin, clock, house)
    assert (
        count_left(session, house.project.id, TODAY).closed,
        count_left(session, house.project.id, None).open,
    ) == (2, 2)
    made = batch(session, admin, clock, house)
    assert (made.number, made.vouchers, made.total_fen) == (1, 2, 2 * DEPOSIT)
    rows = list(all_vouchers(session, made.id))
    assert [row.voucher.key for row in rows] == ["YUNXI-202603-000001", "YUNXI-202603-000002"]
    assert [[(line.code, line.amount_fen, line.sale_no) for line in row.lines] for row in rows] == [
        [(CHART[Account.SUPERVISED][0], DEPOSIT, closed.no), (CHART[Account.CREDIT][0], -DEPOSIT, closed.no)],
        [(CHART[Account.CREDIT][0], DEPOSIT, closed.no), (CHART[Account.CONTRACT][0], -DEPOSIT, closed.no)],
    ]
    with pytest.raises(VouchersRefused, match="vouchers_nothing_left"):
        batch(session, admin, clock, house)
    assert count_left(session, house.project.id, TODAY).closed == 0


def test_what_is_booked_after_a_batch_goes_into_the_next(session, admin, second, clock, desk, house, closed):
    mapped(session, admin, clock, house)
    batch(session, admin, clock, house)
    reopen(session, admin, clock, project_id=house.project.id, first=TODAY, reason="a slip")
    desk.pay(closed, 100)
    close_day(session, second, clock, project_id=house.project.id, through=TODAY)
    assert (
        batch(session, admin, clock, house).number,
        session.scalar(select(func.count()).select_from(Voucher)),
    ) == (2, 3)


def test_open_days_are_not_handed_over(session, admin, clock, house, closed):
    mapped(session, admin, clock, house)
    with pytest.raises(VouchersRefused, match="vouchers_of_open_days") as refused:
        batch(session, admin, clock, house, TODAY + timedelta(days=1))
    assert refused.value.field == "through"


def test_gaps_in_the_chart_are_named(session, admin, clock, house, closed):
    mapped(session, admin, clock, house, {Account.CREDIT: ("2203", "预收账款")})
    assert Account.FEES in gaps(chart_at(session, house.project.path))
    with pytest.raises(MappingMissing) as refused:
        batch(session, admin, clock, house)
    assert refused.value.params["accounts"] == ["account.contract", "account.supervised"]
    assert session.scalar(select(func.count()).select_from(Voucher)) == 0


def test_a_chart_is_inherited_until_a_node_says_otherwise(session, admin, clock, house):
    mapped(session, admin, clock, house, {Account.CREDIT: ("2203", "预收账款")})
    below = house.project.path + "one/"
    assert chart_at(session, below)[Account.CREDIT].code == "2203"
    assert chart_at(session, "/keyturn/") == {}
    assert mapped(session, admin, clock, house, {Account.CREDIT: ("2203", "预收账款")}) == 0
    assert mapped(session, admin, clock, house, {Account.CREDIT: ("", "")}) == 1
    assert chart_at(session, below) == {}


@pytest.mark.parametrize(
    ("texts", "code", "field"),
    [
        (("22 03", "x"), "mapping_code_wrong", "code-credit"),
        (("", "x"), "mapping_code_wrong", "code-credit"),
        (("2203", ""), "mapping_name_wrong", "name-credit"),
        (("2" * 41, "x"), "mapping_code_wrong", "code-credit"),
    ],
)
def test_a_wrong_line_of_the_chart_is_refused_by_its_field(session, admin, clock, house, texts, code, field):
    with pytest.raises(MappingInvalid, match=code) as refused:
        mapped(session, admin, clock, house, {Account.CREDIT: texts})
    assert refused.value.field == field


def test_a_batch_stays_as_it_was_when_the_chart_changes_and_reexports_are_counted(
    session, admin, clock, house, closed
):
    mapped(session, admin, clock, house)
    made = batch(session, admin, clock, house)
    before = [[line.code for line in row.lines] for row in all_vouchers(session, made.id)]
    mapped(session, admin, clock, house, dict.fromkeys(Account, ("9", "x")))
    assert [[line.code for line in row.lines] for row in all_vouchers(session, made.id)] == before
    assert [note_export(session, admin, clock, batch_id=made.id, ending="csv") for _ in "ab"] == [1, 2]
    (row,) = list_batches(session, admin, house.project.id)
    assert (row.exports, row.confirmed) == (2, 0)


def test_accounting_s_numbers_come_back_from_a_file(session, admin, clock, house, closed):
    mapped(session, admin, clock, house)
    made = batch(session, admin, clock, house)
    file = told(session).encode("utf-8-sig")
    assert confirm_vouchers(session, admin, clock, filename="back.csv", content=file) == 2
    assert [row.number for row in all_vouchers(session, made.id)] == ["PZ-1", "PZ-1"]
    assert list_batches(session, admin, house.project.id)[0].confirmed == 2
    with pytest.raises(ConfirmationsRefused) as refused:
        confirm_vouchers(session, admin, clock, filename="back.csv", content=file)
    assert [(line.line, line.code) for line in refused.value.lines] == [
        (2, "voucher_confirmed"),
        (3, "voucher_confirmed"),
    ]


def test_the_same_from_a_workbook_with_chinese_headings(session, admin, clock, house, closed):
    mapped(session, admin, clock, house)
    batch(session, admin, clock, house)
    book = Workbook()
    for row in told(session, heading="凭证键,会计凭证号,合计金额").split("\n"):
        cells = row.split(",")
        book.active.append([*cells[:2], float(cells[2])] if cells[2][0].isdigit() else cells)
    content = io.BytesIO()
    book.save(content)
    assert confirm_vouchers(session, admin, clock, filename="back.xlsx", content=content.getvalue()) == 2


def test_wrong_lines_are_told_by_line_and_nothing_is_taken_in(session, admin, clock, house, closed):
    mapped(session, admin, clock, house)
    batch(session, admin, clock, house)
    good = told(session).split("\n")
    lines = [good[0], good[1], good[1], good[2].replace("50000.00", "50000.01"), "YUNXI-202603-000009,PZ-3,1", ""]
    with pytest.raises(ConfirmationsRefused) as refused:
        confirm_vouchers(session, admin, clock, filename="back.csv", content="\n".join(lines).encode())
    assert [(line.line, line.code) for line in refused.value.lines] == [
        (3, "voucher_twice"),
        (4, "voucher_changed"),
        (5, "voucher_unknown"),
    ]
    assert session.scalar(select(func.count()).select_from(VoucherConfirmation)) == 0
    with pytest.raises(ConfirmationsRefused) as refused:
        confirm_vouchers(session, admin, clock, filename="b.csv", content=told(session, number="").encode())
    assert {line.code for line in refused.value.lines} == {"voucher_number_wrong"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"voucher key,voucher total\nX,1", "confirmations_heading_missing"),
        (b"voucher key,number in accounting,voucher total\n", "confirmations_how_many"),
        (b'voucher key,number in accounting,voucher total\n"X,1', "confirmations_unreadable"),
    ],
)
def test_what_is_no_file_of_numbers_is_refused(session, admin, clock, content, code):
    with pytest.raises(ConfirmationsRefused, match=code) as refused:
        confirm_vouchers(session, admin, clock, filename="back.csv", content=content)
    assert refused.value.field == "file"


def test_a_picture_is_no_file_of_numbers(session, admin, clock):
    with pytest.raises(UploadRefused):
        confirm_vouchers(session, admin, clock, filename="back.csv", content=b"\x89PNG\r\n\x1a\n")


def test_the_database_itself_keeps_vouchers_balanced_and_as_they_were(session, admin, clock, house, closed):
    mapped(session, admin, clock, house)
    batch(session, admin, clock, house)
    voucher = session.scalars(select(Voucher).order_by(Voucher.number)).first()
    with pytest.raises(DBAPIError, match="voucher_closed"), session.begin_nested():
        session.add(
            VoucherLine(voucher_id=voucher.id, position=9, account="fees", code="1", name="x", amount_fen=5)
        )
        session.flush()
    copied = {column.name: getattr(voucher, column.name) for column in Voucher.__table__.columns}
    with pytest.raises(DBAPIError, match="voucher_unbalanced"), session.begin_nested():
        session.add(Voucher(**{**copied, "id": "x", "key": "y"}))
        session.flush()
    with pytest.raises(DBAPIError, match="append_only"), session.begin_nested():
        session.execute(text("DELETE FROM voucher"))


def test_two_at_once_make_one_batch(database, admin, second, clock):
    with database.unit_of_work() as session:
        house = build_house(session, clock)
        desk, sale = Desk(session, admin, clock, house), house.sale()
        desk.deposit(sale)
        desk.pay(sale, DEPOSIT)
        close_day(session, second, clock, project_id=house.project.id, through=TODAY)
        mapped(session, admin, clock, house)
        project_id = house.project.id
    start = Barrier(2)

    def one(_number):
        start.wait(20)
        try:
            with database.unit_of_work() as session:
                return make_batch(session, admin, clock, project_id=project_id, through=TODAY).vouchers
        except KeyturnError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(one, range(2)))) == ["2", "vouchers_nothing_left"]
    with database.reading() as session:
        count = select(func.count())
        assert session.scalar(count.select_from(Voucher)) == session.scalar(count.select_from(JournalTransaction))
