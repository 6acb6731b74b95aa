"""Mortgage loans (按揭): how much of a price is lent, and what a month costs.

Amounts are integer fen, rates exact fractions a year, months whole. Nothing here knows a bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

LOAN_STEP_FEN = 1_000_000  # Banks lend in steps of 10,000 yuan (DOMAIN: loan rounding).
MAX_MONTHS = 600


class Method(StrEnum):
    """How a loan is paid back: 等额本息 (equal payments) or 等额本金 (equal principal)."""

    EQUAL_PAYMENT = "equal_payment"
    EQUAL_PRINCIPAL = "equal_principal"


@dataclass(frozen=True, slots=True)
class Split:
    """A price divided into loan and down payment (首付), the deposit being part of the latter; fen."""

    loan_fen: int
    down_payment_fen: int


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a repayment schedule; ``balance_fen`` is what is owed after it."""

    number: int
    payment_fen: int
    principal_fen: int
    interest_fen: int
    balance_fen: int


def split_price(price_fen: int, share: Fraction) -> Split:
    """Lend at most ``share`` of the price, rounded down to 10,000 yuan; the rest is the down payment.

    1,236,789 yuan at 70 % gives a loan of 860,000 and a down payment of 376,789. Raises ``ValueError`` for a
    negative price and a share outside 0…1.
    """
    if price_fen < 0 or not 0 <= share <= 1:
        raise ValueError(f"price {price_fen} fen and loan share {share} do not make a loan")
    loan = int(price_fen * share // LOAN_STEP_FEN) * LOAN_STEP_FEN
    return Split(loan, price_fen - loan)


def monthly_payment(loan_fen: int, annual_rate: Fraction, months: int) -> int:
    """The equal monthly payment (等额本息) in fen, rounded half up.

    loan × r(1+r)ⁿ ÷ ((1+r)ⁿ − 1) with r = annual rate ÷ 12, computed exactly; without interest loan ÷ n.
    """
    _check(loan_fen, annual_rate, months)
    rate = annual_rate / 12
    if rate == 0:
        return _half_up(Fraction(loan_fen, months))
    growth = (1 + rate) ** months
    return _half_up(loan_fen * rate * growth / (growth - 1))


def schedule(loan_fen: int, annual_rate: Fraction, months: int, method: Method) -> list[Month]:
    """Every month of the loan; interest is rounded half up to the fen, the last month clears the balance.

    Equal principal (等额本金) pays loan ÷ n each month, rounded down, and the interest on what is left.
    """
    _check(loan_fen, annual_rate, months)
    payment = monthly_payment(loan_fen, annual_rate, months)
    balance, rows = loan_fen, []
    for number in range(1, months + 1):
        interest = _half_up(balance * annual_rate / 12)
        principal = payment - interest if method is Method.EQUAL_PAYMENT else loan_fen // months
        # On the smallest loans a rounded payment may clear the balance before its last month.
        principal = balance if number == months else min(principal, balance)
        balance -= principal
        rows.append(Month(number, principal + interest, principal, interest, balance))
    return rows


def total_interest(loan_fen: int, annual_rate: Fraction, months: int, method: Method) -> int:
    """All interest over the life of the loan, in fen."""
    return sum(month.interest_fen for month in schedule(loan_fen, annual_rate, months, method))


def _check(loan_fen: int, annual_rate: Fraction, months: int) -> None:
    if loan_fen < 0 or annual_rate < 0 or not 1 <= months <= MAX_MONTHS:
        raise ValueError(f"no loan of {loan_fen} fen at {annual_rate} a year over {months} months")


def _half_up(amount: Fraction) -> int:
    return int((2 * amount + 1) // 2)
