"""A loan that came out short (贷款额度不足): the gap becomes the buyer's under a supplement (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, MoneyLine, Preview, Route, Standing, Values
from ledger.changes.money import due_lines, price_lines
from ledger.changes.registry import change_kind
from ledger.changes.supplements import sign_supplement
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState, TriggerKind
from ledger.finance.models import Receivable
from ledger.finance.plans import PlannedLine, Trigger

_LOANS = (ReceivableKind.LOAN, ReceivableKind.FUND)


@change_kind
class ShortLoan:
    """Wanted: ``loan`` (loan or fund), ``approved_fen`` and ``due_on``, by when the buyer pays the gap."""

    kind = "supplement"
    stages = ("signed", "filed")

    def guard(self, standing: Standing, wanted: Values) -> None:
        """There is such a loan, nothing of it is paid yet, and less of it is approved; the gap is due later."""
        line = self._line(standing, wanted)
        approved = wanted.get("approved_fen")
        if not isinstance(approved, int) or not 0 <= approved < line.amount_fen:
            raise ChangeRefused("change_loan_not_short", field="approved_fen", loan_fen=line.amount_fen)
        if self._due(wanted) is None:
            raise ChangeRefused("change_gap_due", field="due_on")

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """The loan before and after, and the gap."""
        line = self._line(standing, wanted)
        lines = price_lines(standing.session, standing.sale.id)
        new = self._lines(line, wanted)
        before = {"loan": str(line.kind), "loan_fen": line.amount_fen, "lines": lines}
        gap = line.amount_fen - wanted["approved_fen"]
        after = {"loan": str(line.kind), "loan_fen": wanted["approved_fen"], "gap_fen": gap}
        day = line.due_on.isoformat() if line.due_on else None
        ends = MoneyLine("ends", str(line.kind), line.amount_fen, day, str(line.debtor))
        return Preview(before, after, (ends, *due_lines(new, dated=True)), Route("plan_change"))

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Sign the supplement: the loan's line ends, a shorter one and the buyer's gap take its place."""
        line = self._line(standing, wanted)
        supplement = sign_supplement(
            standing.session,
            standing.actor,
            standing.clock,
            sale_id=standing.sale.id,
            gone_ids=[line.id],
            lines=self._lines(line, wanted),
            reason=execution.reason,
            signed_on=execution.signed_on,
            change_order_id=execution.order_id,
        )
        return {"supplement_no": supplement.no}

    def _line(self, standing: Standing, wanted: Values) -> Receivable:
        found = loan_line(standing.session, standing.sale.id, str(wanted.get("loan") or "loan"))
        if found is None:
            raise ChangeRefused("change_loan_missing", field="loan")
        return found

    def _due(self, wanted: Values) -> date | None:
        try:
            return date.fromisoformat(str(wanted.get("due_on")))
        except ValueError:
            return None

    def _lines(self, line: Receivable, wanted: Values) -> list[PlannedLine]:
        due_on = self._due(wanted)
        assert due_on is not None  # noqa: S101 - the guard has asked
        return short_loan_lines(line, wanted["approved_fen"], due_on)


def loan_line(session: Any, sale_id: str, kind: str) -> Receivable | None:
    """The unpaid loan line of a sale: ``loan`` of the bank, ``fund`` of the fund centre."""
    lines = [
        line
        for line in live_price_lines(session, sale_id)
        if line.kind in _LOANS and line.kind == kind and line.state is ReceivableState.PLANNED
    ]
    paid = allocated_by_receivable(session, [line.id for line in lines])
    return next((line for line in lines if not paid.get(line.id)), None)


def short_loan_lines(line: Receivable, approved_fen: int, due_on: date) -> list[PlannedLine]:
    """What takes a loan line's place: what was approved on its terms, and the buyer's gap by ``due_on``."""
    trigger = Trigger(line.trigger_kind, line.milestone_days, line.due_on, line.milestone)
    loan = PlannedLine(line.kind, line.debtor, approved_fen, line.due_on, trigger)
    gap_fen = line.amount_fen - approved_fen
    gap = PlannedLine(
        ReceivableKind.DOWN_PAYMENT, Debtor.BUYER, gap_fen, due_on, Trigger(TriggerKind.ON_DATE, on=due_on)
    )
    return [one for one in (loan, gap) if one.amount_fen]
