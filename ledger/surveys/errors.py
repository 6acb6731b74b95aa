"""What surveys and area settlements refuse, by field. No names of people in parameters."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import Invalid, Missing, NotAllowed, Stale
from ledger.inventory.price_list.rows import Refusal


class SurveyMissing(Missing):
    """No such survey within the actor's scope."""

    code = "survey_missing"


class BuildingMissing(Missing):
    """No such building within the actor's scope."""

    code = "building_missing"


class SettlementMissing(Missing):
    """No such area settlement within the actor's scope."""

    code = "area_settlement_missing"


class RunMissing(Missing):
    """No such run over a building within the actor's scope."""

    code = "building_run_missing"


class SurveyRefused(Invalid):
    """Rows of the survey are wrong, so nothing of it went in; ``refused`` tells each of them."""

    code = "survey_refused"

    def __init__(self, refused: Sequence[Refusal]) -> None:
        self.refused = tuple(refused)
        super().__init__(field="file", count=len(refused))


class SurveyDecided(Stale):
    """The survey was released or rejected already."""

    code = "survey_decided"


class OwnSurvey(NotAllowed):
    """Whoever brought a survey in does not release it."""

    code = "survey_own"


class SurveyNotReleased(Stale):
    """Only a released survey settles anything."""

    code = "survey_not_released"


class SettlementStale(Stale):
    """The settlement stands elsewhere by now."""

    code = "area_settlement_stale"


class SettlementInvalid(Invalid):
    """The settlement cannot be reckoned or the answer does not fit."""

    code = "area_settlement_invalid"
