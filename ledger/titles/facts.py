"""What titles tell their subscribers; each concerns one sale's case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.facts import Fact


@dataclass(frozen=True)
class TitleFact(Fact):
    """The parent of all facts about one title case."""

    sale_id: str
    case_id: str
    path: str


@dataclass(frozen=True)
class BuildingRegistered(TitleFact):
    """The building of the sale has its first registration (大证)."""


@dataclass(frozen=True)
class ChargesPaid(TitleFact):
    """Tax, fund and fee of the sale are paid."""


@dataclass(frozen=True)
class TitleSubmitted(TitleFact):
    """The papers lie with the registry."""


@dataclass(frozen=True)
class TitleReturned(TitleFact):
    """The registry sent the papers back."""

    reason: str


@dataclass(frozen=True)
class TitleIssued(TitleFact):
    """The certificate (小证) is issued."""


@dataclass(frozen=True)
class TitleClockSet(TitleFact):
    """The statutory day is known, or another one."""

    due_on: date
