"""Beyond the tolerance the buyer is asked, reminded, and his answer is noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.api import Context, handler
from handlers.area_settlement.reckoning import percent
from handlers.shared import end_of_day, instant_text
from handlers.telling import tell_customers
from kernel.clock import start_of_day
from ledger.finance.sale_labels import label_sales
from ledger.organisation import parameters as p
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.sales.queries import buyers_of
from ledger.surveys import settling
from ledger.surveys.kinds import Choice
from ledger.surveys.models import AreaSettlement


@dataclass(frozen=True)
class SettlementIn:
    """The settlement."""

    settlement_id: str


@dataclass(frozen=True)
class AskOut:
    """Until when the buyer answers: the last day, the instant at which it is over, when to remind; the notice."""

    answer_by: str
    answer_until: str
    remind_at: str
    notice: dict[str, Any]


@handler("area_settlement.ask", again=True)
def ask(data: SettlementIn, ctx: Context) -> AskOut:
    """Ask the buyer to choose."""
    row = settling.ask_buyer(ctx.session, ctx.ledger_actor, ctx.clock, settlement_id=data.settlement_id)
    zone = ctx.session.get_one(Project, row.project_id).zone
    last = row.answer_by
    assert last is not None  # noqa: S101 - asking sets the day
    ahead = parameter(ctx.session, row.path, p.AREA_ANSWER_REMINDER_DAYS, last)
    return AskOut(
        last.isoformat(),
        instant_text(end_of_day(last, zone)),
        instant_text(start_of_day(last - timedelta(days=ahead), zone) + timedelta(hours=9)),
        _notice(ctx, row, last),
    )


def _notice(ctx: Context, row: AreaSettlement, last: date) -> dict[str, Any]:
    """What the notice on paper says beside the sale (面积差异结算通知书)."""
    zh = parameter(ctx.session, row.path, p.LANGUAGE, last) == "zh"
    pays = row.due_fen > 0
    words = (
        ("买受人应补缴" if pays else "应退还买受人")
        if zh
        else ("The buyer pays" if pays else "The buyer gets back")
    )
    choice = "可在期限内选择解除合同" if zh else "May rescind within the time named"
    return {
        "measured_area": row.settled_area_hundredths,
        "area_difference": abs(row.settled_area_hundredths - row.contract_area_hundredths),
        "ratio": percent(row.ratio),
        "direction": words,
        "settlement": abs(row.due_fen),
        "compensation": max(0, row.due_compensation_fen),
        "borne": row.borne_fen,
        "final_price": row.final_fen,
        "choice": choice,
        "deadline_on": last.isoformat(),
    }


@handler("area_settlement.remind", again=True)
def remind(data: SettlementIn, ctx: Context) -> None:
    """Remind every buyer that the answer is wanted."""
    row = ctx.session.get_one(AreaSettlement, data.settlement_id)
    sale = label_sales(ctx.session, [row.sale_id])[row.sale_id]
    buyers = buyers_of(ctx.session, [ctx.session.get_one(Sale, row.sale_id)]).get(row.sale_id, ())
    words = {
        "project": sale.project_name,
        "unit": sale.unit_label,
        "deadline_on": row.answer_by.isoformat() if row.answer_by else "",
    }
    tell_customers(ctx, "area_choice_reminder", [buyer.customer_id for buyer in buyers], row.path, words)


@dataclass(frozen=True)
class ChooseIn:
    """The buyer's answer as it was entered."""

    settlement_id: str
    choice: str
    answered_on: str
    chosen_by: str | None = None


@dataclass(frozen=True)
class ChooseOut:
    """By which day price and interest go back when he rescinds."""

    rescind_by: str | None


@handler("area_settlement.choose", again=True)
def choose(data: ChooseIn, ctx: Context) -> ChooseOut:
    """Note the choice. Raises what the ledger refuses, by field."""
    row = settling.choose(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        settlement_id=data.settlement_id,
        choice=Choice(data.choice),
        asked_on=date.fromisoformat(data.answered_on),
        chosen_by=data.chosen_by,
    )
    return ChooseOut(row.rescind_by.isoformat() if row.rescind_by else None)
