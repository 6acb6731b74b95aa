"""Keys, what late delivery costs, the form, the buyers' opinion."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import BusinessError, Context, handler
from handlers.move_in.start import CaseIn, tell_buyers
from ledger.handover import keys
from ledger.handover.errors import KeysStopped
from ledger.handover.models import MoveInCase

MONEY_OPEN = "move_in.hand_over.money_open"


@handler("move_in.hand_over", errors={MONEY_OPEN})
def hand_over(data: CaseIn, ctx: Context) -> None:
    """Give the keys. Raises the business error `MONEY_OPEN` when money has come to be open since the check."""
    try:
        keys.hand_over(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    except KeysStopped as stopped:
        raise BusinessError(MONEY_OPEN, why=stopped.code) from stopped


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
