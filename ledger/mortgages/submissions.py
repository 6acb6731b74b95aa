"""Papers of several loans taken to one bank in one go (批量送审): written down, then done loan by loan."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing, NotAllowed
from kernel.ids import new_id
from ledger.finance.parties import today_at
from ledger.mortgages.errors import BankMissing, MortgageInvalid
from ledger.mortgages.kinds import LoanState, Step
from ledger.mortgages.models import (
    MortgageBank,
    MortgageLoan,
    MortgageSubmission,
    MortgageSubmissionItem,
)
from ledger.scope import visible
from ledger.staff.permissions import Permission
from ledger.worklists import Worklist

MOST = 200
LOANS = Worklist(
    MortgageSubmission, MortgageSubmissionItem, of="submission_id", subject="loan_id", failed="refused"
)
"""The loans of a submission."""


def begin_submission(
    session: Session, actor: Actor, clock: Clock, *, bank_id: str, loan_ids: list[str], submitted_on: date
) -> MortgageSubmission:
    """Write down which loans go to a bank on a day. Raises `MortgageInvalid` when none of them waits for it."""
    if not actor.may_anywhere(Permission.MORTGAGES_WORK):
        raise NotAllowed(permission=Permission.MORTGAGES_WORK)
    bank = session.get(MortgageBank, bank_id)
    if bank is None:
        raise BankMissing(id=bank_id)
    query = (
        select(MortgageLoan)
        .where(
            MortgageLoan.id.in_(loan_ids[: MOST + 1]),
            MortgageLoan.bank_id == bank_id,
            MortgageLoan.state == LoanState.OPEN,
            MortgageLoan.step == Step.SUBMIT,
            visible(actor, MortgageLoan, Permission.MORTGAGES_WORK),
        )
        .order_by(MortgageLoan.path, MortgageLoan.id)
    )
    loans = list(session.scalars(query))
    if not loans or len(loan_ids) > MOST:
        raise MortgageInvalid("mortgage_nothing_ticked", field="id", most=MOST)
    if len({loan.project_id for loan in loans}) > 1:
        raise MortgageInvalid("mortgage_one_project", field="id")
    today = today_at(session, clock, loans[0].project_id)
    if submitted_on > today:
        raise MortgageInvalid("mortgage_day_to_come", field="submitted_on", latest=today.isoformat())
    row = MortgageSubmission(
        id=new_id(),
        bank_id=bank.id,
        path=loans[0].path,
        submitted_on=submitted_on,
        state="running",
        begun_at=clock.now(),
        begun_by=actor.id,
    )
    session.add(row)
    session.flush()  # The items refer to it.
    items = [
        {"submission_id": row.id, "position": position, "loan_id": loan.id, "state": "waiting"}
        for position, loan in enumerate(loans, start=1)
    ]
    session.execute(insert(MortgageSubmissionItem), items)
    after = {"bank": bank.name, "loans": len(loans), "submitted_on": submitted_on.isoformat()}
    audit.record(
        session, actor, clock, "mortgages:submit_many", "mortgage_submission", row.id, path=row.path, after=after
    )
    return row


def submission_of(session: Session, actor: Actor, submission_id: str) -> MortgageSubmission:
    """Somebody's own submission. Raises `Missing` for anybody else's."""
    row = session.get(MortgageSubmission, submission_id)
    if row is None or row.begun_by != actor.id:
        raise Missing("mortgage_submission_missing", id=submission_id)
    return row


def stop_submission(session: Session, actor: Actor, clock: Clock, *, submission_id: str) -> None:
    """Submit no further loan; what was submitted stays so."""
    row = submission_of(session, actor, submission_id)
    if LOANS.stop(session, submission_id, clock.now()):
        audit.record(session, actor, clock, "mortgages:stop_many", "mortgage_submission", row.id, path=row.path)


def resume_submission(session: Session, actor: Actor, clock: Clock, *, submission_id: str) -> None:
    """Go on with the loans of a stopped submission that wait."""
    row = submission_of(session, actor, submission_id)
    if LOANS.go_on(session, submission_id):
        audit.record(session, actor, clock, "mortgages:resume_many", "mortgage_submission", row.id, path=row.path)


def loans_in(session: Session, submission_id: str) -> list[MortgageLoan]:
    """The loans of a submission in its order, in one query."""
    query = (
        select(MortgageLoan)
        .join(MortgageSubmissionItem, MortgageSubmissionItem.loan_id == MortgageLoan.id)
        .where(MortgageSubmissionItem.submission_id == submission_id)
    )
    return list(session.scalars(query.order_by(MortgageSubmissionItem.position)))


def list_submissions(session: Session, actor: Actor, *, limit: int = 20) -> list[tuple[MortgageSubmission, str]]:
    """Somebody's latest submissions with their banks' names."""
    query = (
        select(MortgageSubmission, MortgageBank.name)
        .join(MortgageBank, MortgageBank.id == MortgageSubmission.bank_id)
        .where(MortgageSubmission.begun_by == actor.id)
        .order_by(MortgageSubmission.begun_at.desc())
    )
    return [(row[0], str(row[1])) for row in session.execute(query.limit(limit))]
