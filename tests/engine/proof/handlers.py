"""What the one service task of the drawings takes and gives; its handler raises above an amount of 5."""

from __future__ import annotations

from dataclasses import dataclass

CODES = frozenset(f"proof.e{n}" for n in range(1, 10))


@dataclass(frozen=True)
class Seat:
    """An amount, and the code to fail with."""

    amount: int
    code: str


@dataclass(frozen=True)
class Seated:
    """What came of it."""

    seats: int
