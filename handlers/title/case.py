"""A title case opens, stands somewhere, begins anew after a change, and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.sale_facts import set_sale_facts
from handlers.shared import days_from_today
from handlers.title.notice import notice_of
from kernel.facts import tell
from ledger.changes.applying import open_order
from ledger.organisation import parameters as p
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.titles import cases, steps
from ledger.titles.facts import TitleClockSet
from ledger.titles.kinds import TitleState
from ledger.titles.models import TitleCase

PROCESS = "title"
OVER = "title.open.sale_over"


@dataclass(frozen=True)
class OpenIn:
    """The sale."""

    sale_id: str


@dataclass(frozen=True)
class OpenOut:
    """The case, and what its tasks say of the sale."""

    case_id: str
    sale_no: str
    project: str
    unit: str
    customer: str


@handler("title.open", errors={OVER}, again=True)
def open_case(data: OpenIn, ctx: Context) -> OpenOut:
    """Open the case; its statutory clock is set when the day is known. Raises `OVER` for a closed sale."""
    if ctx.session.get_one(Sale, data.sale_id).state != "live":
        raise BusinessError(OVER)
    case = cases.open_case(
        ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id, instance_id=ctx.instance_id
    )
    if case.due_on is not None:
        tell(ctx.session, TitleClockSet(case.sale_id, case.id, case.path, due_on=case.due_on))
    sale = set_sale_facts(ctx, data.sale_id)
    return OpenOut(case.id, sale.no, sale.project, sale.unit, sale.customer)


@dataclass(frozen=True)
class CaseIn:
    """The case."""

    case_id: str


@dataclass(frozen=True)
class StandOut:
    """How far it is, whether a change order holds it, what is due when, and what the notice says."""

    registered: bool
    papers_done: bool
    issued: bool
    change_runs: bool
    mortgaged: bool
    returned_reason: str | None
    papers_due_on: str
    step_due_on: str
    notice: dict[str, Any]


@handler("title.stand", again=True)
def stand(data: CaseIn, ctx: Context) -> StandOut:
    """Look where the case stands in the ledger."""
    case = ctx.session.get_one(TitleCase, data.case_id)
    zone = ctx.session.get_one(Project, case.project_id).zone
    today = days_from_today(ctx, 0, zone)
    papers_by = today + timedelta(days=parameter(ctx.session, case.path, p.TITLE_PAPERS_DAYS, today))
    step_by = today + timedelta(days=parameter(ctx.session, case.path, p.TITLE_STEP_DAYS, today))
    return StandOut(
        registered=case.state is not TitleState.MEASURED,
        papers_done=case.state in (TitleState.PAPERS, TitleState.PAID),
        issued=case.state is TitleState.ISSUED,
        change_runs=open_order(ctx.session, case.sale_id) is not None,
        mortgaged=steps.is_mortgaged(ctx.session, case.sale_id),
        returned_reason=case.returned_reason,
        papers_due_on=papers_by.isoformat(),
        step_due_on=step_by.isoformat(),
        notice=notice_of(ctx, case, papers_by, today),
    )


@dataclass(frozen=True)
class AnewOut:
    """Whether the certificate is issued already."""

    issued: bool


@handler("title.begin_anew", again=True)
def begin_anew(data: CaseIn, ctx: Context) -> AnewOut:
    """A change was executed: papers are collected anew, unless the certificate is issued."""
    case = cases.begin_anew(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    return AnewOut(case.state is TitleState.ISSUED)


@dataclass(frozen=True)
class WithdrawIn:
    """The case, if there was one yet, and why it is void."""

    case_id: str | None = None
    reason: str | None = None


@handler("title.withdraw", again=True)
def withdraw(data: WithdrawIn, ctx: Context) -> None:
    """The sale is over: the case is void."""
    if data.case_id is not None:
        act = (ctx.session, ctx.ledger_actor, ctx.clock)
        cases.withdraw_case(*act, case_id=data.case_id, reason=data.reason or "sale_over")


@ending(PROCESS)
def case_over(ended: Ending) -> None:
    """However a case ends, the ledger holds it open no longer."""
    case_id = ended.variables.get("case_id")
    if isinstance(case_id, str):
        act = (ended.session, ended.ledger_actor, ended.clock)
        cases.withdraw_case(*act, case_id=case_id, reason=ended.reason or "ended")
