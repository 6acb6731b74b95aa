"""Lines become receipts: once, in whole, for one sale or many; they are left out, and both are taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from kernel.actor import Actor
from kernel.errors import Invalid, NotAllowed
from ledger.banking import operations as banking
from ledger.banking.confirming import Share
from ledger.banking.errors import LineMissing, LineTaken, MatchRefused
from ledger.banking.kinds import LineState
from ledger.banking.learning import list_rules, switch_rule
from ledger.banking.matching import Matching, propose
from ledger.banking.models import LineEvent, LineMatch
from ledger.banking.queries import LineFilter, LineRow, get_line, list_lines, matches_of, unmatched_lines
from ledger.finance.kinds import Account, Method, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt
from ledger.sales.models import Sale
from tests.ledger.banking.bank import Bank
from tests.ledger.banking.conftest import Counter, Desk
from tests.ledger.finance.house import DEPOSIT, build_house

LOAN = 860_000_00


@dataclass
class Clerk:
    """Brings lines and deals with them."""

    counter: Counter
    bank: Bank

    def line(self, fen: int, memo: str = "", payer: str = "马超", **more: str) -> LineRow:
        """A line that came."""
        serial = self.bank.line(fen, memo=memo, payer=payer, **more)
        self.counter.bring(self.bank.csv())
        return list_lines(self.counter.session, self.counter.actor, LineFilter(search=serial))[0]

    def do(self, verb: str, line: LineRow, **arguments: Any) -> Any:
        """An operation of banking on a line."""
        act = (self.counter.session, self.counter.actor, self.counter.clock)
        return getattr(banking, verb)(*act, line_id=line.id, **arguments)

    def state(self, line: LineRow) -> LineState:
        """Where a line stands."""
        return get_line(self.counter.session, self.counter.actor, line.id).state

    def matching(self, line: LineRow) -> Matching:
        """What a line may be."""
        line = get_line(self.counter.session, self.counter.actor, line.id)
        return propose(self.counter.session, [line])[line.id]


@pytest.fixture
def clerk(counter: Counter, bank: Bank) -> Clerk:
    """The matching desk."""
    return Clerk(counter, bank)


@pytest.fixture
def sale(desk: Desk) -> Sale:
    """Home 1栋-101, whose deposit is to be collected."""
    sale = desk.house.sale(buyers=("张敏", "李雷"))
    desk.collect(desk.deposit(sale))
    return sale


def receipts(clerk: Clerk) -> list[Receipt]:
    return list(clerk.counter.session.scalars(select(Receipt).order_by(Receipt.id)))


def test_a_certain_line_becomes_a_confirmed_receipt_and_its_to_do_is_done(
    clerk: Clerk, sale: Sale, desk: Desk
) -> None:
    line = clerk.line(DEPOSIT, "1栋101定金")
    outcome = clerk.do("confirm_certain", line)
    (receipt,) = receipts(clerk)
    assert (receipt.reference, receipt.account, receipt.payer) == (line.serial, Account.SUPERVISED, "马超")
    assert (receipt.method, receipt.paid_on) == (Method.TRANSFER, date(2026, 3, 1))
    assert outcome.numbers and outcome.credit_fen == 0 and outcome.fresh
    assert clerk.state(line) is LineState.MATCHED
    assert desk.account(sale).open_fen == 0
    todos = clerk.counter.session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.COLLECT))
    assert {todo.state for todo in todos} == {TodoState.DONE}


def test_confirming_again_takes_no_money_again(clerk: Clerk, sale: Sale) -> None:
    line = clerk.line(DEPOSIT, "1栋101定金")
    first = clerk.do("confirm_certain", line)
    again = clerk.do("confirm_certain", line)
    shares = [Share(DEPOSIT, sale_id=sale.id)]
    third = clerk.do("confirm_match", line, shares=shares)
    assert first.receipt_ids == again.receipt_ids == third.receipt_ids and not again.fresh
    assert len(receipts(clerk)) == 1


def test_a_second_payment_of_the_same_is_not_certain_any_more(clerk: Clerk, sale: Sale) -> None:
    first, second = clerk.line(DEPOSIT, "1栋101定金"), clerk.line(DEPOSIT, "1栋101定金")
    clerk.do("confirm_certain", first)
    with pytest.raises(MatchRefused):
        clerk.do("confirm_certain", second)
    assert clerk.state(second) is LineState.OPEN


def test_one_line_of_a_bank_pays_the_loans_of_many_sales(clerk: Clerk, desk: Desk) -> None:
    sales = [desk.house.sale(buyers=(name,)) for name in ("张敏", "李雷")]
    for sale in sales:
        desk.sign(sale)
    line = clerk.line(2 * LOAN, "按揭放款 批次1018 1-101 1-102", payer="中国某银行按揭中心")
    clerk.do("confirm_certain", line)
    assert {(one.sale_id, one.amount_fen, one.method) for one in receipts(clerk)} == {
        (sale.id, LOAN, Method.BANK_LOAN) for sale in sales
    }
    assert {match.batch_no for match in clerk.counter.session.scalars(select(LineMatch))} == {"1018"}
    assert all(row.reference == line.serial for row in receipts(clerk))


def test_by_hand_a_line_is_divided_and_the_rest_is_credit(clerk: Clerk, sale: Sale, desk: Desk) -> None:
    other = desk.house.sale(buyers=("王芳",))
    debt = desk.deposit(other, 30_000_00)
    line = clerk.line(50_000_00, "房款")
    shares = [Share(30_000_00, receivable_id=debt.id), Share(20_000_00, sale_id=sale.id)]
    clerk.do("confirm_match", line, shares=shares)
    assert desk.account(other).open_fen == 0
    assert desk.account(sale).open_fen == DEPOSIT - 20_000_00
    over = clerk.line(DEPOSIT, "1栋101定金")
    outcome = clerk.do("confirm_match", over, shares=[Share(DEPOSIT, sale_id=sale.id)])
    assert outcome.credit_fen == 20_000_00


def test_what_does_not_come_to_the_amount_is_refused_and_leaves_nothing(clerk: Clerk, sale: Sale) -> None:
    line = clerk.line(DEPOSIT)
    for shares in (
        [],
        [Share(DEPOSIT - 1, sale_id=sale.id)],
        [Share(DEPOSIT + 1, sale_id=sale.id)],
        [Share(DEPOSIT)],
    ):
        with pytest.raises(MatchRefused):
            clerk.do("confirm_match", line, shares=shares)
    assert receipts(clerk) == [] and clerk.state(line) is LineState.OPEN


def test_money_in_one_projects_account_pays_nothing_of_another_project(clerk: Clerk, sale: Sale) -> None:
    counter = clerk.counter
    abroad = build_house(counter.session, counter.clock, "harbour").sale(buyers=("周瑜",))
    line = clerk.line(DEPOSIT, "1栋101定金")
    with counter.session.begin_nested(), pytest.raises(MatchRefused) as refusal:
        clerk.do("confirm_match", line, shares=[Share(DEPOSIT, sale_id=abroad.id)])
    assert refusal.value.code == "match_other_project"


def test_a_match_taken_back_opens_the_debt_and_the_line_again(clerk: Clerk, sale: Sale, desk: Desk) -> None:
    line = clerk.line(DEPOSIT, "1栋101定金")
    clerk.do("confirm_certain", line)
    with pytest.raises(Invalid):
        clerk.do("undo_match", line, reason=" ")
    clerk.do("undo_match", line, reason="wrong home")
    assert desk.account(sale).open_fen == DEPOSIT
    assert clerk.state(line) is LineState.OPEN
    clerk.do("confirm_certain", line)
    assert len(receipts(clerk)) == 2 and desk.account(sale).open_fen == 0
    assert [one.reversed for one in matches_of(clerk.counter.session, line.id)].count(True) == 1
    kinds = clerk.counter.session.scalars(select(LineEvent.kind).order_by(LineEvent.id)).all()
    assert kinds == ["matched", "undone", "matched"]


def test_a_receipt_taken_back_on_its_own_page_lets_its_part_of_the_line_wait(clerk: Clerk, desk: Desk) -> None:
    sales = [desk.house.sale(buyers=(name,)) for name in ("张敏", "李雷")]
    debts = [desk.deposit(sale) for sale in sales]
    line = clerk.line(2 * DEPOSIT)
    shares = [Share(DEPOSIT, receivable_id=debt.id) for debt in debts]
    first, _ = clerk.do("confirm_match", line, shares=shares).receipt_ids
    desk.do("reverse_receipt", receipt_id=first, reason="bounced")
    act = (clerk.counter.session, clerk.counter.actor, clerk.counter.clock)
    banking.receipt_reversed(*act, receipt_id=first)
    assert clerk.state(line) is LineState.OPEN
    assert clerk.matching(line).line.amount_fen == DEPOSIT
    with pytest.raises(MatchRefused):
        clerk.do("confirm_match", line, shares=shares)
    clerk.do("confirm_match", line, shares=shares[:1])
    assert desk.account(sales[0]).open_fen == desk.account(sales[1]).open_fen == 0


def test_a_line_is_left_out_with_its_reason_and_taken_up_again(clerk: Clerk, sale: Sale) -> None:
    line = clerk.line(1_23, "结息", payer="")
    with pytest.raises(Invalid):
        clerk.do("ignore_line", line, reason="boredom")
    with pytest.raises(Invalid):
        clerk.do("ignore_line", line, reason="other")
    clerk.do("ignore_line", line, reason="interest")
    ask = (clerk.counter.session, clerk.counter.actor, clerk.counter.account.project_id)
    assert unmatched_lines(*ask, older_than=date(2026, 3, 9)) == 0
    with pytest.raises(LineTaken):
        clerk.do("confirm_match", line, shares=[Share(1_23, sale_id=sale.id)])
    clerk.do("reopen_line", line)
    assert unmatched_lines(*ask, older_than=date(2026, 3, 9)) == 1


def test_an_account_that_paid_before_is_certain_where_the_amount_fits_and_never_otherwise(
    clerk: Clerk, sale: Sale, desk: Desk
) -> None:
    account = {"payer": "张父", "account": "6222020000009999"}
    first = clerk.line(DEPOSIT, "头款", **account)
    clerk.do("confirm_match", first, shares=[Share(DEPOSIT, sale_id=None, receivable_id=_debt(desk, sale))])
    desk.sign(sale)
    rest = next(line for line in desk.account(sale).lines if line.open_fen and line.debtor == "buyer")
    fits, other = clerk.line(rest.open_fen, **account), clerk.line(12_345, **account)
    assert [str(one) for one in clerk.matching(fits).best.reasons] == ["paid_before", "amount"]
    assert clerk.matching(fits).best.certainty == "certain"
    assert clerk.matching(other).best.certainty != "certain"
    rules = {rule.kind: rule for rule in list_rules(clerk.counter.session, clerk.counter.actor)}
    assert (rules["payer"].payer_tail, rules["payer"].sale_id) == ("9999", sale.id)
    act = (clerk.counter.session, clerk.counter.actor, clerk.counter.clock)
    switch_rule(*act, rule_id=rules["payer"].id, active=False)
    assert clerk.matching(fits).best is None or "paid_before" not in clerk.matching(fits).best.reasons


def test_a_word_that_a_match_taught_means_its_kind(clerk: Clerk, sale: Sale, desk: Desk) -> None:
    first = clerk.line(DEPOSIT, "1栋101头款", payer="张敏")
    clerk.do("confirm_match", first, shares=[Share(DEPOSIT, receivable_id=_debt(desk, sale))])
    words = [rule for rule in list_rules(clerk.counter.session, clerk.counter.actor) if rule.kind == "word"]
    assert [(rule.word, rule.receivable_kind) for rule in words] == [("头款", "deposit")]
    other = desk.house.sale(buyers=("王芳",))
    desk.deposit(other)
    matching = clerk.matching(clerk.line(DEPOSIT, "1栋102头款", payer="王父"))
    assert "learned_kind" in matching.best.reasons and matching.best.certainty == "certain"


def test_what_a_wrong_match_taught_goes_with_it(clerk: Clerk, sale: Sale, desk: Desk) -> None:
    line = clerk.line(DEPOSIT, "1栋101头款", payer="张敏")
    clerk.do("confirm_match", line, shares=[Share(DEPOSIT, receivable_id=_debt(desk, sale))])
    clerk.do("undo_match", line, reason="wrong")
    assert {rule.active for rule in list_rules(clerk.counter.session, clerk.counter.actor)} == {False}
    clerk.do("confirm_match", line, shares=[Share(DEPOSIT, receivable_id=_debt(desk, sale))])
    assert {rule.active for rule in list_rules(clerk.counter.session, clerk.counter.actor)} == {True}


def test_who_may_not_match_or_take_money_is_refused(
    clerk: Clerk, sale: Sale, actor_with: Callable[..., Actor]
) -> None:
    line = clerk.line(DEPOSIT, "1栋101定金")
    act = (clerk.counter.session, clerk.counter.clock)
    with pytest.raises(LineMissing):
        banking.confirm_certain(act[0], actor_with("finance:receive"), act[1], line_id=line.id)
    only_matches = actor_with("banking:match")
    with pytest.raises((NotAllowed, Invalid, LookupError, Exception)) as refusal:
        banking.confirm_certain(act[0], only_matches, act[1], line_id=line.id)
    assert "missing" in getattr(refusal.value, "code", "") or isinstance(refusal.value, NotAllowed)
    assert receipts(clerk) == []


def _debt(desk: Desk, sale: Sale) -> str:
    return next(line.receivable_id for line in desk.account(sale).lines if line.open_fen)
