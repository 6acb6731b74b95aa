"""A sale ends whose price a bank lends: the loan is settled first, by what its own case and the money say."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.changes.errors import ChangeRefused
from ledger.changes.operations import execute_change, withdraw_change
from ledger.finance.kinds import Account, Debtor
from ledger.finance.models import Refund
from ledger.finance.payout_models import Compensation
from ledger.mortgages.errors import MortgageInvalid
from ledger.organisation.operations import set_parameter
from tests.stories.changing_sales import approve, ask, execute, order_of
from tests.stories.company import DEPOSIT, Case, Company
from tests.stories.lending import LOAN, Mortgage
from tests.stories.test_moving_rooms import books
from tests.stories.test_sale_cancellation import NOBODY, give_papers_back, pay_all, pay_bank


@pytest.fixture
def mortgage(company: Company) -> Mortgage:
    """The mortgage of a home that is signed and not filed yet."""
    sale = company.start(entry="walk_in")
    sale.enter_terms()
    company.pay()
    sale.sign()
    return Mortgage(company, sale)


def lent(mortgage: Mortgage) -> None:
    """Applied for, granted, signed, pre-noted."""
    mortgage.to_the_bank()
    mortgage.verdict("full")
    mortgage.sign_and_prenote()


def ending(mortgage: Mortgage) -> Case:
    """Both sides agree to end the sale; it is approved, and the papers are back."""
    case = ask(mortgage.company, "sale_cancellation", mortgage.sale, cause="loan_refused", loan_fault="neither")
    approve(case, *NOBODY)
    give_papers_back(case)
    return case


def undo(case: Case) -> None:
    """The clerk withdraws contract and pre-notice."""
    case.complete("undo_loan", "loans", bank_answer="contract ended", pre_notice_withdrawn=True)


def to_banks(company: Company) -> list[tuple[str, int]]:
    """What goes to banks, by payee."""
    query = select(Refund.payee, Refund.amount_fen).where(Refund.payee_role == Debtor.BANK)
    return [(row.payee, row.amount_fen) for row in company.read(lambda s: s.execute(query).all())]


def test_a_loan_that_was_never_paid_out_ends_with_the_sale_and_nobody_is_asked(mortgage: Mortgage) -> None:
    mortgage.to_the_bank()
    case = ending(mortgage)
    assert case.waiting_at == ["execute"]
    execute(case, "filer")
    assert (mortgage.loan().state, mortgage.loan().ended_because) == ("withdrawn", "sale_over")
    assert mortgage.company.unit().status == "available"


def test_a_signed_loan_has_contract_and_pre_notice_withdrawn_first(mortgage: Mortgage) -> None:
    lent(mortgage)
    case = ending(mortgage)
    assert case.waiting_at == ["undo_loan"]
    assert case.seen_by("loans", "undo_loan")["loan_words"] == "借款合同或预告登记尚未解除。"
    undo(case)
    assert (case.waiting_at, mortgage.story()[-1]) == (["execute"], "undone")
    execute(case, "filer")
    assert (mortgage.loan().ended_because, mortgage.sale.sale().stage) == ("sale_over", "closed")


def test_what_the_bank_paid_goes_back_to_the_bank_before_the_home_is_free(mortgage: Mortgage) -> None:
    company = mortgage.company
    lent(mortgage)
    mortgage.bank_pays()
    company.later(days=4)
    case = ending(mortgage)
    assert case.waiting_at == ["settle_loan"]
    assert case.seen_by("loans", "settle_loan")["loan_words"] == "银行已放款，尚未退还：890,000.00元"
    assert (to_banks(company), company.unit().status) == ([("ICBC", LOAN)], "contracted")
    order = order_of(company, case)
    with pytest.raises(ChangeRefused) as early:
        company.act("cashier", lambda s, a: execute_change(s, a, company.clock, order_id=order.id))
    assert (early.value.code, company.unit().status) == ("cancel_loan_not_settled", "contracted")
    assert pay_bank(company) == LOAN
    assert case.waiting_at == ["undo_loan"]
    undo(case)
    company.later(days=2)
    execute(case, "filer")
    assert (mortgage.sale.sale().stage, company.unit().status) == ("closed", "available")
    assert to_banks(company) == [("ICBC", LOAN)]
    # 3 % a year over 360: four days until the bank had it back, six for the deposit.
    owed = company.read(lambda s: {x.payee: x.amount_fen for x in s.scalars(select(Compensation))})
    assert owed == {"ICBC": (LOAN * 4 * 3 + 18_000) // 36_000, "Lin Wan": (DEPOSIT * 6 * 3 + 18_000) // 36_000}
    paid = pay_all(company)
    assert (paid["refund"], case.instance().state) == (DEPOSIT, "completed")
    assert books(company) == {Account.GENERAL: -paid["compensate"], Account.COMPENSATION: paid["compensate"]}


def test_a_letter_settles_the_loan_only_where_the_house_says_so(mortgage: Mortgage) -> None:
    company = mortgage.company
    lent(mortgage)
    mortgage.bank_pays()
    case = ending(mortgage)
    letter = {"letter_no": "JQ-2026-8", "letter_on": business_date(company.clock).isoformat()}
    with pytest.raises(MortgageInvalid) as refused:
        case.complete("settle_loan", "loans", **letter)
    assert (refused.value.code, refused.value.field) == ("mortgage_letter_not_enough", "letter_no")
    with company.database.unit_of_work() as session:
        where = {"path": "/keyturn/", "name": "loan_letter_settles", "value": True}
        set_parameter(session, SYSTEM, company.clock, **where, effective_from=date(2026, 1, 1))
    with pytest.raises(MortgageInvalid) as undated:
        case.complete("settle_loan", "loans", letter_no="JQ-2026-8")
    assert (undated.value.code, undated.value.field) == ("required", "letter_on")
    case.complete("settle_loan", "loans", **letter)
    assert (case.waiting_at, mortgage.story()[-1]) == (["undo_loan"], "letter")
    undo(case)
    execute(case, "filer")
    assert (mortgage.sale.sale().stage, case.waiting_at) == ("closed", ["await_paid_out"])
    assert pay_bank(company) == LOAN
    pay_all(company)
    assert case.instance().state == "completed"


def test_without_a_letter_the_order_is_looked_at_again_and_nothing_is_ordered_twice(mortgage: Mortgage) -> None:
    lent(mortgage)
    mortgage.bank_pays()
    case = ending(mortgage)
    case.complete("settle_loan", "loans")
    assert (case.waiting_at, to_banks(mortgage.company)) == (["settle_loan"], [("ICBC", LOAN)])


def test_a_cancellation_that_comes_to_nothing_has_the_withdrawn_loan_applied_for_anew(mortgage: Mortgage) -> None:
    company = mortgage.company
    lent(mortgage)
    case = ending(mortgage)
    undo(case)
    order = order_of(company, case)
    company.act(
        "wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order.id, reason="they stay after all")
    )
    assert (mortgage.waits(), mortgage.loan().signed_on) == (["choose_bank"], None)
    lent(mortgage)
    again = ending(mortgage)
    assert again.waiting_at == ["undo_loan"]
