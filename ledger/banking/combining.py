"""Which open debts an amount pays: one, several that sum to it, a part of one, or more than all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from ledger.banking.debts import Debt
from ledger.finance.kinds import ReceivableKind

_TRIED = 8
_KEPT = 20_000
_LONGEST = 12


class Fit(StrEnum):
    """How an amount stands to what is open."""

    ONE = "one"
    SEVERAL = "several"
    PART = "part"
    OVER = "over"


@dataclass(frozen=True)
class Cut:
    """An amount divided among debts; ``credit_fen`` is what is left over."""

    fit: Fit
    shares: tuple[tuple[Debt, int], ...]
    credit_fen: int = 0


def cut(amount_fen: int, debts: Sequence[Debt], kinds: frozenset[ReceivableKind]) -> Cut | None:
    """The likeliest division among one owner's debts, given in the order in which they fall due."""
    if not debts:
        return None
    named = [debt for debt in debts if debt.kind in kinds]
    for group in (named, debts):
        for debt in group:
            if debt.open_fen == amount_fen:
                return Cut(Fit.ONE, ((debt, amount_fen),))
    for size in range(2, min(len(debts), _TRIED) + 1):
        for several in combinations(debts[:_TRIED], size):
            if sum(debt.open_fen for debt in several) == amount_fen:
                return Cut(Fit.SEVERAL, tuple((debt, debt.open_fen) for debt in several))
    first = (named or list(debts))[0]
    if amount_fen < first.open_fen:
        return Cut(Fit.PART, ((first, amount_fen),))
    return _filled(amount_fen, [*named, *(debt for debt in debts if debt not in named)])


def _filled(amount_fen: int, debts: Sequence[Debt]) -> Cut:
    """One after the other, as far as the amount goes."""
    shares, left = [], amount_fen
    for debt in debts:
        if left:
            shares.append((debt, min(left, debt.open_fen)))
            left -= min(left, debt.open_fen)
    return Cut(Fit.OVER if left else Fit.PART, tuple(shares), left)


class Sums:
    """What several debts come to, every choice of as many of them, the first first, as a bounded table holds."""

    def __init__(self, debts: Sequence[Debt]) -> None:
        self._debts = debts
        self._ways: dict[int, list[tuple[int, ...]]] = {0: [()]}
        kept = 1
        for index, debt in enumerate(debts):
            if kept > _KEPT:
                break
            for total, ways in [(total, tuple(ways)) for total, ways in self._ways.items()]:
                there = self._ways.setdefault(total + debt.open_fen, [])
                longer = [(*way, index) for way in ways if len(way) < _LONGEST]
                # Two ways to one sum are as good as many: neither says anything.
                there += longer[: max(0, 2 - len(there))]
            kept = len(self._ways)

    def only(self, amount_fen: int) -> tuple[Debt, ...] | None:
        """The debts, at least two, that come to an amount, when no other choice does."""
        found = [way for way in self._ways.get(amount_fen, []) if len(way) > 1]
        return tuple(self._debts[index] for index in found[0]) if len(found) == 1 else None
