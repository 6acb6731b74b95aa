"""Runs over a building are worked off in portions by a job: each sale is a unit of work of its own.

A sale that is done already, or that another run has begun, is done again without effect, so that a run which was
stopped, killed or begun twice goes on with what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.api import Engine
from engine.jobs import order_delivery
from handlers.jobs import BUILDINGS
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.sales.models import Sale
from ledger.staff.queries import names
from ledger.surveys import runs
from ledger.surveys.kinds import RunKind, RunState
from ledger.surveys.models import BuildingRun
from ledger.surveys.settling import settlement_of
from ledger.titles.buildings import tell_registered
from ledger.titles.cases import title_of
from ledger.titles.errors import TitleCaseMissing
from ledger.titles.kinds import TitleState
from ledger.titles.moving import case_of
from ledger.titles.steps import submit_case
from webapp.arrears.running import code_of
from webapp.db import Database

log = structlog.get_logger("keyturn.titles")
PORTION_SECONDS = 60.0
_PORTION = 200


@dataclass(frozen=True)
class Desk:
    """What one sale of a run is worked on with."""

    session: Session
    actor: Actor
    clock: Clock
    engine: Engine
    run: BuildingRun


Work = Callable[[Desk, str], None]


def order_portion(session: Session, database: Database, run: BuildingRun) -> None:
    """Let a job take the next portion of a run; each portion is ordered once."""
    key = f"{BUILDINGS}:{run.id}:{run.done + run.failed}"
    order_delivery(session, database.clock.now(), BUILDINGS, {"run_id": run.id}, key=key)


def work(database: Database, run_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Bring a run on for a while, by at most so many; what is left is ordered, else it ends."""
    ends, left = time.monotonic() + seconds, _PORTION if most is None else most
    with database.reading() as session:
        run = session.get_one(BuildingRun, run_id)
        state, begun_by = run.state, run.begun_by
        clerk = Actor(begun_by, names(session, [begun_by]).get(begun_by, begun_by), is_system=True)
        wanted = runs.next_items(session, run_id, left)
    if state is not RunState.RUNNING:
        return
    for sale_id in wanted:
        if time.monotonic() >= ends or not _one(database, run_id, clerk, sale_id):
            break
    with database.unit_of_work(SYSTEM) as session:
        run = session.get_one(BuildingRun, run_id)
        if not runs.end_run(session, database.clock, run_id) and run.state is RunState.RUNNING:
            order_portion(session, database, run)


def _one(database: Database, run_id: str, clerk: Actor, sale_id: str) -> bool:
    """One sale of a run; False when the run was stopped meanwhile."""
    try:
        with database.unit_of_work(clerk) as session:
            run = session.get_one(BuildingRun, run_id)
            if run.state is not RunState.RUNNING:
                return False
            engine = database.engine_for(session, clerk)
            _WORK[run.kind](Desk(session, clerk, database.clock, engine, run), sale_id)
            runs.note_item(session, run_id, sale_id)
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("sale of a building run failed", run=run_id, sale=sale_id, error=type(fault).__name__)
        with database.unit_of_work(clerk) as session:
            runs.note_item(session, run_id, sale_id, code=code_of(fault))
    return True


def _begin_area(desk: Desk, sale_id: str) -> None:
    if settlement_of(desk.session, sale_id) is None:
        _start(desk, "area_settlement", sale_id, survey_id=desk.run.survey_id)


def _begin_title(desk: Desk, sale_id: str) -> None:
    """A case is begun, or one that waits for the first registration hears of it."""
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
