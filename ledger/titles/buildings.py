"""The first registration of a building (首次登记, 大证), after its survey and before any buyer's certificate."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.parties import today_at
from ledger.inventory.models import Building
from ledger.staff.permissions import Permission
from ledger.surveys.errors import SurveyNotReleased
from ledger.surveys.importing import find_building
from ledger.surveys.queries import survey_in_force
from ledger.titles.cases import title_of
from ledger.titles.errors import TitleInvalid, TitleStale
from ledger.titles.facts import BuildingRegistered
from ledger.titles.models import BuildingTitle, TitleCase


def register_building(
    session: Session, actor: Actor, clock: Clock, *, building_id: str, number: str, registered_on: date
) -> BuildingTitle:
    """Note the first registration with its number and day.

    Raises `SurveyNotReleased` before the survey, `TitleStale` when it is noted, `TitleInvalid` for a day to
    come, before the survey, or a number that another building has.
    """
    building = find_building(session, actor, building_id, Permission.SALES_VIEW)
    actor.require(Permission.TITLES_WORK, building.path)
    session.execute(select(Building.id).where(Building.id == building_id).with_for_update(key_share=True))
    if title_of(session, building_id) is not None:
        raise TitleStale("building_registered_already")
    survey = survey_in_force(session, building_id)
    if survey is None:
        raise SurveyNotReleased(state="survey.proposed")
    latest = today_at(session, clock, building.project_id)
    if not survey.surveyed_on <= registered_on <= latest:
        raise TitleInvalid("title_day", field="registered_on", earliest=survey.surveyed_on, latest=latest)
    number = " ".join(number.split())
    taken = select(BuildingTitle.id).where(
        BuildingTitle.project_id == building.project_id, BuildingTitle.no == number
    )
    if not number or len(number) > 60 or session.scalar(taken.limit(1)) is not None:
        raise TitleInvalid("title_number_taken" if number else "title_words", field="number", longest=60)
    row = BuildingTitle(
        building_id=building.id,
        project_id=building.project_id,
        path=building.path,
        survey_id=survey.id,
        no=number,
        registered_on=registered_on,
        noted_by=actor.id,
        at=clock.now(),
    )
    session.add(row)
    session.flush()  # One registration of a building: the rule must speak now.
    after = {"no": number, "registered_on": registered_on.isoformat()}
    audit.record(session, actor, clock, "title:register", "building_title", row.id, path=row.path, after=after)
    return row


def tell_registered(session: Session, case: TitleCase) -> None:
    """Let the case of a sale hear that its building is registered."""
    tell(session, BuildingRegistered(case.sale_id, case.id, case.path))
