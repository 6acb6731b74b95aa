"""The case of a sale: opened with its loans, waiting while a change runs, closed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, Ending, Missing, ending, handler
from handlers.mortgage import seen
from handlers.sale_facts import set_sale_facts
from ledger.mortgages import cases
from ledger.mortgages.errors import CaseOpen
from ledger.mortgages.models import MortgageCase
from ledger.organisation.models import Project
from ledger.progress.kinds import Family
from ledger.progress.operations import stop_steps
from ledger.sales.models import Sale

PROCESS = "mortgage"


@dataclass(frozen=True)
class OpenIn:
    """The signed sale."""

    sale_id: str


@dataclass(frozen=True)
class OpenOut:
    """The case with its loans, and what its tasks say of the sale."""

    case_id: str
    loan_ids: list[str]
    sale_no: str
    project: str
    unit: str
    customer: str
    path: str
    zone: str


@handler("mortgage.open", again=True)
def open_case(data: OpenIn, ctx: Context) -> OpenOut:
    """Open the case. Raises `NoLoanInPlan`, and `CaseOpen` when another case has the sale already."""
    sale = ctx.session.get(Sale, data.sale_id)
    if sale is None or not sale.path.startswith(ctx.scope):
        raise Missing("sale_missing", field="sale_id", id=data.sale_id)
    case = cases.open_case(ctx.session, ctx.ledger_actor, ctx.clock, sale_id=sale.id, instance_id=ctx.instance_id)
    if case.instance_id != ctx.instance_id:
        raise CaseOpen(field="sale_id", no=sale.no)
    project = ctx.session.get_one(Project, sale.project_id)
    facts = set_sale_facts(ctx, sale.id)
    return OpenOut(
        case_id=case.id,
        loan_ids=[loan.id for loan in cases.open_loans(ctx.session, case.id)],
        sale_no=sale.no,
        project=facts.project,
        unit=facts.unit,
        customer=facts.customer,
        path=sale.path,
        zone=project.zone,
    )


@dataclass(frozen=True)
class HoldIn:
    """The case and the kind of change that runs."""

    case_id: str
    change_kind: str | None = None


@handler("mortgage.hold", again=True)
def hold(data: HoldIn, ctx: Context) -> None:
    """The loans wait for a change order of the sale."""
    kind = data.change_kind or "change"
    cases.hold_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, kind=kind)


@dataclass(frozen=True)
class RefreshIn:
    """The case, and whether the change was executed."""

    case_id: str
    changed: bool


@dataclass(frozen=True)
class RefreshOut:
    """The loans that go on; the buyers may be others now."""

    loan_ids: list[str]
    customer: str


@handler("mortgage.refresh", again=True)
def refresh(data: RefreshIn, ctx: Context) -> RefreshOut:
    """Read price, buyers and plan again; loans follow the plan as it is now."""
    before = cases.open_loans(ctx.session, data.case_id)
    ids = cases.refresh_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, changed=data.changed)
    for loan in before:
        if loan.id not in ids:
            seen.ended(ctx, loan)
    sale_id = ctx.session.get_one(MortgageCase, data.case_id).sale_id
    return RefreshOut(ids, set_sale_facts(ctx, sale_id).customer)


@dataclass(frozen=True)
class CloseIn:
    """The case and why it is closed."""

    case_id: str
    reason: str


@handler("mortgage.close", again=True)
def close(data: CloseIn, ctx: Context) -> None:
    """Close the case; a loan that is still open is taken back from its bank.

    A case whose plan lends nothing any more because the sale was closed says so.
    """
    case = ctx.session.get_one(MortgageCase, data.case_id)
    closed = ctx.session.get_one(Sale, case.sale_id).state == "closed"
    reason = "sale_over" if closed and data.reason == "plan_changed" else data.reason
    for loan in cases.open_loans(ctx.session, data.case_id):
        seen.ended(ctx, loan)
    cases.close_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, reason=reason)


@ending(PROCESS)
def case_over(ended: Ending) -> None:
    """However a case ends, the ledger holds it open no longer."""
    case_id = ended.variables.get("case_id")
    if isinstance(case_id, str):
        sale_id = ended.session.get_one(MortgageCase, case_id).sale_id
        stop_steps(ended.session, ended.ledger_actor, ended.clock, sale_id=sale_id, family=Family.MORTGAGE)
        cases.close_case(ended.session, ended.ledger_actor, ended.clock, case_id=case_id, reason="ended")
