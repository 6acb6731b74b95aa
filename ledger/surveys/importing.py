"""A survey goes in whole or not at all: one person proposes it, another releases it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from kernel.ids import new_id
from ledger.finance.parties import today_at
from ledger.inventory.import_plan import code_of
from ledger.inventory.models import Building, Unit
from ledger.inventory.price_list.rows import Param, Refusal
from ledger.locking import locked
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.surveys.errors import (
    BuildingMissing,
    OwnSurvey,
    SettlementInvalid,
    SurveyDecided,
    SurveyMissing,
    SurveyRefused,
)
from ledger.surveys.facts import SurveyReleased
from ledger.surveys.kinds import SurveyKind, SurveyState
from ledger.surveys.models import Survey, SurveyArea
from ledger.surveys.reading import AreaRow, SurveyFile


@dataclass(frozen=True)
class CheckedSurvey:
    """A file held against a building: each good row with its unit, and what is wrong, by row (0: missing)."""

    building: Building
    areas: tuple[tuple[Unit, AreaRow], ...]
    refused: tuple[Refusal, ...]


def check_survey(session: Session, actor: Actor, *, building_id: str, survey: SurveyFile) -> CheckedSurvey:
    """Hold a file against the building's units; nothing is written. Raises `BuildingMissing`."""
    building = find_building(session, actor, building_id, Permission.SURVEYS_IMPORT)
    units = {unit.unit_no.casefold(): unit for unit in _units(session, building.id)}
    refused: list[Refusal] = list(survey.refused)
    told = {unit.id for wrong in refused if (unit := _find(units, wrong.unit, wrong.unit.rpartition("-")[2]))}
    areas: dict[str, tuple[Unit, AreaRow]] = {}
    for row in survey.rows:
        unit = _find(units, row.unit_no, row.number)
        code = _wrong(building, row, unit)
        words: dict[str, Param] = {"building": row.building or building.name, "expected": building.name}
        if unit is not None and code is None and unit.id in areas:
            code, words["first_row"] = "duplicate", areas[unit.id][1].row
        if unit is not None and code != "survey_wrong_building":
            told.add(unit.id)
        if code or unit is None:
            refused.append(Refusal(row.sheet, row.row, row.unit_no, code or "survey_unknown_unit", words))
        else:
            areas[unit.id] = (unit, row)
    words = {"expected": building.name}
    refused += [
        Refusal("", 0, unit.unit_no, "survey_missing_unit", words)
        for unit in units.values()
        if unit.id not in told
    ]
    refused.sort(key=lambda refusal: (refusal.row == 0, refusal.sheet, refusal.row, refusal.unit))
    return CheckedSurvey(building, tuple(areas.values()), tuple(refused))


def _find(units: dict[str, Unit], *numbers: str) -> Unit | None:
    """The unit by its number with the entrance, else without."""
    return next((units[key] for number in numbers if (key := number.casefold()) in units), None)


def _wrong(building: Building, row: AreaRow, unit: Unit | None) -> str | None:
    if row.building and code_of(row.building) not in {building.code, code_of(building.name)}:
        return "survey_wrong_building"
    if unit is None:
        return "survey_unknown_unit"
    if unit.pricing_basis == "inside_area" and row.inside_area_hundredths is None:
        return "survey_no_inside_area"
    return None


def propose_survey(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    building_id: str,
    kind: SurveyKind | str,
    surveyed_on: date,
    survey: SurveyFile,
) -> Survey:
    """Enter a survey for release by a second person.

    Raises `SurveyRefused` with every wrong row, and then nothing of the file is entered; `BuildingMissing`,
    `NotAllowed`, `SettlementInvalid` for a day to come.
    """
    checked = check_survey(session, actor, building_id=building_id, survey=survey)
    building = checked.building
    actor.require(Permission.SURVEYS_IMPORT, building.path)
    if surveyed_on > today_at(session, clock, building.project_id):
        raise SettlementInvalid("survey_day_to_come", field="surveyed_on")
    if checked.refused:
        raise SurveyRefused(checked.refused)
    session.execute(select(Building.id).where(Building.id == building.id).with_for_update(key_share=True))
    number = session.scalar(select(func.max(Survey.no)).where(Survey.building_id == building.id)) or 0
    row = Survey(
        id=new_id(),
        project_id=building.project_id,
        path=building.path,
        building_id=building.id,
        kind=SurveyKind(kind),
        no=number + 1,
        surveyed_on=surveyed_on,
        file_name=survey.file_name[:200],
        state=SurveyState.PROPOSED,
        proposed_by=actor.id,
        proposed_at=clock.now(),
    )
    session.add(row)
    session.flush()  # The areas refer to the id.
    for unit, area in checked.areas:
        session.add(
            SurveyArea(
                survey_id=row.id,
                unit_id=unit.id,
                building_area_hundredths=area.building_area_hundredths,
                inside_area_hundredths=area.inside_area_hundredths,
            )
        )
    after = {"kind": row.kind, "units": len(checked.areas), "surveyed_on": surveyed_on.isoformat()}
    audit.record(session, actor, clock, "surveys:import", "survey", row.id, path=row.path, after=after)
    return row


def release_survey(session: Session, actor: Actor, clock: Clock, *, survey_id: str) -> Survey:
    """A second person puts the areas in force; an earlier survey of the kind is superseded.

    Raises `SurveyMissing`, `OwnSurvey`, `SurveyDecided`.
    """
    survey = _lock(session, actor, survey_id)
    if survey.proposed_by in (actor.id, actor.on_behalf_of):
        raise OwnSurvey(field="survey_id")
    query = select(Survey).where(
        Survey.building_id == survey.building_id,
        Survey.kind == survey.kind,
        Survey.state == SurveyState.RELEASED,
    )
    for earlier in session.scalars(query.with_for_update()).all():
        earlier.state = SurveyState.SUPERSEDED
    session.flush()  # One released survey of a kind per building: the earlier one goes first.
    survey.state, survey.decided_by, survey.decided_at = SurveyState.RELEASED, actor.id, clock.now()
    audit.record(session, actor, clock, "surveys:release", "survey", survey.id, path=survey.path)
    tell(session, SurveyReleased(survey.id, survey.building_id, survey.kind, survey.path))
    return survey


def reject_survey(session: Session, actor: Actor, clock: Clock, *, survey_id: str, reason: str) -> Survey:
    """Turn a proposed survey down, or take one's own back. Raises `SurveyMissing`, `SurveyDecided`."""
    survey = _lock(session, actor, survey_id)
    if not reason.strip():
        raise SettlementInvalid("reason_missing", field="reason")
    survey.state, survey.decided_by, survey.decided_at = SurveyState.REJECTED, actor.id, clock.now()
    survey.reason = reason.strip()[:200]
    audit.record(
        session, actor, clock, "surveys:reject", "survey", survey.id, path=survey.path, reason=survey.reason
    )
    return survey


def _lock(session: Session, actor: Actor, survey_id: str) -> Survey:
    query = scoped(actor, Survey, Permission.SALES_VIEW).where(Survey.id == survey_id)
    survey = session.scalars(locked(query, Survey)).one_or_none()
    if survey is None:
        raise SurveyMissing(id=survey_id)
    actor.require(Permission.SURVEYS_RELEASE, survey.path)
    if survey.state is not SurveyState.PROPOSED:
        raise SurveyDecided(by=survey.decided_by, at=survey.decided_at)
    return survey


def find_building(session: Session, actor: Actor, building_id: str, permission: str) -> Building:
    """A building in the actor's scope. Raises `BuildingMissing`."""
    query = scoped(actor, Building, permission).where(Building.id == building_id)
    building = session.scalars(query).one_or_none()
    if building is None:
        raise BuildingMissing(field="building_id", id=building_id)
    return building


def _units(session: Session, building_id: str) -> list[Unit]:
    query = select(Unit).where(Unit.building_id == building_id)
    return list(session.scalars(query.order_by(Unit.floor, Unit.unit_no)))
