"""The money check before the keys, and keys with arrears by approval (DOMAIN §9)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import BusinessError, Context, handler
from handlers.move_in.start import CaseIn
from kernel.errors import Stale
from ledger.handover import money
from ledger.handover.kinds import CaseState

STALE = "move_in.allow.stale"


@dataclass(frozen=True)
class MoneyOut:
    """Whether keys may be given; what is open in fen, and the seal that an approval is bound to."""

    money_clear: bool
    open_fen: int
    money_hash: str


@handler("move_in.check_money", again=True)
def check_money(data: CaseIn, ctx: Context) -> MoneyOut:
    """Look what is open of the price, the area settlement and what is collected for others."""
    case, seal = money.check_money(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    ctx.set_facts(amount_fen=case.open_fen)
    return MoneyOut(case.state is CaseState.INSPECTION, case.open_fen, seal)


@dataclass(frozen=True)
class AllowIn:
    """What was approved, and by whom in order."""

    case_id: str
    money_hash: str
    deciders: list[str]


@handler("move_in.allow", errors={STALE})
def allow(data: AllowIn, ctx: Context) -> None:
    """Allow keys with exactly this much open. Raises the business error `STALE` for another amount."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    try:
        money.allow_arrears(*act, case_id=data.case_id, approved_hash=data.money_hash, deciders=data.deciders)
    except Stale as stale:
        raise BusinessError(STALE, why=stale.code) from stale
