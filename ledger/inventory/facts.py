"""What the inventory tells its subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class UnitChanged(Fact):
    """A unit changed by itself or by a sale; ``kind`` as in its history (status, withheld, flag)."""

    unit_id: str
    project_id: str
    path: str
    kind: str
    status: str
    sale_id: str | None


@dataclass(frozen=True)
class UnitsImported(Fact):
    """A price list changed units of a project; one fact for all of them."""

    project_id: str
    path: str
    batch_id: str


@dataclass(frozen=True)
class PricesInForce(Fact):
    """A price version came into force."""

    version_id: str
    project_id: str
    path: str


@dataclass(frozen=True)
class PricesProposed(Fact):
    """A price version waits for its approval."""

    version_id: str
    project_id: str
    path: str


@dataclass(frozen=True)
class PricesWithdrawn(Fact):
    """A price version that was not in force yet was taken back."""

    version_id: str
    reason: str
