"""The beginning and the end of a hand-over, and what a change of its sale does to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.api import Context, Ending, ending, handler
from handlers.booking_to_contract.people import buyers_of
from handlers.move_in.facts import appointment_ends
from handlers.sale_facts import set_sale_facts
from handlers.shared import end_of_day, instant_text
from handlers.telling import tell_customers, tell_staff
from kernel.clock import business_date
from ledger.finance.sale_labels import label_sales
from ledger.handover import cases, keys
from ledger.handover.inspection_models import MoveInDefect
from ledger.handover.kinds import OVER, CaseState, DefectState
from ledger.handover.models import MoveInBatch, MoveInCase
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale


@dataclass(frozen=True)
class OpenIn:
    """The sale and the batch of its building."""

    sale_id: str
    batch_id: str


@dataclass(frozen=True)
class OpenOut:
    """The case, what its tasks say of the sale, and what its timers follow.

    What later steps fill in begins empty, so that every expression of the diagram finds its names.
    """

    case_id: str
    sale_no: str
    project: str
    unit: str
    customer: str
    path: str
    zone: str
    appoint_by: str
    appoint_by_at: str
    rating_days: int
    approval_reminder_hours: int
    approval_expiry_days: int
    stands_at: str = "notified"
    no_show_at: str | None = None
    open_defects: int = 0
    keys_given: bool = False
    money_clear: bool = False
    inspected_as: str | None = None
    withdrawn_because: str | None = None


@handler("move_in.open", again=True)
def open_case(data: OpenIn, ctx: Context) -> OpenOut:
    """Open the hand-over of a sold home."""
    case = cases.open_case(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        batch_id=data.batch_id,
        instance_id=ctx.instance_id,
    )
    zone = ctx.session.get_one(Project, case.project_id).zone
    today = business_date(ctx.clock, zone)
    sale = set_sale_facts(ctx, case.sale_id)
    return OpenOut(
        case_id=case.id,
        sale_no=sale.no,
        project=sale.project,
        unit=sale.unit,
        customer=sale.customer,
        path=case.path,
        zone=zone,
        appoint_by=case.appoint_by.isoformat(),
        appoint_by_at=instant_text(end_of_day(case.appoint_by, zone)),
        rating_days=parameter(ctx.session, case.path, known.MOVE_IN_RATING_DAYS, today),
        approval_reminder_hours=parameter(ctx.session, case.path, known.APPROVAL_REMINDER_HOURS, today),
        approval_expiry_days=parameter(ctx.session, case.path, known.APPROVAL_EXPIRY_DAYS, today),
    )


@dataclass(frozen=True)
class CaseIn:
    """The hand-over."""

    case_id: str


@dataclass(frozen=True)
class NoticeOut:
    """What the notice on paper says beside the sale."""

    notice: dict[str, Any]


@handler("move_in.notify", again=True)
def notify(data: CaseIn, ctx: Context) -> NoticeOut:
    """Tell every buyer when and where, with the link by which he chooses his appointment."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    batch = ctx.session.get_one(MoveInBatch, case.batch_id)
    more = {"from_on": batch.first_on.isoformat(), "until_on": batch.last_on.isoformat(), "place": batch.place}
    tell_buyers(ctx, case, "move_in_notice", **more, by_on=case.appoint_by.isoformat())
    until = {"hand_over_on": case.hand_over_on.isoformat(), "deadline_on": batch.last_on.isoformat()}
    return NoticeOut({"place": batch.place, **until})


def tell_buyers(ctx: Context, case: MoveInCase, template: str, **more: object) -> None:
    """A message to each buyer of the sale as it stands now; the link of the hand-over stands in it."""
    sale = ctx.session.get_one(Sale, case.sale_id)
    label = label_sales(ctx.session, [sale.id])[sale.id]
    words = {"project": label.project_name, "unit": label.unit_label, "move_in_id": case.id, **more}
    tell_customers(ctx, template, buyers_of(ctx, sale), case.path, words)


@dataclass(frozen=True)
class ReadOut:
    """Where the hand-over stands, and what its sale is called now."""

    stands_at: str
    sale_no: str
    project: str
    unit: str
    customer: str
    no_show_at: str | None
    open_defects: int
    keys_given: bool


@handler("move_in.read", again=True)
def read(data: CaseIn, ctx: Context) -> ReadOut:
    """Read where it stands: at the beginning, and after a change of the sale."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    found = select(MoveInDefect.state).where(MoveInDefect.case_id == case.id)
    states = set(ctx.session.scalars(found))
    where = case.state.value
    if case.state is CaseState.HANDED_OVER and DefectState.OPEN in states:
        where = CaseState.REPAIRS.value
    elif case.state is CaseState.HANDED_OVER and DefectState.REPAIRED in states:
        where = CaseState.INSPECTION.value
    sale = set_sale_facts(ctx, case.sale_id)
    count = _open_defects(ctx, case)
    keys_given = case.handed_over_on is not None
    ends = appointment_ends(ctx.session, case)
    return ReadOut(where, sale.no, sale.project, sale.unit, sale.customer, ends, count, keys_given)


@dataclass(frozen=True)
class ResultOut:
    """What an inspection left behind."""

    open_defects: int
    keys_given: bool


@handler("move_in.read_result", again=True)
def read_result(data: CaseIn, ctx: Context) -> ResultOut:
    """How much is to be repaired, and whether the keys are given."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    return ResultOut(_open_defects(ctx, case), case.handed_over_on is not None)


def _open_defects(ctx: Context, case: MoveInCase) -> int:
    rows = select(MoveInDefect.id).where(MoveInDefect.case_id == case.id, MoveInDefect.state == DefectState.OPEN)
    return len(list(ctx.session.scalars(rows)))


@dataclass(frozen=True)
class OverdueIn:
    """The step that is late."""

    case_id: str
    step: str


@handler("move_in.overdue", again=True)
def overdue(data: OverdueIn, ctx: Context) -> None:
    """Note it, and tell who answers for hand-overs and for the project."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    cases.note_overdue(ctx.session, ctx.ledger_actor, ctx.clock, case_id=case.id, step=data.step)
    label = label_sales(ctx.session, [case.sale_id])[case.sale_id]
    words = {"unit": label.unit_label, "number": label.no, "by_on": case.appoint_by.isoformat()}
    for role in ("service_agent", "project_gm"):
        tell_staff(ctx, f"move_in_late_{data.step}", role, case.path, words, part=role)


@handler("move_in.hold", again=True)
def hold(data: CaseIn, ctx: Context) -> None:
    """A change of the sale is under way: nothing is booked, inspected or handed over."""
    cases.hold_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, on_hold=True)


@handler("move_in.resume", again=True)
def resume(data: CaseIn, ctx: Context) -> None:
    """The change is over: go on."""
    cases.hold_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, on_hold=False)


@handler("move_in.close", again=True)
def close(data: CaseIn, ctx: Context) -> None:
    """Everything is done."""
    keys.close_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)


@dataclass(frozen=True)
class WithdrawIn:
    """Why it ends before its time."""

    case_id: str
    reason: str | None = None


@handler("move_in.withdraw", again=True)
def withdraw(data: WithdrawIn, ctx: Context) -> None:
    """The sale is over: the place is free for others."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    keys.close_case(*act, case_id=data.case_id, withdrawn=True, reason=data.reason or "")


@ending("move_in")
def case_over(ended: Ending) -> None:
    """However a case ends, the ledger holds it open no longer."""
    case_id = ended.variables.get("case_id")
    case = ended.session.get(MoveInCase, case_id) if isinstance(case_id, str) else None
    if case is not None and case.state not in OVER:
        act = (ended.session, ended.ledger_actor, ended.clock)
        keys.close_case(*act, case_id=case.id, withdrawn=case.handed_over_on is None, reason=ended.reason or "")


def day(text: str) -> date:
    """A date as process data holds it."""
    return date.fromisoformat(text)
