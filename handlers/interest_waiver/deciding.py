"""What becomes of a request: put into effect, lapsed because less is open by now, refused, given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api import Context, Ending, ending, handler
from handlers.telling import tell_person
from kernel.errors import Missing
from ledger.finance.interest_models import Waiver
from ledger.finance.kinds import WaiverEventKind
from ledger.finance.operations import end_waiver, grant_waiver
from ledger.finance.waivers import event_of


@dataclass(frozen=True)
class GrantIn:
    """The request that was approved, by the content that was approved, and who approved it in order."""

    waiver_id: str
    content_hash: str
    deciders: list[str]


@dataclass(frozen=True)
class GrantOut:
    """``granted`` when the buyer is let off, ``lapsed`` when less is open by now or the sale is closed."""

    result: Literal["granted", "lapsed"]


@handler("interest_waiver.grant")
def grant(data: GrantIn, ctx: Context) -> GrantOut:
    """Let the buyer off as it was approved; what is open is looked at once more."""
    event = grant_waiver(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        waiver_id=data.waiver_id,
        approved_hash=data.content_hash,
        approvers=list(dict.fromkeys(data.deciders)),
    )
    return GrantOut("granted" if event.kind is WaiverEventKind.GRANTED else "lapsed")


@dataclass(frozen=True)
class EndIn:
    """The request and how it comes to nothing."""

    waiver_id: str
    end: Literal["refused", "withdrawn", "lapsed"]
    why: str | None = None


@handler("interest_waiver.end", again=True)
def end(data: EndIn, ctx: Context) -> None:
    """Note that the request came to nothing."""
    kind = WaiverEventKind(data.end)
    end_waiver(ctx.session, ctx.ledger_actor, ctx.clock, waiver_id=data.waiver_id, kind=kind, reason=data.why)


@dataclass(frozen=True)
class TellIn:
    """The request and what messages say of it; the amount in fen."""

    waiver_id: str
    sale_no: str
    unit: str
    amount_fen: int


@handler("interest_waiver.tell", again=True)
def tell(data: TellIn, ctx: Context) -> None:
    """Tell who asked what became of it."""
    waiver = ctx.session.get_one(Waiver, data.waiver_id)
    event = event_of(ctx.session, waiver.id)
    if event is None:
        raise Missing("waiver_missing", field="waiver_id", id=data.waiver_id)
    words = {"number": data.sale_no, "unit": data.unit, "amount_fen": data.amount_fen}
    tell_person(ctx, f"waiver_{event.kind}", waiver.requested_by, waiver.path, words)


@ending("interest_waiver")
def over(ended: Ending) -> None:
    """No request waits without a case: one that nobody has decided is withdrawn."""
    waiver_id = ended.variables.get("waiver_id")
    if waiver_id is None or ended.session.get(Waiver, waiver_id) is None:
        return
    end_waiver(
        ended.session,
        ended.ledger_actor,
        ended.clock,
        waiver_id=waiver_id,
        kind=WaiverEventKind.WITHDRAWN,
        reason=ended.reason,
    )
