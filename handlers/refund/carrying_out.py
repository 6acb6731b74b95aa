"""What follows the decision: the payment is ordered, or the money is free again; whoever asked is told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.changes.orders import language_for
from handlers.changes.reasons import said_on_return
from handlers.making_papers import order as order_paper
from handlers.refund.payout import PayoutIn, payout_of, what_words, withdraw
from handlers.telling import tell_person
from kernel.errors import Stale
from ledger.finance.kinds import RefundEventKind
from ledger.finance.models import Refund, RefundEvent
from ledger.finance.operations import (
    approve_compensation,
    approve_refund,
    cancel_compensation,
    cancel_refund,
)
from ledger.finance.payout_models import Compensation, CompensationEvent

STALE = "refund.order.stale"
_WITHDRAWN = ("withdrawn meanwhile", "期间已撤销")
_NO_WORD = "not approved · 未获批准"


@dataclass(frozen=True)
class OrderIn(PayoutIn):
    """The content that was approved, and by whom in order."""

    content_hash: str
    deciders: list[str]


@handler("refund.order", errors={STALE})
def order(data: OrderIn, ctx: Context) -> None:
    """Note the approval of this very content and open the money to-do.

    Raises the business error `STALE` when it is no longer what was approved.
    """
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    seal, deciders, case = data.content_hash, data.deciders, ctx.instance_id
    try:
        if data.what == "refund":
            approve_refund(*act, refund_id=data.payout_id, approved_hash=seal, approvers=deciders, reference=case)
            _note_of(ctx, data.payout_id)
        else:
            approve_compensation(
                *act, compensation_id=data.payout_id, approved_hash=seal, approvers=deciders, reference=case
            )
    except Stale as stale:
        raise BusinessError(STALE, why=stale.code) from stale


def _note_of(ctx: Context, refund_id: str) -> None:
    """The refund note (退款单) that the payee signs; money of no sale, such as a queue fee, has none."""
    sale_id = ctx.session.get_one(Refund, refund_id).sale_id
    if sale_id is not None:
        order_paper(ctx, kind="refund_note", sale_id=sale_id, subject_id=refund_id, key=f"refund_note:{refund_id}")


@dataclass(frozen=True)
class SendBackIn(PayoutIn):
    """What the approvers decided and said."""

    outcome: str
    opinions: list[dict[str, object]] | None = None


@dataclass(frozen=True)
class SendBackOut:
    """Why it came back, for whoever mends it."""

    returned_because: str


@handler("refund.send_back", again=True)
def send_back(data: SendBackIn, ctx: Context) -> SendBackOut:
    """Say why it comes back: an approver's word, nobody decided in time, or it was withdrawn meanwhile."""
    language = language_for(ctx, data.applicant, ctx.scope)
    if data.outcome != "approved":
        return SendBackOut(said_on_return(data.opinions or (), language))
    why = _why_withdrawn(ctx, data)
    return SendBackOut(("：" if language else ": ").join(filter(None, (_WITHDRAWN[language], why))))


def _why_withdrawn(ctx: Context, data: PayoutIn) -> str | None:
    """The reason with which the request was withdrawn, such as that of the receipt's reversal."""
    cancelled = RefundEventKind.CANCELLED
    if data.what == "refund":
        query = select(RefundEvent.reason).where(
            RefundEvent.refund_id == data.payout_id, RefundEvent.kind == cancelled
        )
    else:
        query = select(CompensationEvent.reason).where(
            CompensationEvent.compensation_id == data.payout_id, CompensationEvent.kind == cancelled
        )
    return ctx.session.scalar(query)


@dataclass(frozen=True)
class CallOffIn(PayoutIn):
    """Why it is not paid: what the last opinion says, or the applicant's own word."""

    opinions: list[dict[str, object]] | None = None


@handler("refund.call_off", again=True)
def call_off(data: CallOffIn, ctx: Context) -> None:
    """Free the money and tell whoever asked why."""
    said = [str(one["opinion"]) for one in data.opinions or () if one.get("opinion")]
    reason = (said[-1] if said else _NO_WORD)[:200]
    withdraw(ctx, data.what, data.payout_id, reason)
    words = {"what": what_words(ctx, data.what, ctx.scope), "number": data.subject_no, "reason": reason}
    if data.applicant != ctx.actor.id:
        tell_person(ctx, "payout_refused", data.applicant, ctx.scope, words)


@handler("refund.tell_paid", again=True)
def tell_paid(data: PayoutIn, ctx: Context) -> None:
    """Tell whoever asked that the money was paid."""
    amount = payout_of(ctx, data.what, data.payout_id).amount_fen
    words = {"what": what_words(ctx, data.what, ctx.scope), "number": data.subject_no, "amount_fen": amount}
    if data.applicant != ctx.actor.id:
        tell_person(ctx, "payout_done", data.applicant, ctx.scope, words)


@ending("refund")
def refund_over(ended: Ending) -> None:
    """No money stays reserved without a case: what is neither paid nor withdrawn when a case ends is withdrawn."""
    reason = (ended.reason or _NO_WORD)[:200]
    act = (ended.session, ended.ledger_actor, ended.clock)
    closed = (RefundEventKind.PAID, RefundEventKind.CANCELLED)
    refunds = select(Refund.id).where(
        Refund.instance_id == ended.instance_id,
        ~select(RefundEvent.id).where(RefundEvent.refund_id == Refund.id, RefundEvent.kind.in_(closed)).exists(),
    )
    for refund_id in ended.session.scalars(refunds).all():
        cancel_refund(*act, refund_id=refund_id, reason=reason)
    events = select(CompensationEvent.id).where(
        CompensationEvent.compensation_id == Compensation.id, CompensationEvent.kind.in_(closed)
    )
    owed = select(Compensation.id).where(Compensation.instance_id == ended.instance_id, ~events.exists())
    for compensation_id in ended.session.scalars(owed).all():
        cancel_compensation(*act, compensation_id=compensation_id, reason=reason)
