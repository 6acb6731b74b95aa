"""What the engine answers about how much is open for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Load:
    """How much is open: of that unassigned and overdue, and since when the oldest waits."""

    open: int
    unassigned: int
    overdue: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class GroupLoad:
    """What is open for a role at an organisation node."""

    role: str
    path: str
    load: Load


@dataclass(frozen=True)
class PersonLoad:
    """What somebody has."""

    person: str
    load: Load


@dataclass(frozen=True)
class Workload:
    """The open tasks that somebody oversees, as a whole, by group and by person."""

    whole: Load
    groups: list[GroupLoad]
    people: list[PersonLoad]
