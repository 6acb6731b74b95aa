"""The verbs of an arrears case (催缴), how a daily run brings a case on, and which facts move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.api import Context, Ending, Engine, ending, handler
from handlers.sale_facts import set_sale_facts
from handlers.shared import end_of_day, instant_text
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.arrears import cases, holding, promises
from ledger.arrears.errors import CaseUnheard
from ledger.arrears.facts import (
    ArrearsSettled,
    BlockLifted,
    CaseBlocked,
    PromiseKept,
    PromiseMade,
    WorkAsked,
)
from ledger.arrears.kinds import Channel, Role
from ledger.arrears.levels import Asked, Ladder
from ledger.arrears.models import ArrearsBlock, ArrearsCase, ArrearsPromise
from ledger.arrears.planning import PlannedLevel, SalePlan
from ledger.arrears.proposing import Wanted, propose
from ledger.finance.facts import ReceiptConfirmed, ReceivableSettled
from ledger.organisation.models import Project

PROCESS, TABLE = "arrears", "arrears_levels"
# By version of the table, which never changes: a table is asked once in a process.
_asked: dict[str, Asked] = {}


@dataclass(frozen=True)
class OpenIn:
    """The sale in arrears."""

    sale_id: str


@dataclass(frozen=True)
class OpenOut:
    """The case, and what its tasks say of the sale."""

    case_id: str
    sale_no: str
    project: str
    unit: str
    customer: str


@handler("arrears.open", again=True)
def open_case(data: OpenIn, ctx: Context) -> OpenOut:
    """Open the case in the ledger."""
    case = cases.open_case(
        ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id, instance_id=ctx.instance_id
    )
    sale = set_sale_facts(ctx, data.sale_id)
    return OpenOut(case.id, sale.no, sale.project, sale.unit, sale.customer)


@dataclass(frozen=True)
class ProposeIn:
    """The level that the table gave, and the lines that have reached it."""

    case_id: str
    debtor: str
    level: int
    channel: str
    template: str
    task_role: str
    earliest_on: str
    receivable_ids: list[str]


@handler("arrears.propose", again=True)
def propose_level(data: ProposeIn, ctx: Context) -> None:
    """Put the level on the clerk's list; a line stands there once at each level."""
    wanted = Wanted(
        Role(data.debtor),
        data.level,
        Channel(data.channel),
        data.template,
        data.task_role,
        date.fromisoformat(data.earliest_on),
        data.receivable_ids,
    )
    propose(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, wanted=wanted)


@dataclass(frozen=True)
class JudgeIn:
    """The promise whose day is over or whose money has come."""

    promise_id: str


@dataclass(frozen=True)
class JudgeOut:
    """Whether it was kept, and whether the supervisor has to look."""

    kept: bool
    supervisor_asked: bool


@handler("arrears.judge_promise", again=True)
def judge_promise(data: JudgeIn, ctx: Context) -> JudgeOut:
    """Kept or broken; every third broken one of a case goes to the supervisor."""
    kept, broken = promises.judge_promise(ctx.session, ctx.ledger_actor, ctx.clock, promise_id=data.promise_id)
    return JudgeOut(kept, not kept and broken % promises.BROKEN_AT_MOST == 0)


@dataclass(frozen=True)
class SupervisedIn:
    """What the supervisor decided."""

    case_id: str
    decision: str
    remark: str | None = None


@handler("arrears.supervised", again=True)
def supervised(data: SupervisedIn, ctx: Context) -> None:
    """Note the decision; levels go on."""
    promises.supervise(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        case_id=data.case_id,
        decision=data.decision,
        remark=data.remark or "",
    )


@dataclass(frozen=True)
class EndBlockIn:
    """The block whose day is over, or that was lifted."""

    block_id: str


@handler("arrears.end_block", again=True)
def end_block(data: EndBlockIn, ctx: Context) -> None:
    """Levels go on."""
    holding.end_block(ctx.session, ctx.ledger_actor, ctx.clock, block_id=data.block_id)


@dataclass(frozen=True)
class CloseIn:
    """The case and why it is closed."""

    case_id: str
    reason: str


@handler("arrears.close", again=True)
def close_case(data: CloseIn, ctx: Context) -> None:
    """Close the case in the ledger; what was proposed and not sent is withdrawn."""
    cases.close_case(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, reason=data.reason)


@ending(PROCESS)
def case_over(ended: Ending) -> None:
    """However a case ends, the ledger holds it open no longer."""
    case_id = ended.variables.get("case_id")
    if isinstance(case_id, str):
        cases.close_case(ended.session, ended.ledger_actor, ended.clock, case_id=case_id, reason="ended")


def ladder_of(engine: Engine) -> Ladder:
    """The levels of the newest table."""

    def decide(questions: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        return engine.decide(TABLE, questions)

    version = engine.get_definition(TABLE, kind="decision").id
    return Ladder(decide, _asked.setdefault(version, Asked()))


def bring_on(engine: Engine, plan: SalePlan, path: str) -> None:
    """Do what a plan says for one sale: a case is opened with its first level, others are told to it."""
    levels = list(plan.levels)
    case_id = plan.case_id
    if case_id is None:
        first = engine.start(PROCESS, {"sale_id": plan.sale_id, **_told(levels.pop(0))}, scope=path)
        case_id = str(engine.variables(first.id)["case_id"]) if levels else None
    for level in levels:
        if not engine.publish("arrears_level_due", {"case_id": case_id}, _told(level)):
            raise CaseUnheard(id=case_id)


def _told(level: PlannedLevel) -> dict[str, Any]:
    line = level.decisive
    return {
        "debtor": level.role.value,
        "kind": line.kind.value,
        # A broken promise lifts a level: the table is asked for the day from which that level stands.
        "days_late": max(line.days, level.rung.from_day),
        "receivable_ids": [one.receivable_id for one in level.lines],
        "earliest_on": level.earliest_on.isoformat(),
    }


@on(ReceiptConfirmed)
def money_came(fact: ReceiptConfirmed, telling: Telling) -> None:
    """Money came in: a promise may be kept before its day."""
    case = cases.open_case_of(telling.session, fact.sale_id) if fact.sale_id else None
    if case is not None:
        promises.tell_if_kept(telling.session, case_id=case.id)


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: when nothing else is late, the case stops at once."""
    case = cases.open_case_of(telling.session, fact.sale_id) if fact.sale_id else None
    if case is not None:
        cases.settle(telling.session, telling.actor, telling.clock, case_id=case.id)


@on(ArrearsSettled)
def settled(fact: ArrearsSettled, telling: Telling) -> None:
    """Nothing is late any more."""
    engine_of_system(telling).publish("arrears_settled", {"case_id": fact.case_id})


@on(WorkAsked)
def work_asked(fact: WorkAsked, telling: Telling) -> None:
    """Somebody of the house gets a task beside the levels."""
    payload = {
        "work_kind": fact.kind,
        "work_subject_id": fact.subject_id,
        "work_role": fact.task_role,
        "work_amount_fen": fact.amount_fen,
        "work_about": fact.about,
    }
    engine_of_system(telling).publish("arrears_work_asked", {"case_id": fact.case_id}, payload)


@on(PromiseMade)
def promise_made(fact: PromiseMade, telling: Telling) -> None:
    """Levels wait until the promised day is over."""
    row = telling.session.get_one(ArrearsPromise, fact.promise_id)
    until = _end_of_day(telling, fact.case_id, row.due_on)
    payload = {"promise_id": row.id, "promise_until_at": until}
    engine_of_system(telling).publish("arrears_promise_made", {"case_id": fact.case_id}, payload)


@on(PromiseKept)
def promise_kept(fact: PromiseKept, telling: Telling) -> None:
    """The promised money is there before its day."""
    engine_of_system(telling).publish("arrears_promise_kept", {"case_id": fact.case_id})


@on(CaseBlocked)
def blocked(fact: CaseBlocked, telling: Telling) -> None:
    """Levels wait until the block's day is over."""
    row = telling.session.get_one(ArrearsBlock, fact.block_id)
    payload = {"block_id": row.id, "blocked_until_at": _end_of_day(telling, fact.case_id, row.until_on)}
    engine_of_system(telling).publish("arrears_blocked", {"case_id": fact.case_id}, payload)


@on(BlockLifted)
def block_lifted(fact: BlockLifted, telling: Telling) -> None:
    """Levels go on before the block's day."""
    engine_of_system(telling).publish("arrears_block_lifted", {"case_id": fact.case_id})


def _end_of_day(telling: Telling, case_id: str, day: date) -> str:
    case = telling.session.get_one(ArrearsCase, case_id)
    zone = telling.session.get_one(Project, case.project_id).zone
    return instant_text(end_of_day(day, zone))
