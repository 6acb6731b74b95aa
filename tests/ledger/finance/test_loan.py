"""How much a bank lends of a price, and what a month costs."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.finance.loan import (
    LOAN_STEP_FEN,
    Method,
    Split,
    monthly_payment,
    schedule,
    split_price,
    total_interest,
)

RATE = Fraction(31, 1000)
repeatable = settings(derandomize=True, max_examples=60, deadline=None)


def test_loans_are_rounded_down_to_ten_thousand_yuan() -> None:
    assert split_price(123_678_900, Fraction(7, 10)) == Split(86_000_000, 37_678_900)


def test_a_million_over_thirty_years_costs_what_banks_publish() -> None:
    assert monthly_payment(100_000_000, RATE, 360) == 427_016
    assert monthly_payment(100_000_000, Fraction(49, 1000), 360) == 530_727


def test_equal_principal_begins_high_and_falls_evenly() -> None:
    months = schedule(120_000_000, Fraction(3, 100), 240, Method.EQUAL_PRINCIPAL)
    assert [month.payment_fen for month in months[:2]] == [500_000 + 300_000, 500_000 + 298_750]
    assert total_interest(120_000_000, Fraction(3, 100), 240, Method.EQUAL_PRINCIPAL) == 36_150_000


def test_a_loan_without_interest_is_divided() -> None:
    assert monthly_payment(1_000, Fraction(0), 3) == 333
    assert [month.payment_fen for month in schedule(1_000, Fraction(0), 3, Method.EQUAL_PAYMENT)] == [
        333,
        333,
        334,
    ]


@pytest.mark.parametrize(("price", "share"), [(-1, Fraction(1, 2)), (1, Fraction(-1, 2)), (1, Fraction(3, 2))])
def test_what_is_no_loan_is_refused(price: int, share: Fraction) -> None:
    with pytest.raises(ValueError, match="loan"):
        split_price(price, share)


@pytest.mark.parametrize(
    ("loan", "rate", "months"), [(-1, RATE, 12), (1, -RATE, 12), (1, RATE, 0), (1, RATE, 601)]
)
def test_what_cannot_be_repaid_is_refused(loan: int, rate: Fraction, months: int) -> None:
    with pytest.raises(ValueError, match="loan"):
        monthly_payment(loan, rate, months)


@repeatable
@given(st.integers(0, 10**12), st.fractions(0, 1))
def test_loan_and_down_payment_are_the_price(price: int, share: Fraction) -> None:
    split = split_price(price, share)
    assert split.loan_fen + split.down_payment_fen == price
    assert split.loan_fen % LOAN_STEP_FEN == 0
    assert 0 <= price * share - split.loan_fen < LOAN_STEP_FEN


@repeatable
@given(st.integers(0, 10**10), st.integers(0, 150), st.integers(1, 420), st.sampled_from(list(Method)))
def test_a_schedule_pays_back_exactly_the_loan(loan: int, permille: int, months: int, method: Method) -> None:
    rows = schedule(loan, Fraction(permille, 1000), months, method)
    assert sum(row.principal_fen for row in rows) == loan
    assert rows[-1].balance_fen == 0
    assert all(row.payment_fen == row.principal_fen + row.interest_fen for row in rows)
    assert all(row.principal_fen >= 0 and row.interest_fen >= 0 for row in rows)


@repeatable
@given(st.integers(10**6, 10**10), st.integers(1, 150), st.integers(2, 420))
def test_equal_payments_cost_more_interest_than_equal_principal(loan: int, permille: int, months: int) -> None:
    rate = Fraction(permille, 1000)
    assert total_interest(loan, rate, months, Method.EQUAL_PAYMENT) >= total_interest(
        loan, rate, months, Method.EQUAL_PRINCIPAL
    ) - months  # fmt: skip
