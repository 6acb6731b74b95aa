"""What must happen before and after the execution, and the execution itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.api import BusinessError, Context, handler
from handlers.changes.orders import OrderIn, kind_words, language_of, order_of
from handlers.changes.reasons import NO_LONGER_SO
from handlers.telling import tell_person
from kernel.errors import Invalid
from ledger.changes.models import ChangeOrder
from ledger.changes.operations import execute_change, wait_change
from ledger.sales.models import Sale
from ledger.sales.operations import cancel_filing
from ledger.sales.stage_models import Filing

REFUSED = "changes.execute.refused"


@dataclass(frozen=True)
class WaitIn(OrderIn):
    """What must happen first."""

    waits_for: str = "filing"


@dataclass(frozen=True)
class WaitOut:
    """Why the filing is to be cancelled, in words for the authority."""

    filing_reason: str


@handler("changes.wait", again=True)
def wait(data: WaitIn, ctx: Context) -> WaitOut:
    """Note that the approved order waits for something else."""
    order = order_of(ctx, data.order_id)
    wait_change(ctx.session, ctx.ledger_actor, ctx.clock, order_id=data.order_id, reason=data.waits_for)
    cause = order.after.get("cause")
    words = cause[("en", "zh")[language_of(ctx, order.path)]] if cause else kind_words(ctx, order)
    return WaitOut(words)


@dataclass(frozen=True)
class ClearIn(OrderIn):
    """The day on which the authority cancelled the filing, and why."""

    sale_id: str
    cancelled_on: date
    cancelled_reason: str


@handler("changes.clear_filing")
def clear_filing(data: ClearIn, ctx: Context) -> None:
    """Note that the authority cancelled the filing, so that the contract can change."""
    cancel_filing(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        reason=data.cancelled_reason,
        cancelled_on=data.cancelled_on,
        key=ctx.idempotency_key,
    )


@dataclass(frozen=True)
class ExecuteIn(OrderIn):
    """What the executor said: the day a supplement was signed, and other answers of his form."""

    needs_supplement: bool = False
    supplement_signed_on: date | None = None
    all_buyers_signed: bool | None = None
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExecuteOut:
    """That it took effect; and whether the contract, which stands, is with no authority by now.

    The filing may have been cancelled for an earlier turn of the same order, which was turned back then.
    """

    execution: str
    filing_cancelled: bool


@handler("changes.execute", errors={REFUSED})
def execute(data: ExecuteIn, ctx: Context) -> ExecuteOut:
    """Put the approved change into effect, as the act of whoever completed the task before.

    Raises the business error `REFUSED` when what stands is not what was approved or a guard refuses; what concerns
    the executor's own answers is told to him instead.
    """
    if data.needs_supplement:
        _require_signed(data)
    try:
        order = execute_change(
            ctx.session,
            ctx.actor,
            ctx.clock,
            order_id=data.order_id,
            signed_on=data.supplement_signed_on,
            given=data.given,
        )
    except NO_LONGER_SO as refused:
        if refused.field == "signed_on":
            raise Invalid(refused.code, field="supplement_signed_on", **refused.params) from refused
        raise BusinessError(REFUSED, why=refused.code) from refused
    _tell(ctx, order)
    filing = select(Filing.state).where(Filing.sale_id == order.sale_id)
    return ExecuteOut("executed", ctx.session.scalar(filing) == "cancelled")


def _require_signed(data: ExecuteIn) -> None:
    """A signed contract changes by what its buyers signed, on a day. Raises `Invalid` by field."""
    if data.supplement_signed_on is None:
        raise Invalid("required", field="supplement_signed_on")
    if not data.all_buyers_signed:
        raise Invalid("required", field="all_buyers_signed")


def _tell(ctx: Context, order: ChangeOrder) -> None:
    sale = ctx.session.get_one(Sale, order.sale_id)
    words = {"what": kind_words(ctx, order), "number": order.no, "sale": sale.no}
    for person in {order.applied_by, order.owner_id} - {ctx.actor.id}:
        tell_person(ctx, "change_order_executed", person, order.path, words)
