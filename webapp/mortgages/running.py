"""Loans of a submission are submitted one by one, each by its task, as the person who ordered it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor
from ledger.mortgages import submissions
from ledger.mortgages.errors import LoanNotReady
from ledger.mortgages.models import MortgageCase, MortgageLoan
from webapp.db import Database
from webapp.portions import work_off


def work(
    database: Database,
    actor: Actor,
    submission_id: str,
    *,
    seconds: float,
    most: int | None = None,
    request_id: str | None = None,
) -> None:
    """Submit loan after loan for about so long. Raises `Missing` for a submission of somebody else."""
    with database.reading() as session:
        day = submissions.submission_of(session, actor, submission_id).submitted_on.isoformat()

    def submit(session: Session, loan_id: str) -> None:
        task_id = _task_of(session, database, loan_id)
        database.engine_for(session, actor).complete(task_id, {"submitted_on": day})

    work_off(
        database,
        submissions.LOANS,
        submission_id,
        submit,
        units=lambda: database.unit_of_work(actor, request_id=request_id),
        seconds=seconds,
        most=most,
    )


def _task_of(session: Session, database: Database, loan_id: str) -> str:
    """The open task to submit a loan. Raises `LoanNotReady` when there is none any more."""
    loan = session.get_one(MortgageLoan, loan_id)
    instance_id = session.get_one(MortgageCase, loan.case_id).instance_id or ""
    engine = database.engine_for(session, SYSTEM)
    wanted = TaskFilter(box="all", instance_id=instance_id, element_ids=("submit_papers",), states=("open",))
    for task in engine.find_tasks(wanted).rows:
        if engine.get_task(task.id).variables.get("loan_id") == loan_id:
            return task.id
    raise LoanNotReady(step=f"mortgage_step.{loan.step}")
