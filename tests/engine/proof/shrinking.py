"""Cuts a drawing on which the sides differ down to the smallest that still shows it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engine.conftest import House
from tests.engine.proof.generator import Tree
from tests.engine.proof.sides import Outcome, play

TRIES = 300


def shrink(house: House, tree: Tree, seed: int, worst: Outcome) -> Outcome:
    """The smallest outcome found that still differs, after at most so many tries."""
    tries = iter(range(TRIES))
    while (found := _smaller_one(house, tree, seed, tries)) is not None:
        tree, worst = found
    return worst


def _smaller_one(house: House, tree: Tree, seed: int, tries: Iterator[int]) -> tuple[Tree, Outcome] | None:
    for less in _smaller(tree):
        for other in range(seed, seed + 3):
            if next(tries, None) is None:
                return None
            outcome = play(house, less, other)
            if outcome.difference is not None:
                return less, outcome
    return None


def _smaller(tree: Tree) -> list[Tree]:
    fewer = [Tree(tree.body, tree.asides[:n] + tree.asides[n + 1 :]) for n in range(len(tree.asides))]
    found = [*fewer, *(Tree(body, tree.asides) for body in tree.body.smaller())]
    return sorted(found, key=lambda less: less.body.size())
