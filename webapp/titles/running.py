"""Runs over a building are worked off in portions by a job: each sale is a unit of work of its own.

A sale that is done already, or that another run has begun, is done again without effect, so that a run which was
stopped, killed or begun twice goes on with what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.api import Engine
from engine.jobs import order_delivery
from handlers.jobs import BUILDINGS
from kernel.actor import SYSTEM, Actor
from ledger.sales.models import Sale
from ledger.staff.queries import names
from ledger.surveys import runs
from ledger.surveys.kinds import RunKind, RunState
from ledger.surveys.models import BuildingRun
from ledger.surveys.settling import settlement_of
from webapp.arrears.running import code_of
from webapp.db import Database

log = structlog.get_logger("keyturn.titles")
PORTION_SECONDS = 60.0
_PORTION = 200
Work = Callable[[Session, Actor, Engine, BuildingRun, str], None]


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
            _WORK[run.kind](session, clerk, database.engine_for(session, clerk), run, sale_id)
            runs.note_item(session, run_id, sale_id)
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("sale of a building run failed", run=run_id, sale=sale_id, error=type(fault).__name__)
        with database.unit_of_work(clerk) as session:
            runs.note_item(session, run_id, sale_id, code=code_of(fault))
    return True


def _begin_area(session: Session, _actor: Actor, engine: Engine, run: BuildingRun, sale_id: str) -> None:
    if settlement_of(session, sale_id) is None:
        path = session.get_one(Sale, sale_id).path
        engine.start("area_settlement", {"sale_id": sale_id, "survey_id": run.survey_id}, scope=path)


_WORK: Mapping[RunKind, Work] = {RunKind.AREA: _begin_area}
