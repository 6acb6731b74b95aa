"""The verbs of a title case (办证), and the facts that move it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.shared import days_from_today, end_of_day, instant_text
from handlers.subscriptions import engine_of_system
from handlers.telling import tell_staff
from kernel.clock import start_of_day
from kernel.facts import Telling, on, tell
from ledger.changes.applying import open_order
from ledger.finance.facts import BuyerLetOff, ReceivableSettled
from ledger.finance.models import Receivable
from ledger.finance.sale_labels import label_sales
from ledger.handover.facts import HomeHandedOver
from ledger.organisation import parameters as p
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.titles import cases, charges
from ledger.titles.facts import (
    BuildingRegistered,
    ChargesPaid,
    TitleClockSet,
    TitleFact,
    TitleIssued,
    TitleReturned,
    TitleSubmitted,
)
from ledger.titles.kinds import PAPERS, HandedTo, TitleState
from ledger.titles.models import TitleCase

PROCESS = "title"
OVER = "title.open.sale_over"
_PEOPLE_NAMED = 3
# In Chinese and in English: what the notice asks the buyer to bring.
PAPER_NAMES = {
    "contract": ("商品房买卖合同原件", "Contract of sale, original"),
    "invoice": ("购房发票", "Invoice of the price"),
    "id_copies": ("全体买受人身份证明及复印件", "Identity papers of all buyers with copies"),
    "application": ("不动产登记申请书", "Application for registration"),
    "tax_proof": ("契税完税凭证", "Proof of deed tax"),
    "fund_proof": ("维修资金缴存凭证", "Proof of maintenance fund"),
    "survey_drawing": ("房产平面图", "Floor plan of the survey"),
}
_CHARGE_NAMES = {
    "deed_tax": ("契税", "Deed tax"),
    "maintenance_fund": ("维修资金", "Maintenance fund"),
    "registration_fee": ("登记费", "Registration fee"),
}
_STEP_OF = {
    TitleState.MEASURED: "first_registration",
    TitleState.REGISTERED: "papers",
    TitleState.PAPERS: "tax_and_fund",
    TitleState.PAID: "submitted",
    TitleState.SUBMITTED: "certificate",
    TitleState.ISSUED: "hand_out",
}


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
    sale = label_sales(ctx.session, [data.sale_id])[data.sale_id]
    customer = "、".join(sale.buyer_names[:_PEOPLE_NAMED])
    ctx.set_facts(project=sale.project_name, unit=sale.unit_label, customer=customer, sale_no=sale.no)
    return OpenOut(case.id, sale.no, sale.project_name, sale.unit_label, customer)


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
        mortgaged=cases.is_mortgaged(ctx.session, case.sale_id),
        returned_reason=case.returned_reason,
        papers_due_on=papers_by.isoformat(),
        step_due_on=step_by.isoformat(),
        notice=_notice(ctx, case, papers_by, today),
    )


def _notice(ctx: Context, case: TitleCase, by: date, today: date) -> dict[str, Any]:
    """What the notice on paper says: the papers to bring, and what is still to be paid."""
    at = 0 if parameter(ctx.session, case.path, p.LANGUAGE, today) == "zh" else 1
    fees = charges.open_charges(ctx.session, case.sale_id)
    lines = [ctx.session.get_one(Receivable, line_id) for line_id in fees]
    return {
        "paper": [{"no": no, "name": PAPER_NAMES[code][at]} for no, code in enumerate(PAPERS, start=1)],
        "fee": [{"name": _CHARGE_NAMES[line.kind][at], "amount": fees[line.id]} for line in lines],
        "deadline_on": by.isoformat(),
    }


@handler("title.note_registered", again=True)
def note_registered(data: CaseIn, ctx: Context) -> None:
    """The building is registered."""
    cases.note_registered(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)


@dataclass(frozen=True)
class PapersIn:
    """The papers that are there."""

    case_id: str
    papers: list[str]


@handler("title.keep_papers", again=True)
def keep_papers(data: PapersIn, ctx: Context) -> None:
    """Keep the checklist. Raises what the ledger refuses, by field."""
    cases.keep_papers(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, papers=data.papers)


@dataclass(frozen=True)
class ChargesOut:
    """Whether tax or fund is still to be paid, in fen."""

    charges_open: bool
    charges_fen: int


@handler("title.ask_charges", again=True)
def ask_charges(data: CaseIn, ctx: Context) -> ChargesOut:
    """Let finance collect what is open."""
    case = ctx.session.get_one(TitleCase, data.case_id)
    fen = charges.ask_charges(ctx.session, ctx.ledger_actor, ctx.clock, sale_id=case.sale_id)
    return ChargesOut(fen > 0, fen)


@handler("title.note_paid", again=True)
def note_paid(data: CaseIn, ctx: Context) -> None:
    """Tax and fund are paid; it can be submitted."""
    cases.note_paid(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)


@dataclass(frozen=True)
class HandOutIn:
    """When the certificate was handed out, and to whom."""

    case_id: str
    handed_on: str
    handed_to: str


@handler("title.hand_out", again=True)
def hand_out(data: HandOutIn, ctx: Context) -> None:
    """Note the hand-out. Raises what the ledger refuses, by field."""
    cases.hand_out(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        case_id=data.case_id,
        handed_on=date.fromisoformat(data.handed_on),
        to=HandedTo(data.handed_to),
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


def _tell_clerks(ctx: Context, template: str, case: TitleCase) -> None:
    sale = label_sales(ctx.session, [case.sale_id])[case.sale_id]
    due = case.due_on.isoformat() if case.due_on else ""
    words = {"project": sale.project_name, "unit": sale.unit_label, "number": sale.no, "deadline_on": due}
    for role in ("filing_clerk", "project_gm"):
        tell_staff(ctx, template, role, case.path, words, part=f"{role}:{due}")


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


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: tax and fund may be."""
    if fact.sale_id is not None and fact.kind in charges.KINDS:
        charges.tell_if_paid(telling.session, fact.sale_id)


@on(BuyerLetOff)
def let_off(fact: BuyerLetOff, telling: Telling) -> None:
    """The rest of a line is written off."""
    charges.tell_if_paid(telling.session, fact.sale_id)


@on(HomeHandedOver)
def delivered(fact: HomeHandedOver, telling: Telling) -> None:
    """The keys are given: the statutory clock of a presale runs from that day."""
    cases.set_delivered(
        telling.session, telling.actor, telling.clock, sale_id=fact.sale_id, delivered_on=fact.handed_over_on
    )


def _publish(fact: TitleFact, telling: Telling, message: str, **payload: object) -> None:
    engine_of_system(telling).publish(message, {"sale_id": fact.sale_id}, payload)


@on(BuildingRegistered)
def registered(fact: BuildingRegistered, telling: Telling) -> None:
    """The case that waits for its building goes on."""
    _publish(fact, telling, "building_registered")


@on(ChargesPaid)
def charges_paid(fact: ChargesPaid, telling: Telling) -> None:
    """The case that waits for tax and fund goes on."""
    _publish(fact, telling, "title_charges_paid")


@on(TitleSubmitted)
def submitted(fact: TitleSubmitted, telling: Telling) -> None:
    """The case waits for the registry."""
    _publish(fact, telling, "title_submitted")


@on(TitleReturned)
def returned(fact: TitleReturned, telling: Telling) -> None:
    """Papers are mended."""
    _publish(fact, telling, "title_returned", reason=fact.reason)


@on(TitleIssued)
def issued(fact: TitleIssued, telling: Telling) -> None:
    """The certificate is there to be handed out."""
    _publish(fact, telling, "title_issued")


@on(TitleClockSet)
def clock_set(fact: TitleClockSet, telling: Telling) -> None:
    """The statutory clock runs beside the steps, from now on to this day."""
    zone = telling.session.get_one(Project, telling.session.get_one(TitleCase, fact.case_id).project_id).zone
    ahead = parameter(telling.session, fact.path, p.TITLE_WARNING_DAYS, fact.due_on)
    near = start_of_day(fact.due_on - timedelta(days=ahead), zone) + timedelta(hours=9)
    over = end_of_day(fact.due_on, zone)
    _publish(fact, telling, "title_clock_set", near_at=instant_text(near), over_at=instant_text(over))
