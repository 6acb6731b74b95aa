"""A building that is measured, with a settlement and a run: what pages of areas and titles are walked over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.inventory.models import Unit
from ledger.surveys.kinds import AreaRule, RunKind, SettlementState, SurveyKind, SurveyState, Verdict
from ledger.surveys.models import AreaSettlement, BuildingRun, BuildingRunItem, Survey, SurveyArea
from ledger.titles.kinds import DueRule, TitleState
from ledger.titles.models import TitleCase
from ledger.worklists import RunState
from tests.webapp.house import House


def fill_areas(
    session: Session, house: House, ids: Mapping[str, str], owner: Actor, second: Actor
) -> dict[str, str]:
    """One survey that waits for release, one settlement that asks its buyer, one run under way."""
    clock, project = house.database.clock, house.project
    unit = session.get_one(Unit, ids["sold_unit_id"])
    survey = Survey(
        project_id=project.id, path=project.path, building_id=unit.building_id, kind=SurveyKind.MEASURED, no=1,
        surveyed_on=date(2026, 3, 1), file_name="survey.csv", state=SurveyState.PROPOSED, proposed_by=second.id,
        proposed_at=clock.now(),
    )  # fmt: skip
    session.add(survey)
    session.flush()
    session.add(SurveyArea(survey_id=survey.id, unit_id=unit.id, building_area_hundredths=104_50))
    settlement = AreaSettlement(
        sale_id=ids["sale_id"], survey_id=survey.id, building_id=unit.building_id, project_id=project.id,
        path=project.path, owner_id=owner.id, basis="building_area", rule=AreaRule.CONTRACT_PRICE, tolerance_bp=300,
        contract_area_hundredths=100_00, settled_area_hundredths=104_50, contract_fen=100_00, ratio=Fraction(9, 200),
        verdict=Verdict.ABOVE, difference_fen=3_00, compensation_fen=0, borne_fen=1_50, final_fen=103_00,
        state=SettlementState.ASKING, money={}, opened_at=clock.now(),
    )  # fmt: skip
    run = BuildingRun(
        kind=RunKind.AREA, building_id=unit.building_id, survey_id=survey.id, path=project.path, details={},
        state=RunState.RUNNING, total=1, begun_at=clock.now(), begun_by=second.id,
    )  # fmt: skip
    case = TitleCase(
        sale_id=ids["sale_id"], building_id=unit.building_id, project_id=project.id, path=project.path,
        owner_id=owner.id, state=TitleState.SUBMITTED, since=date(2026, 3, 1), due_rule=DueRule.PRESALE, papers=[],
        submitted_on=date(2026, 3, 1), submission_no="17", opened_at=clock.now(),
    )  # fmt: skip
    session.add_all([settlement, run, case])
    session.flush()
    session.add(BuildingRunItem(run_id=run.id, sale_id=ids["sale_id"], position=1, state="waiting"))
    return {
        "building_id": unit.building_id, "survey_id": survey.id, "settlement_id": settlement.id,
        "building_run_id": run.id, "title_case_id": case.id,
    }  # fmt: skip
