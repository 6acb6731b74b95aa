"""What the bank says (审批), and what follows: the supplement of a short loan, the route of a refused one."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.parties import today_at
from ledger.mortgages.applying import require_day, require_step
from ledger.mortgages.cases import lent_fen, lock_loan, note
from ledger.mortgages.errors import MortgageInvalid
from ledger.mortgages.facts import LoanRefusedForGood, ShortLoanApproved
from ledger.mortgages.kinds import Fault, Route, Step, Verdict
from ledger.mortgages.models import MortgageCase, MortgageLoan

_LONGEST = 500


def record_verdict(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    loan_id: str,
    verdict: Verdict,
    decided_on: date,
    approved_fen: int | None = None,
    reason: str = "",
    fault: Fault | None = None,
    gap_due_on: date | None = None,
) -> int:
    """The bank lends all, less, or nothing. Returns the gap to what the plan lends, in fen.

    Less needs the amount, less than applied for, in the steps of loans; a gap the day by which the buyer pays it
    (``gap_due_on``); a refusal its reason and through whom. Raises `MortgageInvalid` by field.
    """
    loan = lock_loan(session, actor, loan_id, Step.VERDICT)
    require_day(session, clock, loan, decided_on, "decided_on", loan.submitted_on)
    planned, _ = lent_fen(session, loan.sale_id)[loan.kind]
    approved: int | None = loan.amount_fen
    if verdict is Verdict.LESS:
        if approved_fen is None:
            raise MortgageInvalid("required", field="approved_fen")
        require_step(session, clock, loan, approved_fen, "approved_fen")
        if approved_fen >= loan.amount_fen:
            raise MortgageInvalid("mortgage_not_less", field="approved_fen", amount_fen=loan.amount_fen)
        approved = approved_fen
    elif verdict is Verdict.REFUSED:
        approved = None
        if not reason.strip():
            raise MortgageInvalid("required", field="verdict_reason")
        if fault is None:
            raise MortgageInvalid("required", field="fault")
    gap = planned - (approved or 0)
    if approved is not None and gap > 0:
        _require_gap_day(session, clock, loan, gap_due_on)
    loan.verdict, loan.decided_on, loan.approved_fen = verdict, decided_on, approved
    loan.verdict_reason = reason.strip()[:_LONGEST] or None
    loan.fault = fault if verdict is not Verdict.FULL else None
    details = {
        "verdict": f"mortgage_verdict.{verdict}",
        "decided_on": decided_on,
        "approved_fen": approved,
        "fault": f"mortgage_fault.{loan.fault}" if loan.fault else None,
        "remark": loan.verdict_reason,
    }
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), "decided", loan, details=details)
    session.flush()
    return gap


def _require_gap_day(session: Session, clock: Clock, loan: MortgageLoan, due_on: date | None) -> None:
    today = today_at(session, clock, loan.project_id)
    if due_on is None:
        raise MortgageInvalid("required", field="gap_due_on")
    if due_on < today:
        raise MortgageInvalid("mortgage_gap_day", field="gap_due_on", earliest=today.isoformat())


def ask_supplement(session: Session, actor: Actor, clock: Clock, *, loan_id: str, due_on: date) -> None:
    """The gap is to become the buyer's own line by a supplement (DOMAIN §4): that change of the sale is asked for.

    Approved and signed, it reaches the case as a change that was executed.
    """
    loan = lock_loan(session, actor, loan_id, Step.SHORT)
    assert loan.approved_fen is not None  # noqa: S101 - a short loan was approved for less
    reason = loan.verdict_reason or "—"
    tell(
        session,
        ShortLoanApproved(
            loan.sale_id, loan.id, loan.kind.value, loan.approved_fen, due_on.isoformat(), reason, loan.path
        ),
    )
    details = {"approved_fen": loan.approved_fen, "due_on": due_on}
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), "supplement", loan, details=details)


def choose_route(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, route: Route, fault: Fault, reason: str
) -> MortgageLoan:
    """What follows a refusal (DOMAIN §4). A cancellation is told with the fault, which decides who gets what."""
    loan = lock_loan(session, actor, loan_id, Step.ROUTE)
    if not reason.strip():
        raise MortgageInvalid("required", field="route_reason")
    loan.route, loan.fault = route, fault
    loan.late_through = "buyer" if fault is Fault.BUYER else None
    if route is not Route.CANCEL:
        loan.approved_fen = None
    details = {
        "route": f"mortgage_route.{route}",
        "fault": f"mortgage_fault.{fault}",
        "remark": reason.strip()[:_LONGEST],
    }
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), "routed", loan, details=details)
    if route is Route.CANCEL:
        tell(session, LoanRefusedForGood(loan.sale_id, loan.id, fault.value, reason.strip()[:_LONGEST], loan.path))
    return loan


def begin_anew(session: Session, clock: Clock, loan: MortgageLoan) -> None:
    """Another bank is to be asked: the loan stands before its application again, for all that the plan lends."""
    planned, _ = lent_fen(session, loan.sale_id)[loan.kind]
    loan.amount_fen, loan.approved_fen = planned, None
    loan.step, loan.step_since = Step.APPLY, today_at(session, clock, loan.project_id)
    loan.step_due_on = loan.late_on = None
    session.flush()
