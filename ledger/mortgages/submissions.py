"""Papers of several loans taken to one bank in one go (批量送审): written down, then done loan by loan."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update
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

MOST = 200


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


def turn(session: Session, actor: Actor, submission_id: str, old: str, new: str) -> None:
    """Stop a submission, let a stopped one go on, or end it."""
    row = submission_of(session, actor, submission_id)
    if row.state == old:
        row.state = new


def items_of(session: Session, submission_id: str) -> list[MortgageSubmissionItem]:
    """Its loans in order."""
    query = select(MortgageSubmissionItem).where(MortgageSubmissionItem.submission_id == submission_id)
    return list(session.scalars(query.order_by(MortgageSubmissionItem.position)))


def loans_in(session: Session, submission_id: str) -> list[MortgageLoan]:
    """The loans of a submission in its order, in one query."""
    query = (
        select(MortgageLoan)
        .join(MortgageSubmissionItem, MortgageSubmissionItem.loan_id == MortgageLoan.id)
        .where(MortgageSubmissionItem.submission_id == submission_id)
    )
    return list(session.scalars(query.order_by(MortgageSubmissionItem.position)))


def next_item(session: Session, submission_id: str) -> MortgageSubmissionItem | None:
    """The next loan that waits."""
    query = select(MortgageSubmissionItem).where(
        MortgageSubmissionItem.submission_id == submission_id, MortgageSubmissionItem.state == "waiting"
    )
    return session.scalars(query.order_by(MortgageSubmissionItem.position).limit(1)).first()


def note_item(session: Session, submission_id: str, position: int, state: str, code: str | None = None) -> None:
    """What came of a loan, unless another has noted it."""
    session.execute(
        update(MortgageSubmissionItem)
        .where(
            MortgageSubmissionItem.submission_id == submission_id,
            MortgageSubmissionItem.position == position,
            MortgageSubmissionItem.state == "waiting",
        )
        .values(state=state, code=code)
    )


def counts(session: Session, submission_id: str) -> dict[str, int]:
    """How many loans wait, are done, were refused."""
    query = select(MortgageSubmissionItem.state, func.count()).where(
        MortgageSubmissionItem.submission_id == submission_id
    )
    found = {str(row[0]): int(row[1]) for row in session.execute(query.group_by(MortgageSubmissionItem.state))}
    return {"waiting": 0, "done": 0, "refused": 0} | found


def list_submissions(session: Session, actor: Actor, *, limit: int = 20) -> list[tuple[MortgageSubmission, str]]:
    """Somebody's latest submissions with their banks' names."""
    query = (
        select(MortgageSubmission, MortgageBank.name)
        .join(MortgageBank, MortgageBank.id == MortgageSubmission.bank_id)
        .where(MortgageSubmission.begun_by == actor.id)
        .order_by(MortgageSubmission.begun_at.desc())
    )
    return [(row[0], str(row[1])) for row in session.execute(query.limit(limit))]
