"""Arithmetic against Python's own decimals and integers, on many generated expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import evaluate, to_json

DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
STRENGTH = {"or": 1, "and": 2, "=": 3, "<": 3, ">": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}

numbers = st.integers(-(10**12), 10**12)
fractions = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4)
same_every_time = settings(derandomize=True, max_examples=120, deadline=None, database=None)


class Tree:
    """An arithmetic expression with its exact value, and its text with as few brackets as rules allow."""

    def __init__(self, text: str, value: Fraction, strength: int) -> None:
        self.text = text
        self.value = value
        self.strength = strength

    def inside(self, strength: int) -> str:
        """The text, in brackets if it binds more weakly than its place wants."""
        return self.text if self.strength >= strength else f"({self.text})"


OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _joined(left: Tree, sign: str, right: Tree) -> Tree:
    strength = STRENGTH[sign]
    text = f"{left.inside(strength)} {sign} {right.inside(strength + 1)}"
    return Tree(text, OPERATORS[sign](left.value, right.value), strength)


leaves = st.integers(0, 99).map(lambda n: Tree(str(n), Fraction(n), 9))
trees = st.recursive(
    leaves,
    lambda inner: st.builds(_joined, inner, st.sampled_from(sorted(OPERATORS)), inner),
    max_leaves=12,
)


@same_every_time
@given(trees)
def test_brackets_are_needed_only_where_precedence_says(tree: Tree) -> None:
    assert evaluate(tree.text) == tree.value


@same_every_time
@given(numbers, numbers)
def test_whole_numbers_are_exact(a: int, b: int) -> None:
    context = {"a": a, "b": b}
    assert evaluate("a + b", context) == a + b
    assert evaluate("a - b", context) == a - b
    assert evaluate("a * b", context) == a * b
    assert evaluate("a < b", context) is (a < b)
    assert evaluate("a = b", context) is (a == b)


@same_every_time
@given(fractions, fractions)
def test_decimals_are_those_of_ieee_754(a: Decimal, b: Decimal) -> None:
    context = {"a": a, "b": b}
    for sign, work in (("+", DECIMAL128.add), ("-", DECIMAL128.subtract), ("*", DECIMAL128.multiply)):
        assert evaluate(f"a {sign} b", context) == work(a, b)
    expected = DECIMAL128.divide(a, b) if b else None
    assert evaluate("a / b", context) == expected


@same_every_time
@given(numbers, st.integers(1, 10**6))
def test_floor_and_modulo_fit_together(a: int, b: int) -> None:
    context = {"a": a, "b": b}
    assert evaluate("modulo(a, b)", context) == a % b
    assert evaluate("floor(a / b) * b + modulo(a, b)", context) == a


@same_every_time
@given(st.integers(0, 10**13), st.integers(0, 10_000))
def test_money_is_rounded_half_up_to_whole_fen(price: int, basis_points: int) -> None:
    exact = Fraction(price * basis_points, 10_000)
    expected = int(exact + Fraction(1, 2))
    value = evaluate("round money(price * bp / 10000)", {"price": price, "bp": basis_points})
    assert to_json(value) == expected
    assert type(to_json(value)) is int


@same_every_time
@given(fractions, st.integers(-3, 3))
def test_rounding_is_that_of_decimal_whatever_the_surroundings(a: Decimal, scale: int) -> None:
    expected = a.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, Context(prec=60))
    with localcontext() as surroundings:
        surroundings.prec = 3
        assert evaluate("round half up(a, s)", {"a": a, "s": scale}) == expected
        assert evaluate("-a", {"a": a}) == a.copy_negate()
        assert evaluate("abs(a)", {"a": a}) == a.copy_abs()


@same_every_time
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-20_000, 20_000))
def test_days_are_added_and_taken_away_exactly(day: date, days: int) -> None:
    context = {"day": day, "days": days}
    assert evaluate('day + @"P1D" * days', context) == day + timedelta(days)
    assert evaluate('(day + @"P1D" * days - day) / @"P1D"', context) == days


@same_every_time
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    moved = evaluate('day + @"P1M" * months', {"day": day, "months": months})
    assert isinstance(moved, date)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)


@same_every_time
@given(st.lists(st.integers(-50, 50), max_size=40))
def test_lists_are_sorted_summed_and_searched_as_in_python(items: list[int]) -> None:
    context = {"items": items}
    assert evaluate("sort(items)", context) == sorted(items)
    assert evaluate("sort(items, function(a, b) a > b)", context) == sorted(items, reverse=True)
    assert evaluate("sum(items)", context) == (sum(items) if items else None)
    assert evaluate("items[item > 0]", context) == [item for item in items if item > 0]
    assert evaluate("count(distinct values(items))", context) == len(set(items))


def test_integers_beyond_34_digits_become_rounded_decimals() -> None:
    value = evaluate("a * a", {"a": 10**20 + 1})
    assert value == Decimal("1.000000000000000000020000000000000E+40")
    assert evaluate("9999999999999999999999999999999999 + 1") == Decimal("1E+34")
