"""What the buyer sees of a loan: which of its steps are steps of his, begun, late, ended (F5)."""

from __future__ import annotations

from datetime import date

from engine.api import Context
from ledger.mortgages.kinds import LoanKind, Step
from ledger.mortgages.models import MortgageLoan
from ledger.progress.kinds import Family, Outcome, known_labels
from ledger.progress.operations import begin_step, delay_step, end_step

_SEEN = {
    Step.PAPERS: "papers",
    Step.SUBMIT: "submitted",
    Step.VERDICT: "verdict",
    Step.SIGN: "loan_contract",
    Step.PRENOTICE: "pre_notice",
    Step.FUNDING: "funding",
    Step.REGISTER: "registration",
}
_ROLE = "mortgage_clerk"
_OF_FUND = ("Housing fund: ", "公积金：")


def begun(ctx: Context, loan: MortgageLoan, due_on: date | None, clerk_id: str | None) -> None:
    """A loan has come to a step: what came before it is done, or stopped where the loan went back."""
    ended(ctx, loan, until=loan.step)
    code = _SEEN.get(loan.step)
    if code is None:
        return
    known = known_labels(Family.MORTGAGE, code) or {}
    begin_step(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=loan.sale_id,
        family=Family.MORTGAGE,
        step=_code(loan, code),
        owner_role=_ROLE,
        key=f"{ctx.idempotency_key}:{code}",
        due_on=due_on,
        clerk_id=clerk_id,
        instance_id=ctx.instance_id,
        labels={"en": _OF_FUND[0] + known.get("en", ""), "zh": _OF_FUND[1] + known.get("zh", "")},
    )


def late(ctx: Context, loan: MortgageLoan) -> None:
    """The step is late: the buyer is told once."""
    code = _SEEN.get(loan.step)
    if code is not None:
        act = (ctx.session, ctx.ledger_actor, ctx.clock)
        delay_step(*act, sale_id=loan.sale_id, family=Family.MORTGAGE, step=_code(loan, code))


def ended(ctx: Context, loan: MortgageLoan, *, until: Step | None = None) -> None:
    """End the steps of a loan that are open, but ``until``; those before it are done, those after it stopped.

    Without ``until`` the loan is over: registered, all are done; withdrawn, all are stopped.
    """
    order = list(Step)
    for step, code in _SEEN.items():
        if step is until:
            continue
        is_done = order.index(step) < order.index(until) if until else loan.registered_on is not None
        end_step(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            sale_id=loan.sale_id,
            family=Family.MORTGAGE,
            step=_code(loan, code),
            outcome=Outcome.DONE if is_done else Outcome.STOPPED,
        )


def _code(loan: MortgageLoan, code: str) -> str:
    """A fund loan beside a commercial one has steps of its own."""
    return f"{code}_fund" if loan.kind is LoanKind.FUND else code
