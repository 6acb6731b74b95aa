"""What a case pays out: a refund of a receipt's free money, or compensation of a sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api import Context
from handlers.looking_up import found
from kernel.clock import business_date
from ledger.finance.kinds import CompensationKind
from ledger.finance.models import Receipt, Refund
from ledger.finance.operations import cancel_compensation, cancel_refund
from ledger.finance.payout_models import Compensation
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter

What = Literal["refund", "compensation"]
Payout = Refund | Compensation

_WHAT = {"refund": ("Refund", "退款"), "compensation": ("Compensation", "赔偿")}
_KINDS = {
    CompensationKind.DEPOSIT_DOUBLE: ("second half of a doubled deposit", "双倍返还定金的另一半"),
    CompensationKind.REFUND_INTEREST: ("interest on refunded money", "退款利息"),
    CompensationKind.LATE_DELIVERY: ("late delivery", "逾期交房违约金"),
    CompensationKind.LATE_TITLE: ("late certificate", "逾期办证违约金"),
    CompensationKind.AREA_EXCESS: ("second half beyond 3 % of the area", "面积误差超 3% 部分的另一倍"),
    CompensationKind.OTHER: ("something else", "其他赔偿"),
}


@dataclass(frozen=True)
class PayoutIn:
    """What the case is about."""

    what: What
    payout_id: str
    subject_no: str
    applicant: str


def payout_of(ctx: Context, what: What, payout_id: str) -> Payout:
    """The refund or the compensation."""
    if what == "refund":
        return found(ctx, Refund, payout_id, "payout_id")
    return found(ctx, Compensation, payout_id, "payout_id")


def withdraw(ctx: Context, what: What, payout_id: str, reason: str) -> None:
    """Free the money that was asked for; withdrawing it twice is once."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    if what == "refund":
        cancel_refund(*act, refund_id=payout_id, reason=reason)
    else:
        cancel_compensation(*act, compensation_id=payout_id, reason=reason)


def what_words(ctx: Context, what: What, path: str) -> str:
    """What is asked for, in the language of the house."""
    return _WHAT[what][language_of(ctx, path)]


def compensation_words(ctx: Context, kind: str | None, path: str) -> str | None:
    """What a compensation is for, in the language of the house."""
    return _KINDS[CompensationKind(kind)][language_of(ctx, path)] if kind else None


def language_of(ctx: Context, path: str) -> int:
    """The place of the house's language in pairs of English and Chinese."""
    return 1 if parameter(ctx.session, path, LANGUAGE, business_date(ctx.clock)) == "zh" else 0


def receipt_of(ctx: Context, payout: Payout) -> Receipt | None:
    """The receipt that a refund comes out of."""
    return ctx.session.get_one(Receipt, payout.receipt_id) if isinstance(payout, Refund) else None
