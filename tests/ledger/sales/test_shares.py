"""Buyers' shares sum to one exactly; joint ownership has none."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.sales.errors import BuyersInvalid
from ledger.sales.shares import Buyer, buyer_lines


def test_three_siblings_own_a_third_each() -> None:
    lines = buyer_lines([Buyer(name, Fraction(1, 3)) for name in "abc"])
    assert [(line.ownership, line.numerator, line.denominator) for line in lines] == [("shares", 1, 3)] * 3


def test_a_couple_without_shares_owns_jointly_and_a_single_buyer_alone() -> None:
    assert {line.ownership for line in buyer_lines([Buyer("a"), Buyer("b")])} == {"joint"}
    assert buyer_lines([Buyer("a", Fraction(1))])[0].ownership == "sole"


def test_unequal_shares_stand_over_one_denominator() -> None:
    lines = buyer_lines([Buyer("a", Fraction(1, 2)), Buyer("b", Fraction(1, 3)), Buyer("c", Fraction(1, 6))])
    assert [(line.numerator, line.denominator) for line in lines] == [(3, 6), (2, 6), (1, 6)]


@pytest.mark.parametrize(
    ("buyers", "ownership", "code", "field"),
    [
        ([], None, "buyers_missing", "buyers"),
        ([Buyer("a"), Buyer("a")], None, "buyer_twice", "buyers.1"),
        ([Buyer("a", Fraction(1, 2)), Buyer("b", Fraction(1, 3))], None, "shares_do_not_sum_to_one", "buyers"),
        ([Buyer("a", Fraction(1, 2)), Buyer("b")], None, "share_missing", "buyers.1"),
        ([Buyer("a", Fraction(3, 2)), Buyer("b", Fraction(-1, 2))], None, "share_wrong", "buyers.0"),
        ([Buyer("a"), Buyer("b")], "sole", "sole_owner_not_alone", "buyers"),
        ([Buyer("a")], "joint", "joint_owner_alone", "buyers"),
        ([Buyer("a", Fraction(1, 2)), Buyer("b", Fraction(1, 2))], "joint", "share_not_expected", "buyers.0"),
    ],
)
def test_wrong_buyers_are_refused_by_field(
    buyers: list[Buyer], ownership: str | None, code: str, field: str
) -> None:
    with pytest.raises(BuyersInvalid) as refusal:
        buyer_lines(buyers, ownership)  # type: ignore[arg-type]
    assert (refusal.value.code, refusal.value.field) == (code, field)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=8))
def test_any_split_of_one_is_kept_exactly(parts: list[int]) -> None:
    whole = sum(parts)
    lines = buyer_lines([Buyer(str(n), Fraction(part, whole)) for n, part in enumerate(parts)])
    assert sum(line.numerator or 0 for line in lines) == lines[0].denominator
    assert [Fraction(line.numerator or 0, line.denominator or 1) for line in lines] == [
        Fraction(part, whole) for part in parts
    ]
