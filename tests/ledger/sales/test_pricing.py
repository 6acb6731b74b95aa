"""Prices: the worked examples of the trade, and what must hold for any list price and discounts."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.sales.errors import DiscountInvalid
from ledger.sales.pricing import Discount, price_quote, round_half_up


def rate(points: int, of: str = "running") -> Discount:
    return Discount("promotion", "rate", basis_points=points, of=of)  # type: ignore[arg-type]


def amount(fen: int) -> Discount:
    return Discount("early bird", "amount", amount_fen=fen)


def test_discounts_that_multiply_are_taken_one_after_the_other() -> None:
    quote = price_quote(128_000_000, [rate(200), rate(100)])
    assert quote.deal_price_fen == 124_185_600
    assert [line.taken_off_fen for line in quote.lines] == [2_560_000, 1_254_400]
    assert quote.effective_discount == 298
    assert quote.effective_discount_bp == 298


def test_discounts_that_add_are_all_taken_of_the_list_price() -> None:
    quote = price_quote(128_000_000, [rate(200, "list"), rate(100, "list")])
    assert (quote.deal_price_fen, quote.effective_discount_bp) == (124_160_000, 300)


def test_order_matters_when_an_amount_stands_between_rates() -> None:
    first = price_quote(100_000_000, [amount(1_000_000), rate(1000)])
    then = price_quote(100_000_000, [rate(1000), amount(1_000_000)])
    assert (first.deal_price_fen, then.deal_price_fen) == (89_100_000, 89_000_000)


def test_a_fen_lost_in_rounding_does_not_push_a_discount_over_its_limit() -> None:
    quote = price_quote(100_000_049, [rate(100)])
    assert quote.deal_price_fen == 99_000_049  # 99,000,048.51 rounded half up: a little less than 1 % off
    assert price_quote(100_000_030, [rate(100)]).effective_discount_bp == 100  # rounded down: a little more
    assert quote.effective_discount_bp == 100


def test_a_trace_over_the_limit_is_over_the_limit() -> None:
    assert price_quote(100_000_000, [amount(1_000_001)]).effective_discount_bp == 101


def test_a_deal_one_fen_under_the_floor_is_below_it() -> None:
    assert price_quote(1_000_000, [amount(100_001)], floor_price_fen=900_000).below_floor
    assert not price_quote(1_000_000, [amount(100_000)], floor_price_fen=900_000).below_floor
    assert not price_quote(1_000_000, [amount(999_000)]).below_floor


@pytest.mark.parametrize(
    ("discount", "code"),
    [
        (rate(0), "discount_rate_wrong"),
        (rate(-5), "discount_rate_wrong"),
        (rate(10_000), "discount_rate_wrong"),
        (amount(0), "discount_amount_wrong"),
        (amount(-1), "discount_amount_wrong"),
        (amount(1_000_000), "discount_takes_everything"),
        (Discount("both", "rate", basis_points=1, amount_fen=1), "discount_rate_wrong"),
        (Discount(" ", "rate", basis_points=1), "discount_without_name"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(discount: Discount, code: str) -> None:
    with pytest.raises(DiscountInvalid) as refusal:
        price_quote(1_000_000, [rate(1), discount])
    assert (refusal.value.code, refusal.value.field) == (code, "discounts.1")


discounts = st.lists(
    st.one_of(
        st.builds(rate, st.integers(1, 1500), st.sampled_from(["running", "list"])),
        st.builds(amount, st.integers(1, 5_000_000)),
    ),
    max_size=4,
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.integers(50_000_000, 10**12), discounts)
def test_lines_sum_to_the_difference_and_limits_are_kept(list_price: int, lines: list[Discount]) -> None:
    quote = price_quote(list_price, lines)
    assert quote.deal_price_fen + sum(line.taken_off_fen for line in quote.lines) == list_price
    exact = list_price * (1 - quote.effective_discount / 10_000)
    assert abs(exact - quote.deal_price_fen) <= Fraction(1, 2)
    for limit in (0, 100, 300, 500):
        assert (quote.effective_discount > limit) == (quote.effective_discount_bp > limit)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1000))
def test_halves_go_away_from_zero(value: Fraction) -> None:
    rounded = round_half_up(value)
    assert abs(value - rounded) <= Fraction(1, 2)
    if abs(value - rounded) == Fraction(1, 2):
        assert abs(rounded) > abs(value)
