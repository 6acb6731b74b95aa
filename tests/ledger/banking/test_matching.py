"""Lines find what they pay: proposals with their reasons, and how sure each is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from ledger.banking.kinds import LineState
from ledger.banking.matching import Matching, propose
from ledger.banking.queries import LineFilter, list_lines
from ledger.finance.kinds import ReceivableKind
from ledger.finance.models import Receivable
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale
from tests.ledger.banking.bank import Bank
from tests.ledger.banking.conftest import Counter, Desk
from tests.ledger.finance.house import DEPOSIT, TODAY

LOAN = 860_000_00
BANK = "中国某银行按揭中心"


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What the database is asked in the block."""
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", listen)
    yield asked
    event.remove(session.get_bind(), "before_cursor_execute", listen)


@dataclass
class Matcher:
    """Books a line at the bank, brings it, and asks what it may be."""

    counter: Counter
    bank: Bank

    def __call__(self, fen: int, memo: str = "", payer: str = "马超", **more: str) -> Matching:
        serial = self.bank.line(fen, memo=memo, payer=payer, **more)
        self.counter.bring(self.bank.csv())
        rows = list_lines(self.counter.session, self.counter.actor, LineFilter(LineState.OPEN, search=serial))
        return propose(self.counter.session, rows)[rows[0].id]


@pytest.fixture
def match(counter: Counter, bank: Bank) -> Matcher:
    """The desk of proposals."""
    return Matcher(counter, bank)


@pytest.fixture
def sale(desk: Desk) -> Sale:
    """Home 1栋-101, sold to two buyers; its deposit is due."""
    sale = desk.house.sale(buyers=("张敏", "李雷"))
    desk.deposit(sale)
    return sale


def said(matching: Matching) -> tuple[str, list[str]]:
    """The certainty and the reasons of the best proposal."""
    assert matching.best is not None
    return str(matching.best.certainty), [str(reason) for reason in matching.best.reasons]


def test_home_word_and_amount_make_it_certain_whoever_pays(match: Matcher, sale: Sale) -> None:
    matching = match(DEPOSIT, "1栋101定金")
    assert said(matching) == ("certain", ["home", "kind", "amount"])
    assert matching.best.sale_ids == (sale.id,)


def test_a_co_buyer_and_the_amount_are_likely_and_with_the_word_certain(match: Matcher, sale: Sale) -> None:
    assert said(match(DEPOSIT, payer="李雷")) == ("likely", ["payer_name", "amount"])
    assert said(match(DEPOSIT, "李雷定金", payer="马超"))[0] == "certain"


def test_another_amount_is_never_certain(match: Matcher, sale: Sale) -> None:
    assert said(match(DEPOSIT - 1, "1栋101定金", payer="张敏"))[0] == "likely"
    assert "part" in said(match(DEPOSIT - 1, "1栋101定金"))[1]
    over = match(DEPOSIT + 5, "1栋101定金")
    assert "over" in said(over)[1]
    assert [part.amount_fen for part in over.best.parts] == [DEPOSIT, 5]


def test_the_amount_alone_is_possible_at_most_and_only_where_it_is_rare(
    match: Matcher, sale: Sale, desk: Desk
) -> None:
    assert said(match(DEPOSIT, payer="无名")) == ("possible", ["amount", "rare_amount"])
    for _ in range(4):
        desk.deposit(desk.house.sale(buyers=("王芳",)))
    assert match(DEPOSIT, payer="无名").proposals == ()


def test_who_bought_another_home_and_pays_here_is_asked_about(match: Matcher, sale: Sale, desk: Desk) -> None:
    other = desk.house.sale(buyers=("马超",))
    desk.deposit(other, DEPOSIT + 1)
    assert said(match(DEPOSIT, "1栋101定金", payer="马超"))[0] == "likely"


def test_two_of_one_name_make_nobody_certain(match: Matcher, sale: Sale, desk: Desk) -> None:
    desk.deposit(desk.house.sale(buyers=("张敏",)))
    matching = match(DEPOSIT, "张敏定金", payer="张敏")
    assert [str(one.certainty) for one in matching.proposals] == ["likely", "likely"]
    assert "several_like_it" in said(matching)[1]


def test_several_instalments_of_one_sale_are_summed(match: Matcher, sale: Sale, desk: Desk) -> None:
    desk.sign(sale)
    account = desk.account(sale)
    buyers = [line for line in account.lines if line.debtor == "buyer" and line.open_fen]
    assert len(buyers) == 2
    matching = match(sum(line.open_fen for line in buyers), "1-101 房款", payer="张敏")
    assert said(matching) == ("certain", ["home", "payer_name", "sum"])
    assert {part.receivable_id for part in matching.best.parts} == {line.receivable_id for line in buyers}


def test_a_bank_pays_the_loans_of_the_homes_that_it_names(match: Matcher, desk: Desk) -> None:
    sales = [desk.house.sale(buyers=(name,)) for name in ("张敏", "李雷", "王芳")]
    for sale in sales:
        desk.sign(sale)
    matching = match(2 * LOAN + 5_000_000_00 - 5_000_000_00, "按揭放款 批次1018 1-101 1-103", payer=BANK)
    assert said(matching) == ("certain", ["home", "bank", "homes_sum"])
    assert set(matching.best.sale_ids) == {sales[0].id, sales[2].id}
    assert {part.kind for part in matching.best.parts} == {ReceivableKind.LOAN}
    assert matching.memo.batch_no == "1018"


def test_a_batch_without_homes_is_put_together_where_one_sum_alone_fits(match: Matcher, desk: Desk) -> None:
    for number, name in enumerate(("张敏", "李雷", "王芳")):
        desk.sign(
            desk.house.sale(buyers=(name,), price=1_000_000_00 * (number + 1)), total=1_000_000_00 * (number + 1)
        )
    matching = match(700_000_00 + 2_100_000_00, "按揭放款 批次1022", payer=BANK)
    assert said(matching) == ("possible", ["bank", "loans_sum"])
    assert len(matching.best.sale_ids) == 2


def test_the_banks_money_is_never_proposed_for_what_the_buyer_owes(match: Matcher, sale: Sale) -> None:
    assert match(DEPOSIT, "1栋101定金", payer=BANK).proposals == ()


def test_money_on_the_wrong_account_is_not_proposed(match: Matcher, sale: Sale, counter: Counter) -> None:
    counter.account.account = "general"
    assert match(DEPOSIT, "1栋101定金").proposals == ()


def test_what_is_paid_or_closed_is_not_proposed(match: Matcher, sale: Sale, desk: Desk) -> None:
    desk.pay(sale, DEPOSIT)
    assert match(DEPOSIT, "1栋101定金", payer="张敏").proposals == ()


def test_interest_of_nobody_we_know_may_be_left_out(match: Matcher, sale: Sale) -> None:
    assert match(1_23, "利息", payer="").ignore == "interest"


SAMPLE = [
    ("云溪花园5-1-902 张敏首付", "5", "902", "张敏", "down_payment", 20_000_00, "certain"),
    ("云溪花园5-1-1203 杨雪东首付", "5", "1203", "杨雪东", "down_payment", 20_000_00, "certain"),
    ("3栋602定金", "3", "602", "王芳", "deposit", 36_789_00, "certain"),
    ("3栋801定金", "3", "801", "王芳", "deposit", 50_000_00, "likely"),
    ("何洋磊房款", "9", "101", "何洋磊", "down_payment", 860_000_00, "likely"),
    ("云溪花园5-1-301 周桂首付", "9", "102", "李四", "down_payment", 20_000_00, "possible"),
]


@pytest.mark.parametrize(("memo", "building", "unit_no", "buyer", "kind", "owed", "certainty"), SAMPLE)
def test_lines_of_the_sample_find_their_sales(
    counter: Counter, desk: Desk, memo: str, building: str, unit_no: str, buyer: str, kind: str, owed: int,
    certainty: str,
) -> None:  # fmt: skip
    place = Building(
        project_id=desk.house.project.id, path=desk.house.project.path, code=building, name=f"{building}栋"
    )
    desk.session.add(place)
    desk.session.flush()
    desk.house.building = place
    sale = desk.house.sale(buyers=(buyer,))
    unit = desk.session.get_one(Unit, sale.unit_id)
    unit.unit_no, unit.entrance = unit_no, "1"
    desk.session.add(
        Receivable(
            sale_id=sale.id, key=memo, project_id=sale.project_id, path=sale.path, sequence=1, kind=kind, class_="price",
            debtor="buyer", amount_fen=owed, due_on=TODAY, trigger_kind="on_date", created_at=counter.clock.now(),
        )
    )  # fmt: skip
    counter.clock.set(datetime(2026, 10, 9, 1, 0, tzinfo=UTC))
    counter.bring((Path(__file__).parent / "sample.csv").read_bytes())
    rows = [row for row in list_lines(counter.session, counter.actor, LineFilter(search=memo)) if row.memo == memo]
    matching = propose(counter.session, rows[:1])[rows[0].id]
    found = next((one for one in matching.proposals if sale.id in one.sale_ids), None)
    assert (found and str(found.certainty)) == certainty


def test_a_page_asks_as_often_for_fifty_lines_as_for_one(
    counter: Counter, bank: Bank, desk: Desk, sale: Sale
) -> None:
    counts = []
    for number in (1, 50):
        for _ in range(number):
            bank.line(DEPOSIT, memo="1栋101定金", payer="张敏")
        counter.bring(bank.csv())
        rows = list_lines(counter.session, counter.actor, LineFilter(LineState.OPEN), limit=number)
        with statements(counter.session) as asked:
            propose(counter.session, rows)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 16
