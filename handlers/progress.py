"""The verbs by which diagrams tell how far a sale's formalities are, and who hears of it (办理进度).

A diagram begins a step before its work and ends it after; a step's due date, delay and end reach the buyers, their
page, the sale's line and the report of what was on time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.api import Context, handler
from engine.jobs import order_delivery
from handlers.jobs import DELIVER, LATE_STEPS
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.progress.facts import StepBegun, StepDelayed, StepEnded
from ledger.progress.kinds import Family, known_labels
from ledger.progress.models import ProgressStep
from ledger.progress.operations import begin_step, delay_step, end_step, stop_steps
from ledger.progress.telling import Happened, Outgoing, tell_buyers_of_step
from ledger.sales.facts import SaleClosed

FamilyName = Literal["mortgage", "title", "area_settlement", "move_in"]


@dataclass(frozen=True)
class BeginIn:
    """The step that begins. ``due_on`` is an ISO date, ``owner_role`` who answers for it.

    A step that the house does not know is called ``name`` and ``name_zh``, else as the diagram calls this element.
    """

    sale_id: str
    family: FamilyName
    step: str
    owner_role: str
    due_on: str | None = None
    clerk_id: str | None = None
    name: str | None = None
    name_zh: str | None = None


@handler("progress.begin", again=True)
def begin(data: BeginIn, ctx: Context) -> None:
    """Begin a step that the buyers see; they are told."""
    begin_step(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        family=data.family,
        step=data.step,
        owner_role=data.owner_role,
        key=ctx.idempotency_key,
        due_on=date.fromisoformat(data.due_on) if data.due_on else None,
        clerk_id=data.clerk_id,
        instance_id=ctx.instance_id,
        labels=_labels(data, ctx),
    )


@dataclass(frozen=True)
class EndIn:
    """The step that ends."""

    sale_id: str
    family: FamilyName
    step: str
    outcome: Literal["done", "stopped"] = "done"


@handler("progress.end", again=True)
def end(data: EndIn, ctx: Context) -> None:
    """End a step; the buyers are told. One that has not begun or has ended already is left alone."""
    end_step(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        family=data.family,
        step=data.step,
        outcome=data.outcome,
    )


@dataclass(frozen=True)
class DelayedIn:
    """The step that is late, and why in words that its buyers may read."""

    sale_id: str
    family: FamilyName
    step: str
    reason: str | None = None


@handler("progress.delayed", again=True)
def delayed(data: DelayedIn, ctx: Context) -> None:
    """Say that a step is late; the buyers are told once."""
    delay_step(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        family=data.family,
        step=data.step,
        reason=data.reason,
    )


@handler("progress_look.begin", again=True)
def look(_data: None, ctx: Context) -> None:
    """Let a job look for steps whose day is over."""
    ctx.send(LATE_STEPS, {"path": ctx.scope}, key=f"{LATE_STEPS}:{ctx.instance_id}")


@on(StepBegun)
def step_begun(fact: StepBegun, telling: Telling) -> None:
    """The buyers hear that a step has begun and until when it should be done."""
    _tell(fact.step_id, "begun", telling)


@on(StepDelayed)
def step_delayed(fact: StepDelayed, telling: Telling) -> None:
    """The buyers hear that a step is late."""
    _tell(fact.step_id, "delayed", telling)


@on(StepEnded)
def step_ended(fact: StepEnded, telling: Telling) -> None:
    """The buyers hear that a step is done or was stopped."""
    _tell(fact.step_id, "done" if fact.outcome == "done" else "stopped", telling)


@on(SaleClosed)
def sale_is_over(fact: SaleClosed, telling: Telling) -> None:
    """Nothing of a sale that is over goes on, whatever its families' diagrams forget."""
    stop_steps(telling.session, telling.actor, telling.clock, sale_id=fact.sale_id)


def order(telling: Telling, outgoing: Iterable[Outgoing]) -> None:
    """Let messages go out after the commit, none before its hour."""
    for one in outgoing:
        payload = {"message_id": one.message.id}
        order_delivery(telling.session, one.due_at, DELIVER, payload, key=f"{DELIVER}:{one.message.id}")


def _tell(step_id: str, happened: Happened, telling: Telling) -> None:
    step = telling.session.get_one(ProgressStep, step_id)
    order(telling, tell_buyers_of_step(telling.session, telling.actor, telling.clock, step, happened))


def _labels(data: BeginIn, ctx: Context) -> dict[str, str] | None:
    if known_labels(Family(data.family), data.step) is not None:
        return None
    if data.name:
        return {"en": data.name, "zh": data.name_zh or data.name}
    engine = engine_of_system(Telling(ctx.session, ctx.actor, ctx.clock))
    return engine.labels(ctx.instance_id).get(ctx.element_id)
