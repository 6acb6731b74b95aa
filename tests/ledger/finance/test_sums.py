"""Amounts, deposits and the law's order of allocation, with the worked numbers of the trade."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.finance.amounts import fen_of_yuan, require_amount
from ledger.finance.deposits import DepositOutcome, Fault, deposit_cap, settle_deposit
from ledger.finance.errors import AmountInvalid
from ledger.finance.law_order import Debt, allocate_by_law

TODAY = date(2026, 3, 2)
PRICE, PAID = 1_200_000_00, 300_000_00


@pytest.mark.parametrize(
    ("text", "fen"), [("1", 100), ("0.01", 1), ("1,236,789.5", 123678950), (" 50000.00 ", 5000000), ("¥8", 800)]
)
def test_yuan_becomes_fen(text, fen):
    assert fen_of_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.001", "amount_third_decimal"),
        ("1.000", "amount_third_decimal"),
        ("-1", "amount_not_positive"),
        ("0", "amount_not_positive"),
        ("0.00", "amount_not_positive"),
        ("10000000000.01", "amount_absurd"),
        ("five", "amount_not_a_number"),
        ("1e9", "amount_not_a_number"),
        ("", "amount_not_a_number"),
        ("9" * 40, "amount_not_a_number"),
    ],
)
def test_a_wrong_amount_is_refused_by_field(text, code):
    with pytest.raises(AmountInvalid) as refusal:
        fen_of_yuan(text, "deposit")
    assert (refusal.value.code, refusal.value.field) == (code, "deposit")


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("$500", "USD"),
        ("US$ 500", "USD"),
        ("500 usd", "USD"),
        ("HK$500", "HKD"),
        ("500 EUR", "EUR"),
        ("€500", "EUR"),
        ("500港元", "HKD"),
        ("500美元", "USD"),
    ],
)
def test_another_currency_is_refused_by_its_name(typed, currency):
    with pytest.raises(AmountInvalid) as refusal:
        fen_of_yuan(typed)
    assert (refusal.value.code, refusal.value.params["currency"]) == (
        "amount_other_currency",
        f"currency.{currency}",
    )


@pytest.mark.parametrize("typed", ["¥500", "￥500", "500元", "CNY 500", "500 RMB", "人民币500"])
def test_the_projects_own_currency_may_be_written(typed):
    assert fen_of_yuan(typed) == 500_00
    assert fen_of_yuan("$500", currency="USD") == 500_00


def test_a_code_that_nobody_knows_is_no_part_of_an_amount():
    with pytest.raises(AmountInvalid, match="amount_unknown_currency"):
        fen_of_yuan("500 XAU")


@pytest.mark.parametrize("amount", [1.0, True, "1"])
def test_only_whole_fen_are_amounts(amount):
    with pytest.raises(AmountInvalid):
        require_amount(amount)


def test_a_buyer_at_fault_loses_the_deposit_up_to_a_fifth_of_the_price():
    assert deposit_cap(PRICE) == 240_000_00
    assert settle_deposit(PAID, PRICE, Fault.BUYER) == DepositOutcome(240_000_00, 60_000_00, 0)


def test_a_developer_at_fault_returns_the_effective_part_twice():
    outcome = settle_deposit(PAID, PRICE, Fault.DEVELOPER)
    assert outcome == DepositOutcome(0, 300_000_00, 240_000_00)
    assert outcome.to_buyer_fen == 540_000_00


def test_without_fault_the_deposit_goes_back():
    assert settle_deposit(PAID, PRICE, Fault.NEITHER) == DepositOutcome(0, PAID, 0)


def test_a_small_deposit_is_lost_or_doubled_whole():
    assert settle_deposit(50_000_00, PRICE, Fault.BUYER).refund_fen == 0
    assert settle_deposit(50_000_00, PRICE, Fault.DEVELOPER).to_buyer_fen == 100_000_00


def test_due_debts_are_paid_before_later_ones_and_earlier_before_later():
    debts = [
        Debt("later", 100, date(2026, 5, 1)),
        Debt("second", 100, date(2026, 2, 20)),
        Debt("first", 100, date(2026, 2, 10)),
        Debt("open_end", 100, None),
    ]
    assert allocate_by_law(debts, 150, TODAY) == {"first": 100, "second": 50}
    assert allocate_by_law(debts, 1000, TODAY) == dict.fromkeys(["first", "second", "later", "open_end"], 100)


def test_among_due_ones_the_unsecured_then_the_burdensome_come_first():
    day = date(2026, 2, 1)
    debts = [
        Debt("secured", 10, day, secured=True, burden=9),
        Debt("light", 10, day),
        Debt("heavy", 10, day, burden=1),
    ]
    assert list(allocate_by_law(debts, 30, TODAY)) == ["heavy", "light", "secured"]
    assert allocate_by_law(debts, 15, TODAY) == {"heavy": 10, "light": 5}


def test_equal_debts_share_pro_rata_to_the_fen():
    day = date(2026, 2, 1)
    debts = [Debt("a", 100, day), Debt("b", 100, day), Debt("c", 100, day)]
    assert allocate_by_law(debts, 100, TODAY) == {"a": 34, "b": 33, "c": 33}


debts = st.lists(
    st.builds(
        Debt,
        st.uuids().map(str),
        st.integers(0, 10**9),
        st.none() | st.dates(date(2026, 1, 1), date(2026, 4, 1)),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda debt: debt.id,
)


@settings(derandomize=True, max_examples=150)
@given(owed=debts, amount=st.integers(0, 10**10))
def test_allocation_spends_all_it_can_and_never_more_than_is_open(owed, amount):
    allocated = allocate_by_law(owed, amount, TODAY)
    opened = {debt.id: debt.open_fen for debt in owed}
    assert all(0 < fen <= opened[debt] for debt, fen in allocated.items())
    assert sum(allocated.values()) == min(amount, sum(opened.values()))
