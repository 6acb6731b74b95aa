"""The end of a sale (退房) as a case: the split shown, decided, carried out with the unit freed last, and paid."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.api import AnswersInvalid
from kernel.clock import business_date
from ledger.changes.errors import ChangeRefused
from ledger.finance.kinds import Account, Debtor, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Refund
from ledger.finance.operations import pay_compensation, pay_refund
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Filing
from ledger.templates.models import MadePaper
from tests.stories.changing_sales import approve, ask, execute, filed, order_of, signed, subscribed
from tests.stories.company import DEPOSIT, LIST_PRICE, Case, Company
from tests.stories.test_moving_rooms import books, by_sale, pay_in, receipts

PRICE, PAID, CAP = 1_200_000_00, 300_000_00, 240_000_00
NOBODY, OURS, BUYERS = (
    ("legal_1", "treasurer", "city_gm_1"),
    ("legal_1", "treasurer", "city_gm_1"),
    ("manager_1", "treasurer", "gm_1"),
)


def give_papers_back(case: Case, name: str = "fang") -> None:
    case.complete(
        "return_papers", name, receipts_returned="none", agreements_returned="returned", agreement_signed=True
    )


def pay_bank(company: Company) -> int:
    """Finance pays the bank's part back to the bank; returns fen."""
    query = (
        select(MoneyTodo)
        .join(Refund, Refund.id == MoneyTodo.refund_id)
        .where(Refund.payee_role != Debtor.BUYER, MoneyTodo.state == TodoState.OPEN)
    )
    todos, day = company.read(lambda s: s.scalars(query).all()), business_date(company.clock)
    for todo in todos:
        company.act(
            "cashier", lambda s, a, t=todo: pay_refund(s, a, company.clock, refund_id=t.refund_id, paid_on=day)
        )
    return sum(todo.amount_fen for todo in todos)


def pay_all(company: Company, *, but: int = 0) -> dict[str, int]:
    """Finance pays what is ordered; returns fen by kind of to-do."""
    kinds = (TodoKind.REFUND, TodoKind.COMPENSATE)
    query = select(MoneyTodo).where(MoneyTodo.kind.in_(kinds), MoneyTodo.state == TodoState.OPEN)
    todos = company.read(lambda s: s.scalars(query.order_by(MoneyTodo.id)).all())
    paid: dict[str, int] = {}
    day = business_date(company.clock)
    for todo in todos[: len(todos) - but]:
        if todo.kind is TodoKind.REFUND:
            company.act(
                "cashier", lambda s, a, t=todo: pay_refund(s, a, company.clock, refund_id=t.refund_id, paid_on=day)
            )
        else:
            company.act(
                "cashier",
                lambda s, a, t=todo: pay_compensation(
                    s, a, company.clock, compensation_id=t.compensation_id, paid_on=day
                ),
            )
        paid[str(todo.kind)] = paid.get(str(todo.kind), 0) + todo.amount_fen
    return paid


def money(case: Case) -> dict[tuple[str, str], int]:
    """The money effect that approvers saw, by what becomes of it."""
    return {(one["does"], one["what"]): one["amount_fen"] for one in order_of(case.company, case).money}


@pytest.fixture
def big_deposit(company: Company) -> Case:
    """A home for 1,200,000 with a “deposit” of 300,000 that is paid (DOMAIN §4)."""
    discounts = [{"name": "Round", "kind": "amount", "amount_fen": LIST_PRICE - PRICE}]
    case = company.start(entry="walk_in")
    case.enter_terms(discounts=discounts, deposit_fen=PAID)
    while case.waiting_at == ["decide"]:
        for name in ("manager_1", "gm_1", "marketing_1", "city_finance_1", "city_gm_1"):
            if case.waiting_at == ["decide"]:
                case.decide(name)
    company.pay()
    return case


def cancelled(company: Company, sale: Case, who: tuple[str, ...], **wanted: Any) -> Case:
    """Asked for, approved, papers back and executed."""
    case = ask(company, "sale_cancellation", sale, **wanted)
    approve(case, *who)
    give_papers_back(case)
    execute(case, "filer")
    return case


def test_a_buyer_who_breaks_loses_240_000_of_300_000_and_gets_60_000_back(
    company: Company, big_deposit: Case
) -> None:
    case = ask(company, "sale_cancellation", big_deposit, cause="buyer_withdraws")
    assert money(case) == {("kept", "forfeit"): CAP, ("refunded", "price"): PAID - CAP}
    assert company.unit().status == "subscribed"
    approve(case, *BUYERS)
    drawn_up = select(MadePaper).where(MadePaper.kind == "cancellation_agreement")
    assert company.read(lambda s: s.scalars(drawn_up).one()).subject_id == big_deposit.sale().id
    give_papers_back(case)
    assert big_deposit.sale().stage == "subscribed"
    execute(case, "filer")
    assert (big_deposit.sale().stage, company.unit().status) == ("closed", "available")
    assert company.kept() == [CAP]
    assert case.waiting_at == ["await_paid_out"]
    assert pay_all(company) == {"refund": 60_000_00}
    assert case.instance().state == "completed"
    assert books(company) == {Account.SUPERVISED: CAP, Account.FORFEITED: -CAP}


def test_a_developer_who_breaks_returns_the_deposit_double_540_000_in_all(
    company: Company, big_deposit: Case
) -> None:
    case = cancelled(company, big_deposit, OURS, cause="developer_breaks")
    assert money(case) == {("refunded", "price"): PAID, ("compensated", "deposit_double"): CAP}
    assert pay_all(company, but=1)
    assert case.waiting_at == ["await_paid_out"]
    pay_all(company)
    assert case.instance().state == "completed"
    done = order_of(company, case).result
    assert (done["refunded_fen"], done["compensated_fen"]) == (PAID, CAP)
    assert done["refunded_fen"] + done["compensated_fen"] == 540_000_00


def test_a_loan_refused_through_nobodys_fault_gives_the_deposit_back_whole(company: Company) -> None:
    sale = subscribed(company)
    long = "三家银行均因客户征信及流水不足拒绝贷款，客户提供了全部拒贷证明，经双方协商同意解除认购并退还已付定金，互不追究责任。"
    case = cancelled(company, sale, NOBODY, cause="loan_refused", loan_fault="neither", reason=long)
    assert pay_all(company) == {"refund": DEPOSIT}
    assert (case.instance().state, company.kept(), books(company)) == ("completed", [], {})


def test_after_signing_a_refused_loan_gives_the_price_back_with_interest_and_the_banks_part_to_the_bank(
    company: Company,
) -> None:
    sale = filed(company)
    company.later(days=2)
    pay_in(company, sale.sale(), 340_000_00, "down")
    company.later(days=58)
    pay_in(company, sale.sale(), 100_000_00, "bank", method="bank_loan", payer="Bank of Yunxi", payer_role="bank")
    company.later(days=30)
    case = ask(company, "sale_cancellation", sale, cause="loan_refused", loan_fault="neither")
    approve(case, *NOBODY)
    assert case.waiting_at == ["return_papers", "settle_loan"]
    give_papers_back(case)
    assert case.waiting_at == ["settle_loan"]
    assert (pay_bank(company), case.waiting_at) == (100_000_00, ["clear_filing"])
    assert (sale.sale().stage, company.unit().status) == ("filed", "contracted")
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="loan refused")
    assert company.read(lambda s: s.scalars(select(Contract)).one()).state == "rescinding"
    execute(case)
    assert company.read(lambda s: s.scalars(select(Contract)).one()).state == "rescinded"
    assert company.read(lambda s: s.scalars(select(Filing)).one()).state == "cancelled"
    assert (sale.sale().stage, company.unit().status) == ("closed", "available")
    to_bank = company.read(lambda s: s.scalars(select(Refund).where(Refund.payee_role == Debtor.BANK)).all())
    assert [(one.payee, one.amount_fen) for one in to_bank] == [("Bank of Yunxi", 100_000_00)]
    assert sum(company.refunds()) == receipts(company) == DEPOSIT + 340_000_00 + 100_000_00
    paid = pay_all(company)
    # 3 % a year over 360: the deposit 90 days, the down payment 88, the bank's part 30.
    interest = [DEPOSIT * 90, 340_000_00 * 88, 100_000_00 * 30]
    assert paid["compensate"] == sum((fen * 3 + 18_000) // 36_000 for fen in interest)
    assert case.instance().state == "completed"
    assert books(company) == {Account.GENERAL: -paid["compensate"], Account.COMPENSATION: paid["compensate"]}


def test_late_interest_is_set_off_unless_the_deposit_is_kept(company: Company) -> None:
    sale = signed(company)
    company.later(days=27)
    case = ask(company, "sale_cancellation", sale, cause="agreed")
    late = money(case)[("kept", "late_interest")]
    assert late > 0
    approve(case, *NOBODY)
    give_papers_back(case)
    execute(case, "filer")
    assert pay_all(company) == {"refund": DEPOSIT - late}
    assert books(company)[Account.LATE_INTEREST] == -late
    other = company.start(entry="walk_in", unit_id=company.units[1])
    other.enter_terms()
    company.pay(key="second")
    other.sign()
    company.later(days=27)
    again = ask(company, "sale_cancellation", other, cause="buyer_withdraws")
    assert money(again)[("kept", "forfeit")] == DEPOSIT
    assert ("kept", "late_interest") not in money(again)
    approve(again, *("manager_1", "treasurer", "gm_1", "legal_1", "city_gm_1"))
    give_papers_back(again)
    execute(again, "filer")
    assert again.instance().state == "completed"
    assert by_sale(company)[other.sale().id] == DEPOSIT


def test_what_is_not_said_is_asked_for_by_field(company: Company) -> None:
    sale = subscribed(company)
    with pytest.raises((AnswersInvalid, ChangeRefused)) as refused:
        ask(company, "sale_cancellation", sale, cause="loan_refused")
    assert "loan_fault" in str(getattr(refused.value, "errors", None) or refused.value.field)
    with pytest.raises(ChangeRefused) as again:
        ask(company, "sale_cancellation", sale, cause="loan_refused", loan_fault="buyer", compensation_fen=100_00)
    assert again.value.field == "compensation_fen"
    assert company.read(lambda s: s.scalars(select(Sale)).one()).state == "live"


def test_a_rejected_cancellation_leaves_everything(company: Company) -> None:
    sale = subscribed(company)
    case = ask(company, "sale_cancellation", sale, cause="buyer_withdraws")
    case.decide("manager_1", "rejected", opinion="he stays")
    assert (case.instance().state, order_of(company, case).state) == ("completed", "rejected")
    assert (sale.sale().stage, sale.waiting_at) == ("subscribed", ["sign_contract"])
