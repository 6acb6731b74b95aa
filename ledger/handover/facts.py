"""What is told when a home is handed over; handlers carry it into the processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.facts import Fact


@dataclass(frozen=True)
class MoveInFact(Fact):
    """The parent of all facts about one hand-over."""

    case_id: str
    sale_id: str
    path: str


@dataclass(frozen=True)
class AppointmentBooked(MoveInFact):
    """The buyer comes on a day, in a slot that ends at ``ends_at`` (UTC)."""

    slot_id: str


@dataclass(frozen=True)
class BuyerArrived(MoveInFact):
    """The buyer is here."""


@dataclass(frozen=True)
class InspectionSigned(MoveInFact):
    """An inspection is signed with its outcome."""

    visit_id: str
    outcome: str


@dataclass(frozen=True)
class HomeHandedOver(MoveInFact):
    """The keys are given; warranty and the clock of the certificate begin (DOMAIN §3, §7)."""

    unit_id: str
    handed_over_on: date


@dataclass(frozen=True)
class HandOverRated(MoveInFact):
    """The buyer said how satisfied he is, from 1 to 5."""

    satisfaction: int
