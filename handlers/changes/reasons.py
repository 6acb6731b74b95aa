"""Why an order came back, in the language of whoever asked: what was said, or what is no longer as approved."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api import Context
from handlers.changes.orders import language_for
from handlers.changes.wording import FIELDS
from kernel.errors import Invalid, KeyturnError, Stale
from ledger.changes.errors import ChangeStale
from ledger.changes.models import ChangeOrder
from ledger.changes.operations import require_as_approved
from ledger.inventory.errors import UnitNotSellable

NO_LONGER_SO = (Stale, Invalid, UnitNotSellable)
"""What working an order out again refuses with when the world has changed since it was asked for."""

_SO = ("no longer as approved", "已非批准时的内容")
_RETURNED = ("returned without a word", "退回，未说明原因")
_NOT_DECIDED = ("not decided in time", "审批逾期")
_OVER = {
    "rejected": ("rejected", "已否决"),
    "withdrawn": ("given up by whoever asked", "申请人撤回"),
    "expired": ("not mended in time", "逾期未修改"),
    "failed": ("not executed", "未执行"),
}
_FIELDS = {
    **FIELDS,
    "lines": ("payment lines", "应收明细"),
    "money": ("money effect", "资金影响"),
    "discounts": ("discounts", "折扣"),
    "list_price_fen": ("list price", "标准价"),
}
_REFUSALS = {
    "unit_taken": ("the home has been taken", "房源已被他人选定"),
    "unit_seized": ("the home has been seized", "房源已被查封"),
    "unit_mortgaged": ("the home has been mortgaged", "房源已被抵押"),
    "unit_withheld": ("the home has been withheld", "房源已被销控"),
    "unit_unlicensed": ("the home has no permit", "房源无预售许可"),
    "unit_unreleased": ("the home is not released", "房源尚未推售"),
    "unit_not_for_sale": ("the home is not for sale", "房源不可售"),
    "room_below_deposit": ("the deposit is above its price", "定金高于该房源成交价"),
    "room_change_loan_paid_out": ("the bank has paid", "贷款已放款"),
    "room_change_money_unconfirmed": ("money waits to be confirmed", "有款项待确认到账"),
    "rights_after_filing": ("not allowed after filing", "备案后不允许该类权益变更"),
    "change_below_paid": ("the price would be below what is paid", "成交价将低于已付款"),
    "change_plan_above_paid": ("the plan does not carry what is paid", "新付款方式无法覆盖已付款"),
    "change_plan_unusable": ("the plan is no longer in use", "该付款方式已停用"),
    "offer_not_valid": ("an offer is no longer valid", "优惠方案已失效"),
    "change_loan_missing": ("money of the loan has come", "贷款已到账"),
    "change_loan_not_short": ("the loan is not short", "贷款并无不足"),
}


def why_returned(
    ctx: Context, order: ChangeOrder, outcome: str | None, opinions: Sequence[dict[str, object]]
) -> str:
    """The reason for whoever mends it; nobody's opinion stands for a reason that is not his."""
    language = language_for(ctx, order.applied_by, order.path)
    return _what_differs(ctx, order, language) if outcome == "approved" else said_on_return(opinions, language)


def said_on_return(opinions: Sequence[dict[str, object]], language: int) -> str:
    """What whoever returned it said; where nobody did, the request expired."""
    said = opinions[-1] if opinions else {}
    if said.get("decision") == "returned":
        return str(said.get("opinion") or _RETURNED[language])
    return _NOT_DECIDED[language]


def why_over(state: str, language: int) -> str:
    """Why an order is over without effect when nobody has said it."""
    return _OVER[state][language]


def _what_differs(ctx: Context, order: ChangeOrder, language: int) -> str:
    try:
        require_as_approved(ctx.session, ctx.ledger_actor, ctx.clock, order)
    except NO_LONGER_SO as refused:
        what = _named(refused, language)
    else:
        what = ""
    return ("：" if language else ": ").join(filter(None, (_SO[language], what)))


def _named(refused: KeyturnError, language: int) -> str:
    if isinstance(refused, ChangeStale):
        labels = [_FIELDS[name][language] for name in refused.names if name in _FIELDS]
        return ("、" if language else ", ").join(dict.fromkeys(labels))
    return _REFUSALS[refused.code][language] if refused.code in _REFUSALS else ""
