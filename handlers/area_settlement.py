"""The verbs of an area settlement (面积补差), and the facts that say its money is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.shared import end_of_day, instant_text
from handlers.subscriptions import engine_of_system
from handlers.telling import tell_customers
from kernel.clock import start_of_day
from kernel.facts import Telling, on, tell
from ledger.changes.applying import open_order
from ledger.finance.facts import (
    BuyerLetOff,
    CompensationPaid,
    PayoutCancelled,
    ReceivableSettled,
    RefundPaid,
)
from ledger.finance.models import Refund
from ledger.finance.payout_models import Compensation
from ledger.finance.sale_labels import label_sales
from ledger.organisation import parameters as p
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.sales.queries import buyers_of
from ledger.surveys import settling
from ledger.surveys.facts import AreaMoneyDone
from ledger.surveys.kinds import Choice, SettlementState, Verdict
from ledger.surveys.models import AreaSettlement
from ledger.surveys.queries import money_is_done

PROCESS = "area_settlement"
OVER = "area_settlement.reckon.sale_over"
_PEOPLE_NAMED = 3


@dataclass(frozen=True)
class ReckonIn:
    """The sale, and the survey that settles it."""

    sale_id: str
    survey_id: str


@dataclass(frozen=True)
class ReckonOut:
    """What came out, what its tasks say, and where it goes: ``next`` is nothing, change or settle."""

    settlement_id: str
    next: str
    beyond: bool
    area_words: str
    money_words: str
    sale_no: str
    project: str
    unit: str
    customer: str


@handler("area_settlement.reckon", errors={OVER}, again=True)
def reckon(data: ReckonIn, ctx: Context) -> ReckonOut:
    """Reckon the sale by the survey, from the facts of now. Raises the business error `OVER` for a closed sale."""
    if ctx.session.get_one(Sale, data.sale_id).state != "live":
        raise BusinessError(OVER)
    row = settling.open_settlement(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        survey_id=data.survey_id,
        instance_id=ctx.instance_id,
    )
    sale = label_sales(ctx.session, [data.sale_id])[data.sale_id]
    customer = "、".join(sale.buyer_names[:_PEOPLE_NAMED])
    ctx.set_facts(project=sale.project_name, unit=sale.unit_label, customer=customer, sale_no=sale.no)
    return ReckonOut(
        settlement_id=row.id,
        next=_next(ctx, row),
        beyond=row.verdict in (Verdict.ABOVE, Verdict.BELOW),
        area_words=_area_words(row),
        money_words=_money_words(row),
        sale_no=sale.no,
        project=sale.project_name,
        unit=sale.unit_label,
        customer=customer,
    )


def _next(ctx: Context, row: AreaSettlement) -> str:
    if open_order(ctx.session, row.sale_id) is not None:
        return "change"
    return "nothing" if row.verdict is Verdict.NOTHING else "settle"


def _area_words(row: AreaSettlement) -> str:
    """Areas and ratio in figures alone, which both languages read: 100.00 → 104.50 m², +4.500 %."""
    before, after = row.contract_area_hundredths, row.settled_area_hundredths
    return f"{_hundredths(before)} → {_hundredths(after)} m², {_percent(row.ratio)}"


def _money_words(row: AreaSettlement) -> str:
    total = _hundredths(row.difference_fen, sign=True)
    return f"{total} − {_hundredths(row.compensation_fen)}" if row.compensation_fen else total


def _hundredths(value: int, *, sign: bool = False) -> str:
    whole, rest = divmod(abs(value), 100)
    mark = "−" if value < 0 else "+" if sign else ""
    return f"{mark}{whole:,}.{rest:02d}"


def _percent(ratio: Fraction) -> str:
    """A ratio in per cent to five decimals, cut and not rounded, so that 3.00996 % never reads as 3 %."""
    cut = abs(ratio) * 10_000_000
    whole, rest = divmod(int(cut), 100_000)
    return f"{'−' if ratio < 0 else '+'}{whole}.{rest:05d} %"


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
    pays = row.difference_fen > 0
    words = (
        ("买受人应补缴" if pays else "应退还买受人")
        if zh
        else ("The buyer pays" if pays else "The buyer gets back")
    )
    choice = "可在期限内选择解除合同" if zh else "May rescind within the time named"
    return {
        "measured_area": row.settled_area_hundredths,
        "area_difference": abs(row.settled_area_hundredths - row.contract_area_hundredths),
        "ratio": _percent(row.ratio),
        "direction": words,
        "settlement": abs(row.difference_fen),
        "compensation": row.compensation_fen,
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


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: the settlement's money may be done."""
    _look(fact.sale_id, telling)


@on(BuyerLetOff)
def let_off(fact: BuyerLetOff, telling: Telling) -> None:
    """The rest of a line is written off."""
    _look(fact.sale_id, telling)


@on(RefundPaid)
def refunded(fact: RefundPaid, telling: Telling) -> None:
    """Money went back."""
    _look(fact.sale_id, telling)


@on(CompensationPaid)
def compensated(fact: CompensationPaid, telling: Telling) -> None:
    """Compensation was paid."""
    _look(fact.sale_id, telling)


@on(PayoutCancelled)
def called_off(fact: PayoutCancelled, telling: Telling) -> None:
    """A payout was withdrawn at the desk."""
    payout = telling.session.get(Refund, fact.payout_id) or telling.session.get(Compensation, fact.payout_id)
    _look(payout.sale_id if payout else None, telling)


def _look(sale_id: str | None, telling: Telling) -> None:
    row = money_is_done(telling.session, sale_id) if sale_id else None
    if row is not None:
        tell(telling.session, AreaMoneyDone(row.sale_id, row.id, row.path))


@on(AreaMoneyDone)
def money_done(fact: AreaMoneyDone, telling: Telling) -> None:
    """The case that waits for the money goes on."""
    engine_of_system(telling).publish("area_money_done", {"sale_id": fact.sale_id}, {})
