"""What a purchase plan says of instalments and prices, in the reader's language."""

from __future__ import annotations

from channels.papers import PlanLine
from ledger.finance.plans import PlannedLine
from webapp.plan_words import due_words
from webapp.wording import state_name


def plan_line(line: PlannedLine) -> PlanLine:
    """An instalment: its day where it is known, else the words for when."""
    due = line.due_on.isoformat() if line.trigger.on else due_words(line)
    return PlanLine(
        name=state_name(f"receivable_kind.{line.kind}"),
        due=due,
        amount_fen=line.amount_fen,
        payer=state_name(f"debtor.{line.debtor}"),
    )


def unit_price(total_fen: int, building_area_hundredths: int) -> int:
    """Fen a square metre, rounded half up."""
    return (total_fen * 200 + building_area_hundredths) // (2 * building_area_hundredths)
