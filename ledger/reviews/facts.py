"""What the operations on proposed changes tell of."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class ChangeProposed(Fact):
    """A change waits for its review."""

    change_id: str
    path: str


@dataclass(frozen=True)
class ChangeWithdrawn(Fact):
    """Its proposer has taken a change back."""

    change_id: str
