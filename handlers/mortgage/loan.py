"""What is recorded of a loan: application, papers, submission, verdict, supplement, route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.api import Context, handler
from handlers.making_papers import order
from handlers.mortgage.step import turns_of_being_late
from ledger.finance.parties import today_at
from ledger.mortgages import applying, deciding
from ledger.mortgages.kinds import BroughtBy, Fault, Route, Step, Verdict
from ledger.mortgages.models import MortgageBank, MortgageLoan
from ledger.mortgages.steps import papers_of
from ledger.organisation.parameters import LANGUAGE, MORTGAGE_DAYS
from ledger.organisation.queries import parameter


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
    _give_list(ctx, loan)
    return AmountOut(loan.amount_fen)


def _give_list(ctx: Context, loan: MortgageLoan) -> None:
    """The buyer gets the bank's list of papers as a paper (按揭资料清单)."""
    today = today_at(ctx.session, ctx.clock, loan.project_id)
    language = "en" if parameter(ctx.session, loan.path, LANGUAGE, today) == "en" else "zh"
    within = timedelta(days=parameter(ctx.session, loan.path, MORTGAGE_DAYS[Step.PAPERS], today))
    bank = ctx.session.get_one(MortgageBank, loan.bank_id)
    mine = [paper for paper in papers_of(ctx.session, loan) if paper.brought_by is BroughtBy.BUYER]
    extra = {
        "bank": bank.name,
        "loan": loan.amount_fen,
        "months": loan.months,
        "deadline_on": (today + within).isoformat(),
        "paper": [{"name": paper.labels[language]} for paper in mine],
    }
    key = f"mortgage_list:{loan.id}:{loan.attempt}"
    order(ctx, kind="mortgage_list", sale_id=loan.sale_id, key=key, subject_id=loan.id, extra=extra)


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
    gap_due_on: date | None = None


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
        gap_due_on=data.gap_due_on,
    )
    loan = ctx.session.get_one(MortgageLoan, data.loan_id)
    lent = loan.approved_fen or loan.amount_fen
    ctx.set_facts(amount_fen=lent)
    outcome = "refused" if data.verdict is Verdict.REFUSED else "less" if gap > 0 else "full"
    return VerdictOut(outcome, gap, lent, loan.verdict_reason or "")


@dataclass(frozen=True)
class SupplementIn:
    """The short loan, and the day by which the buyer pays the gap."""

    loan_id: str
    gap_due_on: date


@handler("mortgage_loan.ask_supplement", again=True)
def ask_supplement(data: SupplementIn, ctx: Context) -> None:
    """Ask for the change of the sale that makes the gap the buyer's; the case waits for it."""
    deciding.ask_supplement(ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id, due_on=data.gap_due_on)


@dataclass(frozen=True)
class RouteIn:
    """What follows the refusal, through whom it failed, and why."""

    loan_id: str
    route: Route
    fault: Fault
    route_reason: str


@dataclass(frozen=True)
class RouteOut:
    """The turns of being late that are left while what was chosen is seen through."""

    step_late_cycle: str | None


@handler("mortgage_loan.record_route")
def record_route(data: RouteIn, ctx: Context) -> RouteOut:
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
    due_on = loan.step_due_on
    return RouteOut(
        turns_of_being_late(ctx, loan.project_id, due_on, told=loan.escalated) if due_on is not None else None
    )
