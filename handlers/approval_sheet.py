"""The verb that keeps the sheet (审批单) of an ended approval: ordered in the step, made after the commit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from engine.api import Context, handler
from handlers.jobs import APPROVAL_SHEET


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the form ``approval/decide`` shows to the approvers, the floor price (底价) aside.

    It goes when the approval ends, so the order of the sheet carries it. Amounts are fen, discounts basis points,
    instants UTC.
    """

    kind: str | None = None
    subject_no: str | None = None
    unit: str | None = None
    customer: str | None = None
    reason: str | None = None
    list_price_fen: int | None = None
    amount_fen: int | None = None
    money_effect_fen: int | None = None
    effective_discount_bp: int | None = None
    earlier_exceptions: int | None = None
    hold_hours: int | None = None
    waived_fen: int | None = None
    open_interest_fen: int | None = None
    payout_fen: int | None = None
    received_fen: int | None = None
    compensation_words: str | None = None
    payee: str | None = None
    payer: str | None = None
    payee_reason: str | None = None
    raised: int | None = None
    lowered: int | None = None
    first: int | None = None
    sold: int | None = None
    now_fen: int | None = None
    new_fen: int | None = None
    change_fen: int | None = None
    takes_effect_at: str | None = None
    change_text: str | None = None
    money_text: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeepIn(Seen):
    """The roles that were asked, and what came of it; ``expired`` when nobody answered in time."""

    approvers: list[str]
    outcome: Literal["approved", "returned", "rejected"]
    expired: bool = False


@handler("approval.keep_sheet", again=True)
def keep_sheet(data: KeepIn, ctx: Context) -> None:
    """Order the sheet of the case as it stands at this instant; where nobody was asked there is none."""
    if not data.approvers:
        return
    told = asdict(data)
    seen = {name: told[name] for name in Seen.__dataclass_fields__ if told[name] is not None}
    outcome = "expired" if data.expired else data.outcome
    ended = {"outcome": outcome, "at": ctx.clock.now().isoformat(), "seen": seen}
    ctx.send(APPROVAL_SHEET, {"instance_id": ctx.instance_id, **ended})
