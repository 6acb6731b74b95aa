"""A settlement is posted once, closed when its money is done, and void with its sale or its case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, Ending, ending, handler
from handlers.area_settlement.choice import SettlementIn
from ledger.surveys import settling
from ledger.surveys.kinds import Choice, SettlementState
from ledger.surveys.queries import money_is_done

PROCESS = "area_settlement"


@dataclass(frozen=True)
class PostIn:
    """The settlement; ``unanswered`` is *keep* when silence counts as keeping the home."""

    settlement_id: str
    unanswered: str | None = None
    chosen_by: str | None = None


@dataclass(frozen=True)
class PostOut:
    """Whether money is still to move, and by when."""

    money_is_open: bool
    money_due_on: str | None
    choice: str | None


@handler("area_settlement.post")
def post(data: PostIn, ctx: Context) -> PostOut:
    """Post the settlement once."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    row = settling.lock_settlement(ctx.session, ctx.ledger_actor, data.settlement_id)
    if row.state is SettlementState.ASKING and row.choice is None and data.unanswered == "keep":
        settling.choose(*act, settlement_id=row.id, choice=Choice.KEEP, chosen_by=data.chosen_by)
    row = settling.post_settlement(*act, settlement_id=data.settlement_id)
    ctx.session.flush()  # What is open is read from the database.
    still_open = row.state is SettlementState.POSTED and money_is_done(ctx.session, row.sale_id) is None
    return PostOut(still_open, row.money.get("due_on"), row.choice)


@handler("area_settlement.close", again=True)
def close(data: SettlementIn, ctx: Context) -> None:
    """All money is done."""
    settling.close_settlement(ctx.session, ctx.ledger_actor, ctx.clock, settlement_id=data.settlement_id)


@dataclass(frozen=True)
class VoidIn:
    """The settlement, if there was one yet."""

    settlement_id: str | None = None
    reason: str | None = None


@handler("area_settlement.void", again=True)
def void(data: VoidIn, ctx: Context) -> None:
    """The sale is over: what is not posted is void."""
    if data.settlement_id is not None:
        settling.withdraw_settlement(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            settlement_id=data.settlement_id,
            reason=data.reason or "sale_over",
        )


@ending(PROCESS)
def case_over(ended: Ending) -> None:
    """However a case ends, no settlement stays open without one; what is posted stays in the books."""
    settlement_id = ended.variables.get("settlement_id")
    if isinstance(settlement_id, str):
        act = (ended.session, ended.ledger_actor, ended.clock)
        settling.withdraw_settlement(*act, settlement_id=settlement_id, reason=ended.reason or "ended")
