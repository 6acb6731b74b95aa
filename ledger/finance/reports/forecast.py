"""What is going to fall due (资金预测): what is open at a day by the month of its due date and who has to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.kinds import Debtor
from ledger.finance.models import Receivable
from ledger.finance.reports.periods import month_begin
from ledger.finance.reports.standing import ReportFilter, open_lines

LATE, LATER, UNDATED = "late", "later", "undated"


@dataclass(frozen=True)
class DueSpan:
    """Due dates from a day to a day, None where there is no such end; ``key`` is a month or a word above."""

    key: str
    first: date | None = None
    last: date | None = None

    def holds(self, due: ColumnElement[Any], on: date) -> ColumnElement[bool]:
        """The condition on a due date."""
        if self.key == UNDATED:
            return due.is_(None)
        after = due.is_not(None) if self.first is None else due >= self.first
        return after if self.last is None else and_(after, due <= self.last)


def spans_at(on: date, months: int) -> tuple[DueSpan, ...]:
    """What is late, the rest of this month and the months after it, what is later, what has no date yet."""
    begins = [month_begin(on, later) for later in range(months + 1)]
    ahead = [
        DueSpan(f"{first:%Y-%m}", max(first, on), after - timedelta(days=1)) for first, after in pairwise(begins)
    ]
    late, later = DueSpan(LATE, None, on - timedelta(days=1)), DueSpan(LATER, begins[-1], None)
    return (late, *ahead, later, DueSpan(UNDATED))


@dataclass(frozen=True)
class ForecastRow:
    """One span: open fen by debtor, in the order of `Debtor`."""

    span: DueSpan
    fen: tuple[int, ...]

    @property
    def total_fen(self) -> int:
        """Whoever has to pay."""
        return sum(self.fen)


def forecast(
    session: Session, actor: Actor, where: ReportFilter, *, on: date, spans: Sequence[DueSpan]
) -> list[ForecastRow]:
    """What was open at the end of a day by when it falls due, in one query."""
    lines = open_lines(actor, where, on, Receivable.debtor.label("debtor")).subquery()
    sums = [func.coalesce(func.sum(lines.c.fen).filter(span.holds(lines.c.due, on)), 0) for span in spans]
    query = select(lines.c.debtor, *sums).group_by(lines.c.debtor)
    by_debtor = {str(debtor): values for debtor, *values in session.execute(query)}
    nothing = [0] * len(spans)
    return [
        ForecastRow(span, tuple(int(by_debtor.get(str(debtor), nothing)[place]) for debtor in Debtor))
        for place, span in enumerate(spans)
    ]
