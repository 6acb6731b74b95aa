"""Runs are worked off in portions by a job: each sale, each proposal is a unit of work of its own.

A portion looks anew at what is late, so that a run which was stopped, killed or begun twice goes on with what is
left and changes nothing that is done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from handlers.arrears import bring_on, ladder_of
from handlers.jobs import ARREARS
from kernel.actor import SYSTEM, Actor
from ledger.arrears import runs
from ledger.arrears.cases import settle
from ledger.arrears.errors import NothingOpen
from ledger.arrears.kinds import RunKind, RunState
from ledger.arrears.models import ArrearsRun, ArrearsRunItem
from ledger.arrears.planning import RunPlan, SalePlan, plan_run
from ledger.arrears.proposing import note_failure, withdraw_paid
from ledger.sales.models import Sale
from ledger.staff.queries import names
from webapp import portions
from webapp.arrears.sending import send
from webapp.db import Database
from webapp.portions import PORTION_SECONDS, code_of, work_off

log = structlog.get_logger("keyturn.arrears")


@dataclass
class _Limit:
    """How long a portion may take, and how many it may do."""

    ends: float
    left: int | None

    def allows(self) -> bool:
        """Whether one more may be begun; it is counted."""
        if time.monotonic() >= self.ends or self.left == 0:
            return False
        self.left = None if self.left is None else self.left - 1
        return True


def order_portion(session: Session, database: Database, run: ArrearsRun) -> None:
    """Let a job take the next portion of a run."""
    portions.order_portion(session, database, ARREARS, run.id)


def work(database: Database, run_id: str, *, seconds: float = PORTION_SECONDS, most: int | None = None) -> None:
    """Bring a run on for a while, by at most so many; what is left is ordered, else it ends."""
    with database.reading() as session:
        run = session.get_one(ArrearsRun, run_id)
        kind, state = run.kind, run.state
    if state is not RunState.RUNNING:
        return
    if kind is RunKind.SENDING:
        _sending(database, run_id, seconds, most)
    else:
        _daily(database, run_id, _Limit(time.monotonic() + seconds, most))


def _daily(database: Database, run_id: str, limit: _Limit) -> None:
    finished = _levels(database, run_id, limit)
    with database.unit_of_work(SYSTEM) as session:
        run = session.get_one(ArrearsRun, run_id)
        if run.state is not RunState.RUNNING:
            return
        if finished:
            run.state, run.ended_at = RunState.ENDED, database.clock.now()
        else:
            order_portion(session, database, run)


def plan(database: Database, path: str, run_id: str | None = None) -> RunPlan:
    """What a daily run would do now; what has failed in this run already is left to the next one."""
    with database.reading() as session:
        engine = database.engine_for(session, SYSTEM)
        ladder, on = ladder_of(engine), runs.today_of(database.clock)
        found = plan_run(session, ladder, path, on, ahead_days=ladder.ahead_days())
        failed = set(session.scalars(select(ArrearsRunItem.subject_id).where(ArrearsRunItem.run_id == run_id)))
    return RunPlan(
        tuple(sale for sale in found.sales if sale.sale_id not in failed),
        tuple(case_id for case_id in found.settled if case_id not in failed),
    )


def _levels(database: Database, run_id: str, limit: _Limit) -> bool:
    with database.reading() as session:
        path = session.get_one(ArrearsRun, run_id).path
    wanted = plan(database, path, run_id)
    with database.unit_of_work(SYSTEM) as session:
        run = session.get_one(ArrearsRun, run_id)
        run.total = run.done + run.failed + wanted.size
    todo: list[tuple[str, SalePlan | None]] = [(sale.sale_id, sale) for sale in wanted.sales]
    todo += [(case_id, None) for case_id in wanted.settled]
    return all(limit.allows() and bring_one(database, run_id, *one) for one in todo)


def bring_one(database: Database, run_id: str, subject_id: str, sale: SalePlan | None) -> bool:
    """One sale or one settled case; False when the run was stopped meanwhile."""
    try:
        with database.unit_of_work(SYSTEM) as session:
            run = session.get_one(ArrearsRun, run_id)
            if run.state is not RunState.RUNNING:
                return False
            if sale is None:
                settle(session, SYSTEM, database.clock, case_id=subject_id)
            else:
                path = session.get_one(Sale, sale.sale_id).path
                bring_on(database.engine_for(session, SYSTEM), sale, path)
            runs.note_progress(session, run_id, done=1)
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("arrears case failed", run=run_id, subject=subject_id, error=type(fault).__name__)
        with database.unit_of_work(SYSTEM) as session:
            runs.note_failed(session, run_id, subject_id, code_of(fault))
    return True


def _sending(database: Database, run_id: str, seconds: float, most: int | None) -> None:
    with database.reading() as session:
        by = session.get_one(ArrearsRun, run_id).begun_by
        clerk = Actor(by, names(session, [by]).get(by, by), is_system=True)

    def keep_failure(session: Session, proposal_id: str, fault: Exception) -> None:
        """It stays on the list and says why, unless nothing of it is open any more."""
        if isinstance(fault, NothingOpen):
            withdraw_paid(session, clerk, database.clock, proposal_id=proposal_id)
        else:
            note_failure(session, proposal_id=proposal_id, code=code_of(fault))

    work_off(
        database,
        runs.PROPOSALS,
        run_id,
        lambda session, proposal_id: send(session, database, clerk, proposal_id),
        units=lambda: database.unit_of_work(clerk),
        seconds=seconds,
        most=most,
        order_rest=lambda session: portions.order_portion(session, database, ARREARS, run_id),
        on_failure=keep_failure,
    )
