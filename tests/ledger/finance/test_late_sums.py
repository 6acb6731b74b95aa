"""Late interest as arithmetic: what a day-by-day count in exact fractions says, the sums say too."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from ledger.finance.late_sums import Stretch, round_fen, stretches

DUE = date(2026, 3, 10)
RATE = Fraction(2, 10_000)
YUAN = 100


def day_by_day(amount_fen, after, paid, rate, on, breaks):
    """Interest by segment the slow way: each day adds its exact part, each payment closes and rounds a segment."""
    closed, running, principal = [], Fraction(0), amount_fen
    day = min([after, *paid], default=after)
    while day <= on:
        if day > after:
            running += max(principal, 0) * rate
        principal -= paid.get(day, 0)
        ends = day > after and (paid.get(day, 0) or day in breaks or day == on)
        if ends and running:
            closed.append(int((running * 2 + 1) // 2))
        if ends:
            running = Fraction(0)
        day += timedelta(days=1)
    return closed


DAYS = st.integers(-20, 90).map(lambda days: DUE + timedelta(days=days))


@seed(20260302)
@settings(max_examples=300, deadline=None)
@given(
    amount=st.integers(1, 500_000_00),
    paid=st.dictionaries(DAYS, st.integers(1, 200_000_00), max_size=6),
    breaks=st.sets(DAYS, max_size=3),
    rate=st.fractions(Fraction(1, 36_500), Fraction(1, 100), max_denominator=36_500),
    on=DAYS,
)
def test_segments_cost_what_the_days_cost(amount, paid, breaks, rate, on):
    found = stretches(amount, DUE, paid, rate=rate, on=on, breaks=breaks)
    assert [one.fen for one in found] == day_by_day(amount, DUE, paid, rate, on, breaks)
    assert all(one.principal_fen > 0 and one.days > 0 for one in found)
    assert all(first.through_day < then.from_day for first, then in pairwise(found))
    assert all(DUE < one.from_day <= one.through_day <= on for one in found)


def test_principal_first_costs_what_the_contract_says():
    """DOMAIN §4: 360,000 due 10 March at 0.02 %; 100,000 on 25 March, 260,000 on 20 April."""
    paid = {date(2026, 3, 25): 100_000_00, date(2026, 4, 20): 260_000_00}
    assert stretches(360_000_00, DUE, paid, rate=RATE, on=date(2026, 12, 31)) == (
        Stretch(date(2026, 3, 11), date(2026, 3, 25), 360_000_00, 1_080_00),
        Stretch(date(2026, 3, 26), date(2026, 4, 20), 260_000_00, 1_352_00),
    )


def test_due_today_is_not_late():
    """ERPNext #45685: interest begins on the day after the due day, and a payment on the due day costs nothing."""
    assert stretches(360_000_00, DUE, {}, rate=RATE, on=DUE) == ()
    assert stretches(360_000_00, DUE, {DUE: 360_000_00}, rate=RATE, on=date(2026, 12, 31)) == ()
    (first,) = stretches(360_000_00, DUE, {}, rate=RATE, on=DUE + timedelta(days=1))
    assert (first.days, first.fen) == (1, 72_00)


@pytest.mark.parametrize(
    ("amount", "half_up", "half_even"),
    [(Fraction(1, 2), 1, 0), (Fraction(3, 2), 2, 2), (Fraction(5, 2), 3, 2), (Fraction(249, 100), 2, 2)],
)
def test_half_a_fen_is_rounded_as_the_contract_says(amount, half_up, half_even):
    assert (round_fen(amount), round_fen(amount, "half_even")) == (half_up, half_even)


def test_a_segment_is_rounded_once_and_not_each_day():
    (segment,) = stretches(100, DUE, {}, rate=Fraction(1, 1000), on=DUE + timedelta(days=15))
    assert segment.fen == 2  # 15 days of a tenth of a fen are one and a half.
