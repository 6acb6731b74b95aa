"""Keys, what late delivery costs, the form, the buyers' opinion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.api import BusinessError, Context, handler
from handlers.move_in.repairs import part_names
from handlers.move_in.start import CaseIn, tell_buyers
from ledger.handover import keys
from ledger.handover.errors import KeysStopped
from ledger.handover.kinds import DefectState
from ledger.handover.models import MoveInCase
from ledger.handover.signing import defects_of

MONEY_OPEN = "move_in.hand_over.money_open"


@dataclass(frozen=True)
class HandedOut:
    """What the key hand-over form says beside the sale: the day and what is still to be repaired."""

    key_form: dict[str, Any]


@handler("move_in.hand_over", errors={MONEY_OPEN})
def hand_over(data: CaseIn, ctx: Context) -> HandedOut:
    """Give the keys. Raises the business error `MONEY_OPEN` when money has come to be open since the check."""
    try:
        keys.hand_over(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    except KeysStopped as stopped:
        raise BusinessError(MONEY_OPEN, why=stopped.code) from stopped
    case = ctx.session.get_one(MoveInCase, data.case_id)
    names = part_names(ctx, case)
    waiting = [
        {"room": names.get((one.room, one.part), one.room), "text": one.note, "until": one.due_on.isoformat()}
        for one in defects_of(ctx.session, case.id)
        if one.state is DefectState.OPEN
    ]
    return HandedOut({"handed_on": str(case.handed_over_on), "clerk": ctx.actor.name, "defect": waiting})


@dataclass(frozen=True)
class CompensateOut:
    """What late delivery costs, in fen."""

    compensation_fen: int


@handler("move_in.compensate", again=True)
def compensate(data: CaseIn, ctx: Context) -> CompensateOut:
    """Paid price × the contract's rate × days after the agreed day (DOMAIN §4), ordered through finance."""
    return CompensateOut(keys.compensate(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id))


@dataclass(frozen=True)
class AskedOut:
    """Whether the buyer has said it already."""

    is_rated: bool


@handler("move_in.ask_rating", again=True)
def ask_rating(data: CaseIn, ctx: Context) -> AskedOut:
    """Ask the buyers how satisfied they are, unless one said so when he got the keys."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    if case.satisfaction is None:
        tell_buyers(ctx, case, "move_in_opinion")
    return AskedOut(case.satisfaction is not None)
