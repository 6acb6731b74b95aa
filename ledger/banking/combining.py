"""Which open debts an amount pays: one, several that sum to it, a part of one, or more than all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from ledger.banking.debts import Debt
from ledger.finance.kinds import ReceivableKind

_TRIED = 8
_STATES = 4_000
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


def the_only_sum(amount_fen: int, debts: Sequence[Debt]) -> tuple[Debt, ...] | None:
    """The debts, at least two, that sum to an amount, when just one choice of the bounded search does."""
    sums: dict[int, list[tuple[int, ...]]] = {0: [()]}
    states = 1
    for index, debt in enumerate(debts):
        for total, ways in list(sums.items()):
            reached = total + debt.open_fen
            longer = [(*way, index) for way in ways if len(way) < _LONGEST]
            if reached > amount_fen or not longer:
                continue
            there = sums.setdefault(reached, [])
            states += len(longer[: 2 - len(there)])
            there += longer[: max(0, 2 - len(there))]
        if states > _STATES:
            break
    found = [way for way in sums.get(amount_fen, []) if len(way) > 1]
    return tuple(debts[index] for index in found[0]) if len(found) == 1 else None
