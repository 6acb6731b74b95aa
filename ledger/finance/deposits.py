"""What becomes of a deposit (定金): Civil Code 586–588 and SPC 2020 art. 4, as pure sums (DOMAIN §4).

Only up to 20 % of the price has a deposit's effect; what was paid beyond it is plain money and goes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CAP_BASIS_POINTS = 2000


class Fault(StrEnum):
    """Whose fault it is that the sale does not come about."""

    BUYER = "buyer"
    DEVELOPER = "developer"
    NEITHER = "neither"


@dataclass(frozen=True)
class DepositOutcome:
    """Fen the developer keeps, refunds, and pays on top as compensation (another kind of entry)."""

    forfeited_fen: int
    refund_fen: int
    compensation_fen: int

    @property
    def to_buyer_fen(self) -> int:
        """All that the buyer gets."""
        return self.refund_fen + self.compensation_fen


def deposit_cap(price_fen: int) -> int:
    """The largest part of a deposit that has effect: 20 % of the price, rounded down to the fen."""
    return price_fen * CAP_BASIS_POINTS // 10_000


def settle_deposit(paid_fen: int, price_fen: int, fault: Fault) -> DepositOutcome:
    """Who gets what of a deposit of ``paid_fen`` when the sale fails through ``fault``."""
    effective = min(paid_fen, deposit_cap(price_fen))
    if fault is Fault.BUYER:
        return DepositOutcome(effective, paid_fen - effective, 0)
    if fault is Fault.DEVELOPER:
        return DepositOutcome(0, paid_fen, effective)
    return DepositOutcome(0, paid_fen, 0)
