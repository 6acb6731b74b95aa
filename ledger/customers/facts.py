"""What the customers' operations tell of."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class CustomerRegistered(Fact):
    """A customer is known for the first time, at a project."""

    customer_id: str
    project_id: str


@dataclass(frozen=True)
class CustomerKindChanged(Fact):
    """A kind begins (``held``) or ends for a customer, at a project or in general."""

    customer_id: str
    kind: str
    project_id: str | None
    held: bool


@dataclass(frozen=True)
class CustomerReassigned(Fact):
    """Another consultant looks after the customer at a project."""

    customer_id: str
    project_id: str
    owner_id: str
