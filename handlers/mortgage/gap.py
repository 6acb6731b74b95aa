"""The days of a supplement: the loan waits for it at a step of its own; once they are over, somebody is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.api import Context, handler
from handlers.mortgage.step import say_who_is_late, turns_of_being_late
from ledger.finance.parties import today_at
from ledger.mortgages import cases
from ledger.mortgages.kinds import LoanKind, Step
from ledger.mortgages.models import MortgageLoan
from ledger.organisation.parameters import MORTGAGE_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale


@dataclass(frozen=True)
class GapIn:
    """The sale and the kind of its loan that came out short."""

    sale_id: str
    loan: str


@dataclass(frozen=True)
class WatchOut:
    """The turns of being late, from the first instant after the last day in time (UTC)."""

    gap_late_cycle: str


@handler("mortgage_loan.watch_gap", again=True)
def watch_gap(data: GapIn, ctx: Context) -> WatchOut:
    """Until when the supplement is in time: the last day of the loan that waits, else the days of its step."""
    sale = ctx.session.get_one(Sale, data.sale_id)
    today = today_at(ctx.session, ctx.clock, sale.project_id)
    loan = _short_loan(data, ctx)
    due_on = loan.step_due_on if loan else None
    if due_on is None:
        due_on = today + timedelta(days=parameter(ctx.session, sale.path, MORTGAGE_DAYS[Step.SHORT], today))
    told = loan.escalated if loan else 0
    return WatchOut(turns_of_being_late(ctx, sale.project_id, due_on, told=told))


@handler("mortgage_loan.tell_gap_late", again=True)
def tell_gap_late(data: GapIn, ctx: Context) -> None:
    """The supplement is late: whoever answers for the mortgage hears of it. Without a loan that waits, nobody."""
    loan = _short_loan(data, ctx)
    if loan is not None:
        say_who_is_late(ctx, loan.id, Step.SHORT)


def _short_loan(data: GapIn, ctx: Context) -> MortgageLoan | None:
    case = cases.open_case_of(ctx.session, data.sale_id)
    loans = cases.open_loans(ctx.session, case.id) if case else []
    return next((one for one in loans if one.kind is LoanKind(data.loan) and one.step is Step.SHORT), None)
