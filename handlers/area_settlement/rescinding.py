"""A buyer who rescinds: the cancellation of his sale is asked for by itself, or what stands in its way is told."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, Missing, handler
from handlers.subscriptions import engine_for_person
from kernel.clock import business_date
from kernel.errors import KeyturnError
from kernel.facts import Telling, on, tell
from ledger.changes.applying import open_order
from ledger.changes.errors import ChangeRefused, ChangeRunning
from ledger.changes.operations import preview_change
from ledger.finance.errors import RoomMoneyRefused
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.staff.models import Staff
from ledger.surveys.facts import BuyerRescinds
from ledger.surveys.models import AreaSettlement

CANCELLATION = "sale_cancellation"
WANTED = {"cause": "area_difference", "loan_fault": None, "compensation_fen": None}
_REASON = ("The buyer rescinds: area differs by {}.", "面积误差 {}，客户选择解除合同。")
# What stands in the way, by code, in English and in Chinese.
_WAYS = {
    "change_running": ("Another change of the sale is open.", "该交易有其他变更正在办理。"),
    "change_filing_submitted": (
        "The contract lies with the authority; its answer comes first.",
        "合同正在备案审核，须先取得备案结果。",
    ),
    "room_change_money_unconfirmed": (
        "Money of the sale waits to be confirmed by finance.",
        "有款项待财务确认。",
    ),
}
_UNKNOWN = ("The sale does not allow a cancellation now.", "该交易目前不能退房。")


@dataclass(frozen=True)
class AskCancellationIn:
    """The settlement whose buyer rescinds, who entered his answer, and the area in words."""

    settlement_id: str
    area_words: str
    chosen_by: str | None = None


@dataclass(frozen=True)
class AskCancellationOut:
    """What stands in the way of the cancellation, in words; None once it is asked for."""

    in_the_way: str | None


@handler("area_settlement.ask_cancellation", again=True)
def ask_cancellation(data: AskCancellationIn, ctx: Context) -> AskCancellationOut:
    """Ask for the cancellation in the name of whoever entered the answer; one that runs already is enough."""
    row = ctx.session.get_one(AreaSettlement, data.settlement_id)
    running = open_order(ctx.session, row.sale_id)
    if running is not None and running.kind == CANCELLATION:
        return AskCancellationOut(None)
    language = 1 if parameter(ctx.session, row.path, LANGUAGE, business_date(ctx.clock)) == "zh" else 0
    try:
        preview_change(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            kind=CANCELLATION,
            sale_id=row.sale_id,
            wanted=WANTED,
            fault="neither",
        )
    except (ChangeRunning, ChangeRefused, RoomMoneyRefused) as refused:
        return AskCancellationOut(_words(refused, language))
    reason = _REASON[language].format(data.area_words)
    tell(ctx.session, BuyerRescinds(row.sale_id, row.id, _asker(ctx, row, data.chosen_by), reason, row.path))
    return AskCancellationOut(None)


def _asker(ctx: Context, row: AreaSettlement, chosen_by: str | None) -> str:
    """Who entered the answer; the sale's consultant when it was the buyer himself."""
    if chosen_by is not None and ctx.session.get(Staff, chosen_by) is not None:
        return chosen_by
    return ctx.session.get_one(Sale, row.sale_id).owner_id


def _words(refused: KeyturnError, language: int) -> str:
    words = _WAYS.get(refused.code, _UNKNOWN)[language]
    no = refused.params.get("no")
    return f"{words} {no}" if no else words


@on(BuyerRescinds)
def buyer_rescinds(fact: BuyerRescinds, telling: Telling) -> None:
    """The cancellation begins with cause and fault filled in, where that process is deployed."""
    engine = engine_for_person(telling, telling.session.get_one(Staff, fact.asked_by))
    try:
        engine.get_definition(CANCELLATION)
    except Missing:
        return
    given = {"sale_id": fact.sale_id, "reason": fact.reason, "evidence_id": None, **WANTED}
    engine.start(CANCELLATION, given, scope=fact.path)
