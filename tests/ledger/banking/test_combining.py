"""An amount is divided among debts as a person would who tries every way."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ledger.banking.combining import Fit, Sums, cut
from ledger.banking.debts import Debt
from ledger.finance.kinds import Debtor, ReceivableClass, ReceivableKind

AMOUNTS = st.lists(st.integers(1, 12), min_size=1, max_size=8)


def owed(amounts: list[int]) -> list[Debt]:
    """Debts of so many fen each."""
    return [
        Debt(
            str(place),
            "sale",
            "sale",
            None,
            ReceivableKind.LOAN,
            ReceivableClass.PRICE,
            Debtor.BANK,
            fen,
            None,
            "/",
        )
        for place, fen in enumerate(amounts)
    ]


@given(AMOUNTS, st.integers(1, 40))
def test_the_only_sum_is_found_and_no_other(amounts: list[int], wanted: int) -> None:
    debts = owed(amounts)
    ways = [
        several for size in range(1, len(debts) + 1) for several in combinations(debts, size)
        if sum(debt.open_fen for debt in several) == wanted
    ]  # fmt: skip
    found = Sums(debts).only(wanted)
    if len(ways) == 1:
        assert found == (ways[0] if len(ways[0]) > 1 else None)
    if found is not None:
        assert sum(debt.open_fen for debt in found) == wanted
        assert len(set(found)) == len(found) > 1


@given(AMOUNTS, st.integers(1, 120))
def test_what_is_cut_comes_to_the_amount_and_takes_no_more_than_is_open(amounts: list[int], fen: int) -> None:
    found = cut(fen, owed(amounts), frozenset())
    assert found is not None
    assert sum(share for _, share in found.shares) + found.credit_fen == fen
    assert all(0 < share <= debt.open_fen for debt, share in found.shares)
    assert (found.fit is Fit.OVER) == (fen > sum(amounts)) == (found.credit_fen > 0)
