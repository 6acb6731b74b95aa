"""What is recorded of a loan: application, papers, submission, verdict, supplement, route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.money import collect
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.receivables import current_schedule
from ledger.mortgages import applying, deciding
from ledger.mortgages.kinds import Fault, Route, Verdict
from ledger.mortgages.models import MortgageLoan


@dataclass(frozen=True)
class ApplicationIn:
    """Bank and product, the amount in fen and the months."""

    loan_id: str
    product_id: str
    amount_fen: int
    months: int


@dataclass(frozen=True)
class AmountOut:
    """The amount of the loan in fen."""

    loan_amount_fen: int


@handler("mortgage_loan.record_application")
def record_application(data: ApplicationIn, ctx: Context) -> AmountOut:
    """Choose the bank; its list of papers begins. Raises what the ledger refuses, by field."""
    loan = applying.apply_for(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        product_id=data.product_id,
        amount_fen=data.amount_fen,
        months=data.months,
    )
    ctx.set_facts(amount_fen=loan.amount_fen)
    return AmountOut(loan.amount_fen)


@dataclass(frozen=True)
class PapersIn:
    """The day on which the last paper came."""

    loan_id: str
    complete_on: date


@handler("mortgage_loan.complete_papers")
def complete_papers(data: PapersIn, ctx: Context) -> None:
    """Every paper that must be there is there. Raises `MortgageInvalid` naming what is missing."""
    applying.complete_papers(
        ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id, complete_on=data.complete_on
    )


@dataclass(frozen=True)
class SubmissionIn:
    """The day of submission and the bank's number, if it gave one."""

    loan_id: str
    submitted_on: date
    bank_no: str | None = None


@handler("mortgage_loan.record_submission")
def record_submission(data: SubmissionIn, ctx: Context) -> None:
    """The papers are with the bank."""
    applying.submit(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        submitted_on=data.submitted_on,
        bank_no=data.bank_no or "",
    )


@dataclass(frozen=True)
class VerdictIn:
    """What the bank said. ``approved_fen`` is asked for when it lends less, ``fault`` when it refuses."""

    loan_id: str
    verdict: Verdict
    decided_on: date
    approved_fen: int | None = None
    verdict_reason: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class VerdictOut:
    """full, less or refused by what the plan lends, the gap in fen, and what is lent."""

    outcome: str
    gap_fen: int
    loan_amount_fen: int
    verdict_reason: str


@handler("mortgage_loan.record_verdict")
def record_verdict(data: VerdictIn, ctx: Context) -> VerdictOut:
    """Record the verdict. A loan below the plan's needs a supplement, even if no more was asked for."""
    gap = deciding.record_verdict(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        verdict=data.verdict,
        decided_on=data.decided_on,
        approved_fen=data.approved_fen,
        reason=data.verdict_reason or "",
        fault=data.fault,
    )
    loan = ctx.session.get_one(MortgageLoan, data.loan_id)
    lent = loan.approved_fen or loan.amount_fen
    ctx.set_facts(amount_fen=lent)
    outcome = "refused" if data.verdict is Verdict.REFUSED else "less" if gap > 0 else "full"
    return VerdictOut(outcome, gap, lent, loan.verdict_reason or "")


@dataclass(frozen=True)
class SupplementIn:
    """The day of signing, and the day by which the buyer pays the gap."""

    loan_id: str
    sale_id: str
    supplement_on: date
    gap_due_on: date


@handler("mortgage_loan.record_supplement")
def record_supplement(data: SupplementIn, ctx: Context) -> None:
    """The gap becomes the buyer's line; finance is asked to collect it, and the shorter loan from the bank."""
    deciding.sign_supplement(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        signed_on=data.supplement_on,
        due_on=data.gap_due_on,
    )
    _ask_for_new_lines(ctx, data.sale_id)


def _ask_for_new_lines(ctx: Context, sale_id: str) -> None:
    """A collect to-do for each dated price line that the new schedule has raised."""
    schedule = current_schedule(ctx.session, sale_id)
    query = select(Receivable).where(
        Receivable.raised_in == (schedule.id if schedule else None),
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.state == ReceivableState.PLANNED,
        Receivable.due_on.is_not(None),
    )
    lines = list(ctx.session.scalars(query.order_by(Receivable.sequence)))
    paid = allocated_by_receivable(ctx.session, [line.id for line in lines])
    for line in lines:
        collect(ctx, line, amount_fen=line.amount_fen - paid.get(line.id, 0))


@dataclass(frozen=True)
class RouteIn:
    """What follows the refusal, through whom it failed, and why."""

    loan_id: str
    route: Route
    fault: Fault
    route_reason: str


@handler("mortgage_loan.record_route")
def record_route(data: RouteIn, ctx: Context) -> None:
    """Another bank begins anew; another plan and the end of the sale are changes of the sale."""
    loan = deciding.choose_route(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        loan_id=data.loan_id,
        route=data.route,
        fault=data.fault,
        reason=data.route_reason,
    )
    if data.route is Route.OTHER_BANK:
        deciding.begin_anew(ctx.session, ctx.clock, loan)
