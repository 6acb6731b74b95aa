"""A sale is reckoned by its survey, and what comes out is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.api import BusinessError, Context, handler
from handlers.sale_facts import set_sale_facts
from ledger.changes.applying import open_order
from ledger.sales.models import Sale
from ledger.surveys import settling
from ledger.surveys.models import AreaSettlement

OVER = "area_settlement.reckon.sale_over"


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
    sale = set_sale_facts(ctx, data.sale_id)
    return ReckonOut(
        settlement_id=row.id,
        next=_next(ctx, row),
        beyond=settling.must_choose(row) and row.choice is None,
        area_words=_area_words(row),
        money_words=_money_words(row),
        sale_no=sale.no,
        project=sale.project,
        unit=sale.unit,
        customer=sale.customer,
    )


def _next(ctx: Context, row: AreaSettlement) -> str:
    if open_order(ctx.session, row.sale_id) is not None:
        return "change"
    return "nothing" if settling.is_nothing_due(row) else "settle"


def _area_words(row: AreaSettlement) -> str:
    """Areas and ratio in figures alone, which both languages read: 100.00 → 104.50 m², +4.500 %."""
    before, after = row.contract_area_hundredths, row.settled_area_hundredths
    return f"{_hundredths(before)} → {_hundredths(after)} m², {percent(row.ratio)}"


def _money_words(row: AreaSettlement) -> str:
    total = f"{'−' if row.due_fen < 0 else '+'}¥{_hundredths(abs(row.due_fen))}"
    return f"{total} − ¥{_hundredths(row.due_compensation_fen)}" if row.due_compensation_fen else total


def _hundredths(value: int) -> str:
    whole, rest = divmod(value, 100)
    return f"{whole:,}.{rest:02d}"


def percent(ratio: Fraction) -> str:
    """A ratio in per cent to five decimals, cut and not rounded, so that 3.00996 % never reads as 3 %."""
    cut = abs(ratio) * 10_000_000
    whole, rest = divmod(int(cut), 100_000)
    return f"{'−' if ratio < 0 else '+'}{whole}.{rest:05d} %"
