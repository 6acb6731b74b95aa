"""Which debts a payment settles first when it does not cover them all (Civil Code 560; DOMAIN §4).

The payer's designation comes first and is the caller's to apply; then due ones, least secured, most burdensome,
earliest, and among equals pro rata. What is left over stays as unallocated credit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True)
class Debt:
    """An open receivable: fen open, the day it falls due, how it is secured and what being late costs a day."""

    id: str
    open_fen: int
    due_on: date | None
    secured: bool = False
    burden: Fraction = Fraction(0)


Rank = tuple[bool, bool, Fraction, date]


def _rank(debt: Debt, on: date) -> Rank:
    due = debt.due_on or date.max
    return (due > on, debt.secured, -debt.burden, due)


def allocate_by_law(debts: Iterable[Debt], amount_fen: int, on: date) -> dict[str, int]:
    """Fen per debt id out of ``amount_fen`` paid on ``on``; debts that get nothing are left out."""
    allocated: dict[str, int] = {}
    owed = sorted((d for d in debts if d.open_fen > 0), key=lambda d: (_rank(d, on), d.id))
    for _, equals in groupby(owed, key=lambda d: _rank(d, on)):
        group = list(equals)
        share = min(amount_fen, sum(d.open_fen for d in group))
        allocated.update(_pro_rata(group, share))
        amount_fen -= share
    return allocated


def _pro_rata(debts: list[Debt], amount_fen: int) -> dict[str, int]:
    """Split by what is open; the fen that rounding leaves go to the largest fractions first."""
    total = sum(d.open_fen for d in debts)
    shares = {d.id: amount_fen * d.open_fen // total for d in debts}
    left = amount_fen - sum(shares.values())
    for debt in sorted(debts, key=lambda d: (-(amount_fen * d.open_fen % total), d.id))[:left]:
        shares[debt.id] += 1
    return {id_: fen for id_, fen in shares.items() if fen}
