"""Who is asked, and what follows the decision: noted for this very content, sent back, or over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.changes.orders import OrderIn, language_of, order_of
from handlers.changes.reasons import NO_LONGER_SO, why_over, why_returned
from handlers.shared import end_of_day, instant_text
from kernel.clock import business_date
from ledger.changes.models import KINDS, OPEN_STATES, ChangeOrder
from ledger.changes.operations import approve_change, ask_approval, end_order, return_change
from ledger.organisation.models import Project
from ledger.organisation.parameters import CHANGE_EXECUTE_DAYS
from ledger.organisation.queries import parameter

STALE = "changes.note_approval.stale"
_NO_WORD = "not executed · 未执行"


@dataclass(frozen=True)
class AskIn(OrderIn):
    """How the order is approved; ``route`` is the matrix's answer where it was asked."""

    mode: str
    simple_role: str
    route: dict[str, Any] | None = None


@dataclass(frozen=True)
class AskOut:
    """The roles that decide, in order, and whether only the matrix's last row foresees the case."""

    approvers: list[str]
    unforeseen: bool


@handler("changes.ask", again=True)
def ask(data: AskIn, ctx: Context) -> AskOut:
    """Note who is asked: the matrix's roles, one role, or nobody."""
    route = data.route if data.mode == "process" and data.route else {}
    roles = [data.simple_role] if data.mode == "simple" else list(route.get("approvers") or [])
    ask_approval(ctx.session, ctx.ledger_actor, ctx.clock, order_id=data.order_id, roles=roles)
    return AskOut(roles, bool(route.get("unforeseen")))


@dataclass(frozen=True)
class NoteIn(OrderIn):
    """The content that was approved, and by whom in order."""

    content_hash: str
    deciders: list[str]


@handler("changes.note_approval", errors={STALE})
def note_approval(data: NoteIn, ctx: Context) -> None:
    """Note the approval of this very content.

    Raises the business error `STALE` when what stands is no longer what was approved.
    """
    try:
        approve_change(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            order_id=data.order_id,
            content_hash=data.content_hash,
            approvers=data.deciders,
            reference=ctx.instance_id,
        )
    except NO_LONGER_SO as stale:
        raise BusinessError(STALE, why=stale.code) from stale


@dataclass(frozen=True)
class SendBackIn(OrderIn):
    """What the approvers decided and said."""

    outcome: str | None = None
    opinions: list[dict[str, object]] | None = None


@dataclass(frozen=True)
class SendBackOut:
    """Why it came back, and until what instant (UTC) whoever asked may mend it."""

    returned_because: str
    mend_until: str


@handler("changes.send_back", again=True)
def send_back(data: SendBackIn, ctx: Context) -> SendBackOut:
    """Send the order back to its applicant with the reason: what was said, or what is no longer as approved."""
    order = order_of(ctx, data.order_id)
    reason = why_returned(ctx, order, data.outcome, data.opinions or ())
    return_change(ctx.session, ctx.ledger_actor, ctx.clock, order_id=order.id, reason=reason)
    return SendBackOut(reason, _mend_until(ctx, order))


def _mend_until(ctx: Context, order: ChangeOrder) -> str:
    """The end of the last day: as long as an approved order has to be executed, from today on."""
    zone = ctx.session.get_one(Project, order.project_id).zone
    today = business_date(ctx.clock, zone)
    days = parameter(ctx.session, order.path, CHANGE_EXECUTE_DAYS, today)
    return instant_text(end_of_day(today + timedelta(days=days), zone))


@dataclass(frozen=True)
class EndIn(OrderIn):
    """How it ends without effect: rejected, withdrawn, expired or failed."""

    state: str
    opinions: list[dict[str, object]] | None = None
    ended_because: str | None = None


@handler("changes.end", again=True)
def end(data: EndIn, ctx: Context) -> None:
    """The order is over without effect. One that was ended at the desk stays so."""
    order = order_of(ctx, data.order_id)
    reason = (
        data.ended_because or _last_opinion(data.opinions) or why_over(data.state, language_of(ctx, order.path))
    )
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    end_order(*act, order_id=data.order_id, state=data.state, reason=reason)


def _last_opinion(opinions: list[dict[str, object]] | None) -> str | None:
    said = [str(one["opinion"]) for one in opinions or () if one.get("opinion")]
    return said[-1] if said else None


def change_over(ended: Ending) -> None:
    """No order stays open without its case: what is neither executed nor over when the case ends has failed."""
    query = select(ChangeOrder.id).where(
        ChangeOrder.instance_id == ended.instance_id, ChangeOrder.state.in_(OPEN_STATES)
    )
    for order_id in ended.session.scalars(query).all():
        reason = (ended.reason or _NO_WORD)[:200]
        end_order(ended.session, ended.ledger_actor, ended.clock, order_id=order_id, state="failed", reason=reason)


for _kind in KINDS:
    ending(_kind)(change_over)
