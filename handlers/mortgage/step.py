"""A loan comes to a step: its last day, who is late once it is over, and what the buyer sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

from engine.api import Context, handler
from handlers.mortgage import seen
from handlers.shared import end_of_day, instant_text
from handlers.telling import tell_person, tell_staff
from ledger.finance.sale_labels import label_sales
from ledger.mortgages import cases, concluding, steps
from ledger.mortgages.kinds import Step
from ledger.mortgages.models import MortgageBank, MortgageCase, MortgageLoan
from ledger.organisation.models import Project
from ledger.organisation.parameters import MORTGAGE_ESCALATE_DAYS
from ledger.organisation.queries import parameter


@dataclass(frozen=True)
class LoadIn:
    """The loan."""

    loan_id: str


@dataclass(frozen=True)
class LoadOut:
    """Where it stands, and what earlier steps have brought; so that it can go on after a change. Money is fen."""

    step: str
    loan_amount_fen: int
    outcome: str
    gap_fen: int
    verdict_reason: str
    route: str | None = None


@handler("mortgage_loan.load", again=True)
def load(data: LoadIn, ctx: Context) -> LoadOut:
    """Read the loan as the ledger has it."""
    loan = ctx.session.get_one(MortgageLoan, data.loan_id, populate_existing=True)
    planned, _ = cases.lent_fen(ctx.session, loan.sale_id).get(loan.kind, (0, 0))
    return LoadOut(
        step=loan.step.value,
        loan_amount_fen=loan.approved_fen or loan.amount_fen,
        outcome="refused" if loan.step in (Step.SHORT, Step.ROUTE) else "full",
        gap_fen=max(0, planned - (loan.approved_fen or 0)),
        verdict_reason=loan.verdict_reason or "",
    )


@dataclass(frozen=True)
class StepIn:
    """The loan and the step's code."""

    loan_id: str
    step: str


@dataclass(frozen=True)
class BeginOut:
    """The last day in time; the instant after it (UTC), and the turns of being late from then on.

    ``funded`` says whether the bank's money is there already, ``possible_on`` since when the mortgage can be
    registered, if that is known.
    """

    step: str
    step_due_on: str
    step_late_at: str
    step_late_cycle: str
    funded: bool
    possible_on: str | None = None


@handler("mortgage_loan.begin_step", again=True)
def begin_step(data: StepIn, ctx: Context) -> BeginOut:
    """Begin the step; the case's page, the board and the buyer see it."""
    step = Step(data.step)
    loan = steps.begin_step(ctx.session, ctx.ledger_actor, ctx.clock, loan_id=data.loan_id, step=step)
    assert loan.step_due_on is not None  # noqa: S101 - the step has begun
    clerk = ctx.session.get_one(MortgageCase, loan.case_id).clerk_id
    seen.begun(ctx, loan, loan.step_due_on, clerk)
    zone = ctx.session.get_one(Project, loan.project_id).zone
    possible_on = concluding.possible_since(ctx.session, loan)
    return BeginOut(
        step=step.value,
        step_due_on=loan.step_due_on.isoformat(),
        step_late_at=instant_text(end_of_day(loan.step_due_on, zone)),
        step_late_cycle=turns_of_being_late(ctx, loan.project_id, loan.step_due_on, told=loan.escalated),
        funded=concluding.is_paid_out(ctx.session, loan),
        possible_on=possible_on.isoformat() if possible_on else None,
    )


def turns_of_being_late(ctx: Context, project_id: str, due_on: date, *, told: int) -> str:
    """The turns in which a late step is told: when its last day is over, then after the days of the parameter.

    A step that goes on after a change keeps its days: whoever was told of it before is not told again.
    """
    project = ctx.session.get_one(Project, project_id)
    late_at, told = end_of_day(due_on, project.zone), min(told, steps.MOST_TOLD - 1)
    begun_on = late_at.astimezone(UTC).date()
    days = max(1, parameter(ctx.session, project.path, MORTGAGE_ESCALATE_DAYS, begun_on))
    return f"R{steps.MOST_TOLD - told}/{instant_text(late_at + timedelta(days=told * days))}/P{days}D"


@handler("mortgage_loan.tell_late", again=True)
def tell_late(data: StepIn, ctx: Context) -> None:
    """The step is late: the mortgage clerk hears of it first, after the parameter's days his manager too."""
    say_who_is_late(ctx, data.loan_id, Step(data.step))


def say_who_is_late(ctx: Context, loan_id: str, step: Step) -> None:
    """Note that a loan's step is late and tell whoever is to hear of it at this turn."""
    late = steps.mark_late(ctx.session, ctx.ledger_actor, ctx.clock, loan_id=loan_id, step=step)
    if late is None:
        return
    times, through = late
    loan = ctx.session.get_one(MortgageLoan, loan_id)
    seen.late(ctx, loan)
    words = {**words_of(ctx, loan), "due_on": loan.step_due_on.isoformat() if loan.step_due_on else ""}
    template = f"mortgage_late_{through}"
    clerk = ctx.session.get_one(MortgageCase, loan.case_id).clerk_id
    if times > 1:
        tell_staff(ctx, template, "sales_manager", loan.path, words, part=f"{step}:{times}")
    elif clerk is not None:
        tell_person(ctx, template, clerk, loan.path, words)
    else:
        tell_staff(ctx, template, "mortgage_clerk", loan.path, words, part=f"{step}:{times}")


def words_of(ctx: Context, loan: MortgageLoan) -> dict[str, object]:
    """What messages say of a loan."""
    label = label_sales(ctx.session, [loan.sale_id])[loan.sale_id]
    bank = ctx.session.get_one(MortgageBank, loan.bank_id).name if loan.bank_id else "—"
    return {"unit": label.unit_label, "number": label.no, "bank": bank, "project": label.project_name}
