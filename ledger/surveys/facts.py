"""What surveys and area settlements tell their subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class SurveyReleased(Fact):
    """Areas of a building are released: measured or registered ones."""

    survey_id: str
    building_id: str
    kind: str
    path: str


@dataclass(frozen=True)
class AreaMoneyDone(Fact):
    """All money of a posted settlement has been paid, given back or called off."""

    sale_id: str
    settlement_id: str
    path: str


@dataclass(frozen=True)
class BuyerRescinds(Fact):
    """The buyer rescinds because of the area; ``asked_by`` is the staff in whose name it is asked for."""

    sale_id: str
    settlement_id: str
    asked_by: str
    reason: str
    path: str
