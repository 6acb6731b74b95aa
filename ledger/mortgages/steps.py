"""The steps of a loan: each begins with a day by which it is to be done, and somebody is late after that."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.parties import today_at
from ledger.mortgages.cases import note
from ledger.mortgages.kinds import LATE_THROUGH, BroughtBy, Fault, LoanState, Step
from ledger.mortgages.models import MortgageCase, MortgageLoan, MortgagePaper
from ledger.organisation.parameters import MORTGAGE_DAYS
from ledger.organisation.queries import parameter

MOST_TOLD = 2
"""How often a late step is told: to the mortgage clerk, then to the sales manager."""


def begin_step(session: Session, actor: Actor, clock: Clock, *, loan_id: str, step: Step) -> MortgageLoan:
    """A loan comes to a step; its last day in time follows from the project's parameter of that step.

    A loan that comes back to the step at which it stood before a change keeps its days. Registration counts from
    the day on which it became possible (the 90 days of the pre-notice, DOMAIN §3).
    """
    loan = session.get_one(MortgageLoan, loan_id)
    if loan.step is step and loan.step_due_on is not None:
        return loan
    today = today_at(session, clock, loan.project_id)
    loan.step, loan.step_since, loan.escalated = step, today, 0
    loan.late_on = loan.late_through = None
    if failed_through_buyer(loan):
        loan.late_through = BroughtBy.BUYER.value
    begun = loan.possible_on or today if step is Step.REGISTER else today
    loan.step_due_on = begun + timedelta(days=parameter(session, loan.path, MORTGAGE_DAYS[step], today))
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), f"step_{step}", loan)
    session.flush()
    return loan


def mark_late(session: Session, actor: Actor, clock: Clock, *, loan_id: str, step: Step) -> tuple[int, str] | None:
    """The step's day is over: who is late is noted. Returns how often it was escalated, and who is late.

    None when the loan has left the step meanwhile, or everybody has been told.
    """
    loan = session.get_one(MortgageLoan, loan_id)
    if loan.state is not LoanState.OPEN or loan.step is not step or loan.escalated >= MOST_TOLD:
        return None
    loan.escalated += 1
    loan.late_on = loan.late_on or today_at(session, clock, loan.project_id)
    loan.late_through = late_through(session, loan)
    case = session.get_one(MortgageCase, loan.case_id)
    note(
        session,
        actor,
        clock,
        case,
        "late",
        loan,
        details={"step": f"mortgage_step.{step}", "times": loan.escalated},
    )
    return loan.escalated, loan.late_through


def late_through(session: Session, loan: MortgageLoan) -> str:
    """Through whom a step is late: the buyer while a paper of his is missing, or when the bank refused for him."""
    if failed_through_buyer(loan):
        return BroughtBy.BUYER.value
    if loan.step is not Step.PAPERS:
        return LATE_THROUGH[loan.step]
    missing = {
        paper.brought_by for paper in papers_of(session, loan) if paper.required and paper.received_on is None
    }
    if BroughtBy.BUYER in missing:
        return BroughtBy.BUYER.value
    return BroughtBy.BANK.value if missing == {BroughtBy.BANK} else BroughtBy.DEVELOPER.value


def failed_through_buyer(loan: MortgageLoan) -> bool:
    """Whether approval failed through the buyer: the bank's line is his to answer for (DOMAIN §4, who is late)."""
    return loan.step is Step.ROUTE and loan.fault is Fault.BUYER


def papers_of(session: Session, loan: MortgageLoan) -> list[MortgagePaper]:
    """The papers of a loan's present application in order."""
    query = select(MortgagePaper).where(MortgagePaper.loan_id == loan.id, MortgagePaper.attempt == loan.attempt)
    return list(session.scalars(query.order_by(MortgagePaper.position)))


def days_in_step(loan: MortgageLoan, on: date) -> int:
    """How many days a loan has stood at its step."""
    return (on - loan.step_since).days


def days_late(loan: MortgageLoan, on: date) -> int:
    """How many days a step is late; 0 while it is in time."""
    return max(0, (on - loan.step_due_on).days) if loan.step_due_on else 0
