"""Laws that FEEL's arithmetic, calendar, ranges and texts keep for any values, against independent models."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import Range, evaluate, wide
from engine.feel.temporal import add_months, format_temporal, parse_temporal
from engine.feel.values import Months

EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])

numbers = st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, allow_infinity=False, places=6)
wholes = st.integers(min_value=-(10**12), max_value=10**12)
days = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
spans = st.timedeltas(min_value=timedelta(days=-400_000), max_value=timedelta(days=400_000))
months = st.integers(min_value=-60_000, max_value=60_000)


@given(a=numbers | wholes, b=numbers | wholes, sign=st.sampled_from("+-*/"))
def test_arithmetic_is_that_of_decimals_with_34_digits(a: Decimal | int, b: Decimal | int, sign: str) -> None:
    x, y = Decimal(a), Decimal(b)
    work = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}[sign]
    expected = work(x, y) if sign != "/" or y else None
    assert evaluate(f"a {sign} b", {"a": a, "b": b}) == expected


@given(a=wholes, b=wholes.filter(bool))
def test_modulo_and_floor_make_up_the_whole(a: int, b: int) -> None:
    assert evaluate("floor(a / b) * b + modulo(a, b)", {"a": a, "b": b}) == a


@given(n=numbers, scale=st.integers(min_value=-3, max_value=6))
def test_rounding_lies_within_half_a_step_and_ups_and_downs_enclose_it(n: Decimal, scale: int) -> None:
    inputs = {"n": n, "s": scale}
    step = Fraction(10) ** -scale
    for name in ("decimal", "round half up", "round half down"):
        made = evaluate(f"{name}(n, s)", inputs)
        assert isinstance(made, (int, Decimal))
        assert abs(Fraction(made) - Fraction(n)) <= step / 2
    low, high = evaluate("[floor(n, s), ceiling(n, s)]", inputs)  # type: ignore[misc]
    assert low <= n <= high
    assert Fraction(high) - Fraction(low) in (0, step)


@given(day=days, span=spans)
def test_a_day_and_a_span_are_added_as_python_adds_them(day: date, span: timedelta) -> None:
    moment = datetime.combine(day, time(12, 30), UTC)
    try:
        expected = moment + span
    except OverflowError:
        return
    assert evaluate("m + s", {"m": moment, "s": span}) == expected
    assert evaluate("(m + s) - m", {"m": moment, "s": span}) == span


@given(day=days, span=spans, count=months)
def test_far_years_are_counted_as_near_ones(day: date, span: timedelta, count: int) -> None:
    """What the calendar does 10,000 years (25 cycles of 400) later is what it does now."""
    far = wide.day_of(day.year + 10_000, day.month, day.day)
    assert wide.from_ordinal(wide.ordinal(far)) == far
    assert wide.ordinal(far) - wide.ordinal(day) == 25 * wide.CYCLE_DAYS
    assert far.isoweekday() == day.isoweekday()
    try:
        near = add_months(day, count)
        shifted = day + timedelta(days=span.days)
    except OverflowError:
        return
    expected = wide.day_of(near.year + 10_000, near.month, near.day)
    assert wide.add_months(far, count) == expected
    assert wide.add_nanos(far, span.days * wide.NANOS_PER_DAY) == wide.day_of(
        shifted.year + 10_000, shifted.month, shifted.day
    )


@given(day=days, other=days)
def test_whole_months_between_two_days_do_not_pass_the_later_one(day: date, other: date) -> None:
    start, end = sorted((day, other))
    made = evaluate("years and months duration(a, b)", {"a": start, "b": end})
    assert isinstance(made, Months)
    assert (end.year - start.year) * 12 + end.month - start.month - made.months in (0, 1)
    back = evaluate("years and months duration(b, a)", {"a": start, "b": end})
    assert back == Months(-made.months)


@given(
    value=days
    | st.times()
    | st.datetimes(timezones=st.sampled_from([None, UTC]))
    | spans
    | st.builds(Months, months)
)
def test_temporal_values_are_read_as_they_are_written(value: date | time | timedelta | Months) -> None:
    assert parse_temporal(format_temporal(value)) == value


values = st.recursive(
    st.none() | st.booleans() | numbers | wholes | days | spans | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=st.lists(st.booleans() | numbers | wholes | st.text(max_size=8) | st.none(), max_size=5))
def test_a_list_as_text_is_read_as_that_list(value: list[object]) -> None:
    text = evaluate("string(x)", {"x": value})
    assert isinstance(text, str)
    assert evaluate(text) == value


@given(value=values)
def test_every_value_equals_itself_and_is_in_the_list_of_itself(value: object) -> None:
    assert evaluate("[x] = [x] and list contains([x], x) and is(x, x)", {"x": value}) is True


# Ranges are modelled as the set of their points on a fine grid: an excluded end leaves its point out.
GRID = [Fraction(n, 4) for n in range(-2, 24)]
ends = st.integers(min_value=0, max_value=5)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    """A range of whole ends that holds at least one point."""
    low, high = sorted((draw(ends), draw(ends)))
    if low == high:
        return Range(low, high, True, True)
    return Range(low, high, draw(st.booleans()), draw(st.booleans()))


def points(of: Range) -> set[Fraction]:
    """The points of the grid within a range."""
    low, high = Fraction(of.start), Fraction(of.end)  # type: ignore[arg-type]
    inside = {p for p in GRID if low < p < high}
    return inside | ({low} if of.start_included else set()) | ({high} if of.end_included else set())


RELATIONS = {
    "before": lambda a, b: max(a) < min(b),
    "after": lambda a, b: min(a) > max(b),
    "overlaps": lambda a, b: bool(a & b),
    "includes": lambda a, b: b <= a,
    "during": lambda a, b: a <= b,
    "starts": lambda a, b: min(a) == min(b) and a <= b,
    "started by": lambda a, b: min(a) == min(b) and b <= a,
    "finishes": lambda a, b: max(a) == max(b) and a <= b,
    "finished by": lambda a, b: max(a) == max(b) and b <= a,
    "coincides": lambda a, b: a == b,
    "overlaps before": lambda a, b: min(a) < min(b) and bool(a & b) and max(a) <= max(b),
    "overlaps after": lambda a, b: min(b) < min(a) and bool(a & b) and max(b) <= max(a),
    "meets": lambda a, b: max(a) == min(b),
    "met by": lambda a, b: min(a) == max(b),
}


@pytest.mark.parametrize("name", RELATIONS)
@given(a=ranges(), b=ranges())
def test_ranges_lie_to_each_other_as_their_points_do(name: str, a: Range, b: Range) -> None:
    expected = RELATIONS[name](points(a), points(b))  # type: ignore[no-untyped-call]
    assert evaluate(f"{name}(a, b)", {"a": a, "b": b}) is expected


@given(a=ranges(), n=st.sampled_from(GRID))
def test_a_point_is_in_a_range_as_in_its_points(a: Range, n: Fraction) -> None:
    inputs = {"a": a, "n": Decimal(n.numerator) / n.denominator}
    assert evaluate("n in a", inputs) is (n in points(a))
    assert evaluate("includes(a, n)", inputs) is (n in points(a))


three = st.sampled_from([True, False, None])


@given(a=three, b=three, c=three)
def test_logic_is_kleenes(a: bool | None, b: bool | None, c: bool | None) -> None:
    order = {False: 0, None: 1, True: 2}
    back = {0: False, 1: None, 2: True}
    inputs = {"a": a, "b": b, "c": c}
    assert evaluate("a and b and c", inputs) is back[min(order[a], order[b], order[c])]
    assert evaluate("a or b or c", inputs) is back[max(order[a], order[b], order[c])]
    assert evaluate("not(a and b) = (not(a) or not(b))", inputs) is True
    assert evaluate("some x in [a, b, c] satisfies x", inputs) is evaluate("a or b or c", inputs)
    assert evaluate("every x in [a, b, c] satisfies x", inputs) is evaluate("a and b and c", inputs)


@given(items=st.lists(wholes, max_size=8))
def test_lists_are_sorted_reversed_and_added_as_python_does(items: list[int]) -> None:
    inputs = {"l": items}
    assert evaluate("sort(l, function(a, b) a < b)", inputs) == sorted(items)
    assert evaluate("reverse(l)", inputs) == items[::-1]
    assert evaluate("distinct values(l)", inputs) == list(dict.fromkeys(items))
    assert evaluate("[sum(l), count(l), min(l), max(l)]", inputs) == (
        [sum(items), len(items), min(items), max(items)] if items else [None, 0, None, None]
    )
    assert evaluate("l[item > 0]", inputs) == [n for n in items if n > 0]
