"""The statutory day of a title case: it comes near, it is over, it is another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.api import Context, handler
from handlers.shared import end_of_day, instant_text
from handlers.subscriptions import engine_of_system
from handlers.telling import tell_staff
from handlers.title.case import CaseIn
from kernel.clock import start_of_day
from kernel.facts import Telling, on
from ledger.finance.sale_labels import label_sales
from ledger.handover.facts import HomeHandedOver
from ledger.organisation import parameters as p
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.titles import cases
from ledger.titles.facts import TitleClockSet
from ledger.titles.kinds import TitleState
from ledger.titles.liability import compensate_late_title
from ledger.titles.models import TitleCase

_STEP_OF = {
    TitleState.MEASURED: "first_registration",
    TitleState.REGISTERED: "papers",
    TitleState.PAPERS: "tax_and_fund",
    TitleState.PAID: "submitted",
    TitleState.SUBMITTED: "certificate",
    TitleState.ISSUED: "hand_out",
}


@dataclass(frozen=True)
class ClockOut:
    """Whether it is late now, and the step at which it stands."""

    is_late: bool
    step: str


@handler("title.warn", again=True)
def warn(data: CaseIn, ctx: Context) -> None:
    """The statutory day comes near: those who work on certificates are told."""
    case = ctx.session.get_one(TitleCase, data.case_id)
    if case.state in _STEP_OF and case.due_on is not None:
        _tell_clerks(ctx, "title_near", case)


@handler("title.look_at_clock", again=True)
def look_at_clock(data: CaseIn, ctx: Context) -> ClockOut:
    """The statutory day is over: it is noted and told, unless a later day holds by now."""
    late = cases.note_late(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    case = ctx.session.get_one(TitleCase, data.case_id)
    if late:
        _tell_clerks(ctx, "title_late", case)
    return ClockOut(late, _STEP_OF.get(case.state, "certificate"))


@dataclass(frozen=True)
class LateIn:
    """The case, if there was one yet."""

    case_id: str | None = None


@dataclass(frozen=True)
class LateOut:
    """What is ordered for the days of being late, in fen."""

    late_title_fen: int


@handler("title.compensate_late", again=True)
def compensate_late(data: LateIn, ctx: Context) -> LateOut:
    """Order through finance what the late certificate costs; nothing when it came in time."""
    if data.case_id is None:
        return LateOut(0)
    owed = compensate_late_title(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    return LateOut(owed.amount_fen if owed else 0)


def _tell_clerks(ctx: Context, template: str, case: TitleCase) -> None:
    sale = label_sales(ctx.session, [case.sale_id])[case.sale_id]
    due = case.due_on.isoformat() if case.due_on else ""
    words = {"project": sale.project_name, "unit": sale.unit_label, "number": sale.no, "deadline_on": due}
    for role in ("filing_clerk", "project_gm"):
        tell_staff(ctx, template, role, case.path, words, part=f"{role}:{due}")


@on(HomeHandedOver)
def delivered(fact: HomeHandedOver, telling: Telling) -> None:
    """The keys are given: the statutory clock of a presale runs from that day."""
    cases.set_delivered(
        telling.session, telling.actor, telling.clock, sale_id=fact.sale_id, delivered_on=fact.handed_over_on
    )


@on(TitleClockSet)
def clock_set(fact: TitleClockSet, telling: Telling) -> None:
    """The statutory clock runs beside the steps, from now on to this day."""
    zone = telling.session.get_one(Project, telling.session.get_one(TitleCase, fact.case_id).project_id).zone
    ahead = parameter(telling.session, fact.path, p.TITLE_WARNING_DAYS, fact.due_on)
    near = start_of_day(fact.due_on - timedelta(days=ahead), zone) + timedelta(hours=9)
    over = end_of_day(fact.due_on, zone)
    payload = {"near_at": instant_text(near), "over_at": instant_text(over)}
    engine_of_system(telling).publish("title_clock_set", {"sale_id": fact.sale_id}, payload)
