"""The money effect of planning a price anew, for every kind that touches the plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from ledger.arrears.expected import expected_interest
from ledger.changes.kind import MoneyLine, Standing
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.models import PaymentPlanTemplate, Receivable
from ledger.finance.plans import PlannedLine
from ledger.finance.receivables import current_schedule
from ledger.finance.replanning import Replanned, plan_anew
from ledger.finance.templates import apply_plan


def planned_anew(standing: Standing, *, plan_id: str, deal_price_fen: int) -> Replanned:
    """What a plan and a price would make of a sale's lines.

    Before signing there are none yet: the plan's lines at the price, the deposit taken off, without dates.
    """
    sale, contract = standing.sale, standing.contract
    if contract is None:
        deposit = standing.subscription.deposit_fen if standing.subscription else 0
        planned = apply_plan(
            standing.session, plan_id, sale.project_id, deal_price_fen, deposit, standing.sale.opened_at.date()
        )
        return Replanned((), (), planned, {})
    schedule = current_schedule(standing.session, sale.id)
    total = (schedule.total_fen if schedule else contract.total_fen) + deal_price_fen - contract.total_fen
    return plan_anew(
        standing.session,
        sale_id=sale.id,
        project_id=sale.project_id,
        template_id=plan_id,
        total_fen=total,
        signed_on=contract.signed_on,
    )


def money_of(standing: Standing, anew: Replanned) -> tuple[MoneyLine, ...]:
    """The lines of a plan that takes another's place: what stays, ends, is counted anew and falls due."""
    stays = [_line("stays", row, row.amount_fen) for row in anew.kept]
    ends = [_line("ends", row, row.amount_fen) for row in anew.gone]
    counted = [_line("credited", row, fen) for row in anew.gone if (fen := anew.paid.get(row.id, 0))]
    return (*stays, *ends, *counted, *due_lines(anew.planned, dated=standing.signed), *accrued(standing))


def accrued(standing: Standing) -> tuple[MoneyLine, ...]:
    """The late interest that has accrued through today: charged when lines are planned anew, and staying owed."""
    if not standing.signed:
        return ()
    sale_id = standing.sale.id
    fen = expected_interest(standing.session, [sale_id], standing.today).get(sale_id, 0)
    return (MoneyLine("due", "late_interest", fen, debtor="buyer", estimate=True),) if fen else ()


def due_lines(planned: Iterable[PlannedLine], *, dated: bool) -> tuple[MoneyLine, ...]:
    """What falls due anew; days that depend on signing are left out before there is a contract."""
    return tuple(
        MoneyLine(
            "due",
            str(line.kind),
            line.amount_fen,
            line.due_on.isoformat() if dated and line.due_on else None,
            str(line.debtor),
        )
        for line in planned
    )


def price_lines(session: Session, sale_id: str) -> list[dict[str, Any]]:
    """A sale's live price lines as JSON, with what is paid on each, in fen."""
    lines = live_price_lines(session, sale_id)
    paid = allocated_by_receivable(session, [line.id for line in lines])
    return [_shown(line.kind, line.amount_fen, line.due_on, line.debtor, paid.get(line.id, 0)) for line in lines]


def lines_after(anew: Replanned, *, dated: bool) -> list[dict[str, Any]]:
    """The price lines as they would stand, in the form of `price_lines`."""
    kept = [_shown(x.kind, x.amount_fen, x.due_on, x.debtor, anew.paid.get(x.id, 0)) for x in anew.kept]
    new = [_shown(x.kind, x.amount_fen, x.due_on if dated else None, x.debtor, 0) for x in anew.planned]
    return kept + new


def plan_words(session: Session, plan_id: str | None) -> dict[str, str] | None:
    """What a plan is called, by language."""
    plan = session.get(PaymentPlanTemplate, plan_id) if plan_id else None
    return dict(plan.labels) if plan is not None else None


def _line(does: Any, row: Receivable, fen: int) -> MoneyLine:
    day = row.due_on.isoformat() if row.due_on else None
    return MoneyLine(does, str(row.kind), fen, day, str(row.debtor))


def _shown(kind: Any, amount_fen: int, due_on: Any, debtor: Any, paid_fen: int) -> dict[str, Any]:
    return {
        "kind": str(kind),
        "amount_fen": amount_fen,
        "due_on": due_on.isoformat() if due_on else None,
        "debtor": str(debtor),
        "paid_fen": paid_fen,
    }
