"""Opening, holding and closing the mortgage case of a sale, and reading its plan anew after a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.kinds import ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.parties import lock_sale_row, today_at
from ledger.locking import locked
from ledger.mortgages.errors import LoanMissing, LoanNotReady, NoLoanInPlan
from ledger.mortgages.kinds import RECEIVABLE_OF, LoanKind, LoanState, Step
from ledger.mortgages.models import MortgageCase, MortgageEvent, MortgageLoan
from ledger.sales.models import Sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_KIND_OF = {receivable: kind for kind, receivable in RECEIVABLE_OF.items()}


def loan_lines(session: Session, sale_id: str) -> dict[LoanKind, list[Receivable]]:
    """The live loan and fund lines of a sale's plan, paid or not, in order."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind.in_(list(_KIND_OF)),
        Receivable.state == ReceivableState.PLANNED,
    )
    found: dict[LoanKind, list[Receivable]] = defaultdict(list)
    for line in session.scalars(query.order_by(Receivable.sequence)):
        found[_KIND_OF[line.kind]].append(line)
    return found


def lent_fen(session: Session, sale_id: str) -> dict[LoanKind, tuple[int, int]]:
    """For each loan of a sale's plan: fen that are planned, and fen of them that are open."""
    lines = loan_lines(session, sale_id)
    paid = allocated_by_receivable(session, [line.id for some in lines.values() for line in some])
    return {
        kind: (
            sum(line.amount_fen for line in some),
            sum(line.amount_fen - paid.get(line.id, 0) for line in some),
        )
        for kind, some in lines.items()
    }


def open_case(session: Session, actor: Actor, clock: Clock, *, sale_id: str, instance_id: str) -> MortgageCase:
    """Open the case of a signed sale with a loan for each kind in its plan; one that is open is returned.

    Raises `NoLoanInPlan` when nothing of the plan is still to be lent.
    """
    lock_sale_row(session, sale_id)
    found = open_case_of(session, sale_id)
    if found is not None:
        return found
    sale = session.get_one(Sale, sale_id)
    wanted = {kind: planned for kind, (planned, left) in lent_fen(session, sale_id).items() if left > 0}
    if not wanted or sale.state != "live":
        raise NoLoanInPlan(field="sale_id", no=sale.no)
    case = MortgageCase(
        sale_id=sale.id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        instance_id=instance_id,
        opened_at=clock.now(),
    )
    session.add(case)
    session.flush()  # Its loans refer to the id, and the unique open case must speak now.
    for kind, fen in wanted.items():
        _add_loan(session, clock, case, kind, fen)
    session.flush()
    note(session, actor, clock, case, "opened")
    return case


def _add_loan(session: Session, clock: Clock, case: MortgageCase, kind: LoanKind, fen: int) -> None:
    session.add(
        MortgageLoan(
            case_id=case.id,
            sale_id=case.sale_id,
            project_id=case.project_id,
            path=case.path,
            kind=kind,
            amount_fen=fen,
            step=Step.APPLY,
            step_since=today_at(session, clock, case.project_id),
        )
    )


def open_case_of(session: Session, sale_id: str) -> MortgageCase | None:
    """The open case of a sale, if there is one."""
    query = select(MortgageCase).where(MortgageCase.sale_id == sale_id, MortgageCase.state == "open")
    return session.scalars(query).one_or_none()


def open_loans(session: Session, case_id: str) -> list[MortgageLoan]:
    """The open loans of a case, the commercial one first."""
    query = select(MortgageLoan).where(MortgageLoan.case_id == case_id, MortgageLoan.state == LoanState.OPEN)
    return sorted(session.scalars(query), key=lambda loan: list(LoanKind).index(loan.kind))


def hold_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, kind: str) -> None:
    """A change order of the sale runs: its loans wait."""
    case = session.get_one(MortgageCase, case_id)
    case.waits_for = kind
    note(session, actor, clock, case, "waits", details={"kind": kind})


def refresh_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, changed: bool) -> list[str]:
    """The change is over: loans go on; when it was executed, they follow the plan as it is now.

    A loan that left the plan is withdrawn, one of another amount is applied for anew, a new one is added. Returns
    the ids of the loans that go on; none when the sale is closed or nothing is lent any more.
    """
    case = session.get_one(MortgageCase, case_id)
    case.waits_for = None
    if changed:
        _follow_plan(session, actor, clock, case)
        note(session, actor, clock, case, "plan_read")
    for loan in open_loans(session, case.id):
        if loan.step is Step.SHORT:
            # The supplement came to nothing: what follows a refusal is open.
            _stand_at(session, clock, loan, Step.ROUTE)
        elif loan.state is LoanState.OPEN and _is_undone(session, loan):
            # A cancellation came to nothing after contract and pre-notice were withdrawn for it.
            loan.signed_on = loan.prenotice_on = loan.funded_on = loan.possible_on = None
            _apply_anew(session, actor, clock, case, loan, loan.approved_fen or loan.amount_fen)
    return [loan.id for loan in open_loans(session, case.id)]


def _follow_plan(session: Session, actor: Actor, clock: Clock, case: MortgageCase) -> None:
    sale = session.get_one(Sale, case.sale_id)
    planned = lent_fen(session, case.sale_id) if sale.state == "live" else {}
    standing = open_loans(session, case.id)
    for loan in standing:
        fen, left = planned.pop(loan.kind, (0, 0))
        if loan.funded_on is not None:
            continue
        if left <= 0:
            withdraw_loan(session, actor, clock, loan, "plan_changed" if sale.state == "live" else "sale_over")
        elif fen != (loan.approved_fen or loan.amount_fen):
            _apply_anew(session, actor, clock, case, loan, fen)
        elif loan.step is Step.SHORT:
            loan.supplement_on = today_at(session, clock, loan.project_id)
            _stand_at(session, clock, loan, Step.SIGN)
    for kind, (fen, left) in planned.items():
        if left > 0:
            _add_loan(session, clock, case, kind, fen)
    session.flush()  # The loans that go on are read from the database.


def _is_undone(session: Session, loan: MortgageLoan) -> bool:
    query = select(MortgageEvent.details).where(MortgageEvent.loan_id == loan.id, MortgageEvent.kind == "undone")
    return any(details.get("attempt") == loan.attempt for details in session.scalars(query))


def _apply_anew(
    session: Session, actor: Actor, clock: Clock, case: MortgageCase, loan: MortgageLoan, fen: int
) -> None:
    before = loan.approved_fen or loan.amount_fen
    loan.approved_fen, loan.amount_fen = None, fen
    loan.verdict = loan.route = loan.fault = loan.verdict_reason = None
    _stand_at(session, clock, loan, Step.APPLY)
    note(session, actor, clock, case, "applied_anew", loan, details={"before_fen": before, "after_fen": fen})


def _stand_at(session: Session, clock: Clock, loan: MortgageLoan, step: Step) -> None:
    """Put a loan at a step that is yet to begin."""
    loan.step, loan.step_since = step, today_at(session, clock, loan.project_id)
    loan.step_due_on = loan.late_on = loan.late_through = None


def withdraw_loan(session: Session, actor: Actor, clock: Clock, loan: MortgageLoan, reason: str) -> None:
    """The loan is not needed any more; what the bank holds of it is taken back."""
    if loan.state is not LoanState.OPEN:
        return
    loan.state, loan.ended_because, loan.late_through = LoanState.WITHDRAWN, reason, None
    case = session.get_one(MortgageCase, loan.case_id)
    note(session, actor, clock, case, "withdrawn", loan, details={"reason": f"mortgage_ended.{reason}"})


def close_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, reason: str) -> None:
    """Close a case (``registered``, ``plan_changed``, ``sale_over``, ``ended``); its open loans are withdrawn."""
    case = session.get_one(MortgageCase, case_id)
    if case.state == "closed":
        return
    for loan in open_loans(session, case.id):
        withdraw_loan(session, actor, clock, loan, reason)
    case.state, case.closed_at, case.close_reason, case.waits_for = "closed", clock.now(), reason, None
    note(session, actor, clock, case, "closed", details={"reason": f"mortgage_ended.{reason}"})


def lock_loan(session: Session, actor: Actor, loan_id: str, *steps: Step) -> MortgageLoan:
    """An open loan that the actor may work on, at one of some steps, locked.

    Raises `LoanMissing`, `NotAllowed`, `LoanNotReady`.
    """
    query = scoped(actor, MortgageLoan, Permission.SALES_VIEW).where(MortgageLoan.id == loan_id)
    loan = session.scalars(locked(query, MortgageLoan)).one_or_none()
    if loan is None:
        raise LoanMissing(id=loan_id)
    actor.require(Permission.MORTGAGES_WORK, loan.path)
    if loan.state is not LoanState.OPEN or (steps and loan.step not in steps):
        step = f"mortgage_step.{loan.step}" if loan.state is LoanState.OPEN else f"mortgage_state.{loan.state}"
        raise LoanNotReady(step=step)
    return loan


def note(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: MortgageCase,
    kind: str,
    loan: MortgageLoan | None = None,
    *,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append to the story of a case and to the audit."""
    on: date = today_at(session, clock, case.project_id)
    kept = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in (details or {}).items()
    }
    session.add(
        MortgageEvent(
            case_id=case.id,
            loan_id=loan.id if loan else None,
            kind=kind,
            details=kept,
            on_date=on,
            at=clock.now(),
            by=actor.id,
        )
    )
    subject = ("mortgage_loan", loan.id) if loan else ("mortgage_case", case.id)
    audit.record(session, actor, clock, f"mortgages:{kind}", *subject, path=case.path, after=kept)


def take_over(session: Session, actor: Actor, clock: Clock, *, case_id: str, clerk_id: str) -> None:
    """Somebody else works on the case from now on. Raises `LoanMissing`, `NotAllowed`."""
    query = scoped(actor, MortgageCase, Permission.SALES_VIEW).where(MortgageCase.id == case_id)
    case = session.scalars(locked(query, MortgageCase)).one_or_none()
    if case is None:
        raise LoanMissing("mortgage_case_missing", id=case_id)
    actor.require(Permission.MORTGAGES_WORK, case.path)
    if case.clerk_id != clerk_id:
        case.clerk_id = clerk_id
        note(session, actor, clock, case, "taken_over", details={"clerk_id": clerk_id})
