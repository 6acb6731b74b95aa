"""Queue numbers (预约排号): issued with a refundable fee, called in order, converted or closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.api import Context, handler
from handlers.booking_to_contract.entries import EndEntryOut
from handlers.booking_to_contract.facts import queue_batch
from handlers.booking_to_contract.money import collect
from handlers.looking_up import found
from handlers.shared import days_from_today, end_of_day, instant_text
from ledger.finance.operations import raise_earnest, refund_earnest
from ledger.sales.operations import (
    call_queue_number,
    issue_queue_number,
    pass_queue_number,
    refund_queue_number,
    void_queue_number,
)
from ledger.sales.queue_models import QueueNumber


@dataclass(frozen=True)
class IntendedUnit:
    """A unit that the bearer has in mind."""

    unit_id: str


@dataclass(frozen=True)
class IssueNumberIn:
    """Who gets a number of which batch."""

    batch_id: str
    customer_id: str
    consultant: str
    deposit_due_days: int
    zone: str
    intended_units: list[IntendedUnit] = field(default_factory=list)


@dataclass(frozen=True)
class IssueNumberOut:
    """The number, its fee in fen with its receivable, and by when (UTC) it is to be paid."""

    queue_number_id: str
    queue_seq: int
    queue_fee_fen: int
    queue_fee_due_at: str
    earnest_receivable_id: str | None


@handler("booking_to_contract.issue_number")
def issue_number(data: IssueNumberIn, ctx: Context) -> IssueNumberOut:
    """Issue the next number of the batch; where there is a fee, ask finance to collect it."""
    number = issue_queue_number(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        batch_id=data.batch_id,
        customer_id=data.customer_id,
        intended_unit_ids=[unit.unit_id for unit in data.intended_units],
        consultant_id=data.consultant,
        key=ctx.idempotency_key,
    )
    due_on = days_from_today(ctx, data.deposit_due_days, data.zone)
    line = None
    if number.fee_fen > 0:
        line = raise_earnest(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            amount_fen=number.fee_fen,
            due_on=due_on,
            origin=f"queue_number:{number.id}",
            customer_id=data.customer_id,
            project_id=queue_batch(ctx, data.batch_id).project_id,
        )
        collect(ctx, line)
    ctx.set_facts(queue_seq=number.seq, amount_fen=number.fee_fen)
    return IssueNumberOut(
        queue_number_id=number.id,
        queue_seq=number.seq,
        queue_fee_fen=number.fee_fen,
        queue_fee_due_at=instant_text(end_of_day(due_on, data.zone)),
        earnest_receivable_id=line.id if line else None,
    )


@dataclass(frozen=True)
class RecordCallIn:
    """The number that is called."""

    queue_number_id: str


@handler("booking_to_contract.record_call")
def record_call(data: RecordCallIn, ctx: Context) -> None:
    """Call the number. Raises `QueueOrder` with the number whose turn it is."""
    call_queue_number(ctx.session, ctx.ledger_actor, ctx.clock, number_id=data.queue_number_id)


@dataclass(frozen=True)
class CloseNumberIn:
    """A number that leads to no sale, with the receivable of its fee."""

    queue_number_id: str
    earnest_receivable_id: str | None = None
    closing_reason: str | None = None


@handler("booking_to_contract.close_number")
def close_number(data: CloseNumberIn, ctx: Context) -> EndEntryOut:
    """Close the number; what was paid of its fee becomes a refund to-do."""
    number = found(ctx, QueueNumber, data.queue_number_id, "queue_number_id")
    step = (ctx.session, ctx.ledger_actor, ctx.clock)
    if number.state == "called":
        pass_queue_number(*step, number_id=number.id)
    if data.earnest_receivable_id:
        reason = data.closing_reason or "queue_number_closed"
        refund_earnest(*step, receivable_id=data.earnest_receivable_id, reason=reason)
    if number.state == "registered":
        void_queue_number(*step, number_id=number.id)
    elif number.state in ("paid", "passed") and number.fee_fen > 0:
        refund_queue_number(*step, number_id=number.id)
    return EndEntryOut()
