"""Ending a receivable: what was paid on it becomes credit again, nothing more is collected."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_today
from ledger.finance.allocation import take_back
from ledger.finance.kinds import ReceivableState, TodoKind
from ledger.finance.models import Allocation, Receipt, Receivable
from ledger.finance.todos import open_todos_of, void_todo


def supersede(
    session: Session,
    actor: Actor,
    clock: Clock,
    line: Receivable,
    reason: str,
    schedule_id: str | None = None,
) -> None:
    """End a receivable: its money becomes credit again, its open collect to-dos are cancelled."""
    free_line(session, actor, clock, line)
    line.state, line.superseded_in = ReceivableState.SUPERSEDED, schedule_id
    line.ended_on = booking_today(session, clock, line.project_id)
    for todo in open_todos_of(session, TodoKind.COLLECT, receivable_id=line.id):
        void_todo(session, actor, clock, todo, reason)
    session.flush()  # The rule that no money is on it must speak while we know which line it was.


def free_line(session: Session, actor: Actor, clock: Clock, line: Receivable) -> dict[str, int]:
    """Take back all that is allocated to a receivable; returns the fen freed by receipt."""
    receipt_ids = select(Allocation.receipt_id).where(Allocation.receivable_id == line.id)
    receipts = select(Receipt).where(Receipt.id.in_(receipt_ids)).order_by(Receipt.id)
    locked = session.scalars(receipts.with_for_update(of=Receipt, key_share=True)).all()
    freed = {receipt.id: take_back(session, actor, clock, receipt, only=line) for receipt in locked}
    return {receipt_id: fen for receipt_id, fen in freed.items() if fen}
