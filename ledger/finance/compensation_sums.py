"""How much compensation (赔偿) is, as pure sums: late delivery and interest on refunded money (DOMAIN §4).

Money × daily rate × days, simple, rounded half up to the fen once. Rates are exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Reckoned:
    """Fen, with what they were reckoned from: principal in fen, rate a day, the days between which they run."""

    amount_fen: int
    principal_fen: int
    daily_rate: Fraction
    after: date
    through: date

    @property
    def days(self) -> int:
        """Days that count: from the day after the first through the last."""
        return max((self.through - self.after).days, 0)

    def basis(self) -> dict[str, object]:
        """How it was reckoned, as the ledger keeps it beside the amount."""
        return {
            "principal_fen": self.principal_fen,
            "daily_rate": str(self.daily_rate),
            "after": self.after.isoformat(),
            "through": self.through.isoformat(),
            "days": self.days,
        }


def by_the_day(principal_fen: int, daily_rate: Fraction, after: date, through: date) -> Reckoned:
    """What ``principal_fen`` costs from the day after ``after`` through ``through``; 0 when none has passed."""
    days = max((through - after).days, 0)
    amount = principal_fen * daily_rate * days
    return Reckoned(int(amount + Fraction(1, 2)), principal_fen, daily_rate, after, through)
