"""What a run over a building does for each of its sales; one that another run has done is done without effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from engine.api import Engine
from handlers.jobs import BUILDINGS
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.parties import lock_sale_row
from ledger.sales.models import Sale
from ledger.staff.queries import names
from ledger.surveys import runs
from ledger.surveys.again import is_outdated
from ledger.surveys.kinds import RunKind
from ledger.surveys.models import BuildingRun
from ledger.surveys.settling import settlement_of
from ledger.titles.buildings import tell_registered
from ledger.titles.cases import title_of
from ledger.titles.errors import TitleCaseMissing
from ledger.titles.kinds import TitleState
from ledger.titles.moving import case_of
from ledger.titles.steps import submit_case
from webapp.db import Database
from webapp.portions import PORTION_SECONDS, order_portion, work_off


@dataclass(frozen=True)
class Desk:
    """What one sale of a run is worked on with."""

    session: Session
    actor: Actor
    clock: Clock
    engine: Engine
    run: BuildingRun


Work = Callable[[Desk, str], None]


def work(database: Database, run_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Bring a run on for a while, by at most so many; what is left is ordered, else it ends."""
    with database.reading() as session:
        begun_by = session.get_one(BuildingRun, run_id).begun_by
        clerk = Actor(begun_by, names(session, [begun_by]).get(begun_by, begun_by), is_system=True)

    def do(session: Session, sale_id: str) -> None:
        run = session.get_one(BuildingRun, run_id)
        engine = database.engine_for(session, clerk)
        _WORK[run.kind](Desk(session, clerk, database.clock, engine, run), sale_id)

    work_off(
        database,
        runs.SALES,
        run_id,
        do,
        units=lambda: database.unit_of_work(clerk),
        seconds=seconds,
        most=most,
        order_rest=lambda session: order_portion(session, database, BUILDINGS, run_id),
    )


def _begin_area(desk: Desk, sale_id: str) -> None:
    lock_sale_row(desk.session, sale_id)  # Another run may be about to begin it.
    survey_id = desk.run.survey_id
    again = survey_id is not None and is_outdated(desk.session, sale_id, survey_id)
    if again or settlement_of(desk.session, sale_id) is None:
        _start(desk, "area_settlement", sale_id, survey_id=desk.run.survey_id)


def _begin_title(desk: Desk, sale_id: str) -> None:
    """A case is begun, or one that waits for the first registration hears of it."""
    lock_sale_row(desk.session, sale_id)
    case = case_of(desk.session, sale_id)
    if case is None:
        _start(desk, "title", sale_id)
    elif case.state is TitleState.MEASURED and title_of(desk.session, case.building_id) is not None:
        tell_registered(desk.session, case)


def _submit(desk: Desk, sale_id: str) -> None:
    case = case_of(desk.session, sale_id)
    if case is None:
        raise TitleCaseMissing(id=sale_id)
    details = desk.run.details
    submit_case(
        desk.session,
        desk.actor,
        desk.clock,
        case_id=case.id,
        submitted_on=date.fromisoformat(details["submitted_on"]),
        number=details["number"],
    )


def _start(desk: Desk, process: str, sale_id: str, **more: object) -> None:
    path = desk.session.get_one(Sale, sale_id).path
    desk.engine.start(process, {"sale_id": sale_id, **more}, scope=path)


_WORK: Mapping[RunKind, Work] = {
    RunKind.AREA: _begin_area,
    RunKind.TITLE: _begin_title,
    RunKind.SUBMISSION: _submit,
}
