"""How an area difference (面积误差) changes a price: pure and exact (商品房销售管理办法 art. 20, DOMAIN §5).

The ratio is a fraction and never rounded before it is compared: 89.37 to 92.06 is 3.00996 %, and so above 3 %.
Sums are rounded to the fen at the very end, half away from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ledger.surveys.errors import SettlementInvalid
from ledger.surveys.kinds import AreaRule, Verdict

_WHOLE = 10_000


@dataclass(frozen=True)
class AreaTerms:
    """What the contract says: total in fen, area in hundredths of a square metre by its pricing basis, its clause.

    ``basis`` is building_area, inside_area or unit; ``tolerance_bp`` hundredths of a per cent.
    """

    total_fen: int
    area_hundredths: int | None
    basis: str
    rule: AreaRule = AreaRule.CONTRACT_PRICE
    tolerance_bp: int = 300


@dataclass(frozen=True)
class Reckoned:
    """What is settled, in fen; ``difference_fen`` changes the price, ``compensation_fen`` comes beside it."""

    ratio: Fraction
    verdict: Verdict
    difference_fen: int
    compensation_fen: int
    borne_fen: int
    final_fen: int

    @property
    def buyer_pays_fen(self) -> int:
        """What the buyer pays; below zero what he gets, compensation included."""
        return self.difference_fen - self.compensation_fen


def reckon(terms: AreaTerms, settled_hundredths: int | None) -> Reckoned:
    """Settle a measured area against a contract.

    Within the tolerance, ends included, all is settled at the contract's price. Above it the buyer pays up to the
    tolerance and the developer bears the rest; below it the part within is refunded once and the part beyond
    twice, the second time as compensation. Raises `SettlementInvalid` where an area is missing or zero.
    """
    if terms.basis == "unit" or terms.rule is AreaRule.NONE:
        return Reckoned(Fraction(0), Verdict.NOTHING, 0, 0, 0, terms.total_fen)
    if not terms.area_hundredths or not settled_hundredths:
        raise SettlementInvalid("area_settlement_no_area", field="area", basis=f"pricing_basis.{terms.basis}")
    ratio = Fraction(settled_hundredths - terms.area_hundredths, terms.area_hundredths)
    tolerance = Fraction(terms.tolerance_bp, _WHOLE)
    whole = terms.rule is AreaRule.WHOLE_DIFFERENCE
    verdict = _verdict(ratio, tolerance, whole=whole)
    priced = min(ratio, tolerance) if verdict is Verdict.ABOVE else ratio
    beyond = abs(ratio) - tolerance if verdict in (Verdict.ABOVE, Verdict.BELOW) else Fraction(0)
    difference, rest = _fen(terms.total_fen * priced), _fen(terms.total_fen * beyond)
    return Reckoned(
        ratio,
        verdict,
        difference,
        rest if verdict is Verdict.BELOW else 0,
        rest if verdict is Verdict.ABOVE else 0,
        terms.total_fen + difference,
    )


def _verdict(ratio: Fraction, tolerance: Fraction, *, whole: bool) -> Verdict:
    if ratio == 0:
        return Verdict.NOTHING
    if whole or abs(ratio) <= tolerance:
        return Verdict.WITHIN
    return Verdict.ABOVE if ratio > 0 else Verdict.BELOW


def _fen(amount: Fraction) -> int:
    """Rounded to the fen, half away from zero."""
    rounded = int((2 * abs(amount) + 1) // 2)
    return rounded if amount >= 0 else -rounded
