"""Area differences to the fen: the worked examples of DOMAIN §5 and an exact oracle over everything else."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.surveys.errors import SettlementInvalid
from ledger.surveys.kinds import AreaRule, Verdict
from ledger.surveys.reckoning import AreaTerms, reckon

TERMS = AreaTerms(1_200_000_00, 100_00, "building_area")


@pytest.mark.parametrize(
    ("registered", "pays", "final", "borne", "compensation"),
    [
        (102_50, 30_000_00, 1_230_000_00, 0, 0),
        (103_00, 36_000_00, 1_236_000_00, 0, 0),
        (104_50, 36_000_00, 1_236_000_00, 18_000_00, 0),
        (98_00, -24_000_00, 1_176_000_00, 0, 0),
        (95_00, -84_000_00, 1_140_000_00, 0, 24_000_00),
        (97_00, -36_000_00, 1_164_000_00, 0, 0),
        (100_00, 0, 1_200_000_00, 0, 0),
    ],
)
def test_worked_examples_of_the_domain_to_the_fen(
    registered: int, pays: int, final: int, borne: int, compensation: int
) -> None:
    result = reckon(TERMS, registered)
    assert (result.buyer_pays_fen, result.final_fen) == (pays, final)
    assert (result.borne_fen, result.compensation_fen) == (borne, compensation)


def test_rounding_trap_3_00996_per_cent_is_over_three() -> None:
    result = reckon(AreaTerms(8937 * 15_000, 89_37, "building_area"), 92_06)
    assert f"{float(result.ratio) * 100:.5f}" == "3.00996"
    assert (result.verdict, result.difference_fen) == (Verdict.ABOVE, 40_216_50)


def test_clauses_come_before_the_law() -> None:
    whole = AreaTerms(1_200_000_00, 100_00, "building_area", AreaRule.WHOLE_DIFFERENCE)
    assert reckon(whole, 104_50).difference_fen == 54_000_00
    assert reckon(whole, 95_00).buyer_pays_fen == -60_000_00
    none = AreaTerms(1_200_000_00, 100_00, "building_area", AreaRule.NONE)
    assert reckon(none, 95_00).final_fen == 1_200_000_00
    five = AreaTerms(1_200_000_00, 100_00, "building_area", tolerance_bp=500)
    assert reckon(five, 104_50).difference_fen == 54_000_00


def test_a_home_sold_per_unit_is_not_settled_and_a_missing_area_is_refused() -> None:
    assert reckon(AreaTerms(1_200_000_00, None, "unit"), 95_00).verdict is Verdict.NOTHING
    with pytest.raises(SettlementInvalid):
        reckon(AreaTerms(1_200_000_00, 80_00, "inside_area"), None)


def _rounded(exact: Fraction) -> int:
    """Half away from zero by decimals with far more digits than any case has."""
    return int((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP))


areas = st.integers(10_00, 500_00)
totals = st.integers(100_000_00, 50_000_000_00)


@given(totals, areas, areas, st.integers(0, 1000))
def test_every_settlement_agrees_with_an_exact_oracle(total: int, contract: int, registered: int, bp: int) -> None:
    """Sign, caps and parts: the price moves by the ratio up to the tolerance, a refund's excess comes twice."""
    result = reckon(AreaTerms(total, contract, "building_area", tolerance_bp=bp), registered)
    price, limit = Fraction(total, contract), Fraction(contract * bp, 10_000)
    gained = Fraction(registered - contract)
    excess = max(abs(gained) - limit, Fraction(0))
    expected = _rounded(price * (limit if gained > limit else gained))
    assert result.difference_fen == expected
    assert result.borne_fen == (_rounded(price * excess) if gained > 0 else 0)
    assert result.compensation_fen == (_rounded(price * excess) if gained < 0 else 0)
    assert result.final_fen == total + expected
    assert result.difference_fen * gained >= 0
    assert result.buyer_pays_fen <= _rounded(total * Fraction(bp, 10_000))


@given(totals, areas, areas)
def test_one_hundredth_of_a_square_metre_never_makes_a_jump(total: int, contract: int, registered: int) -> None:
    """Continuity: the next hundredth moves the sum by at most two prices of a hundredth, at the ends too."""
    terms = AreaTerms(total, contract, "building_area")
    step = reckon(terms, registered + 1).buyer_pays_fen - reckon(terms, registered).buyer_pays_fen
    assert 0 <= step <= 2 * Fraction(total, contract) + 3
