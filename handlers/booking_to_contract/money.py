"""Money to-dos of this process: what finance is asked to collect."""

from __future__ import annotations

from engine.api import Context
from ledger.finance.kinds import TodoKind
from ledger.finance.models import MoneyTodo, Receivable
from ledger.finance.operations import open_todo


def collect(ctx: Context, line: Receivable, *, amount_fen: int | None = None) -> MoneyTodo | None:
    """Ask finance to collect a receivable, or what is left of it; once, however often the step is retried."""
    amount = line.amount_fen if amount_fen is None else amount_fen
    if amount <= 0 or line.due_on is None:
        return None
    return open_todo(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        key=f"collect:{line.id}",
        kind=TodoKind.COLLECT,
        project_id=line.project_id,
        path=line.path,
        amount_fen=amount,
        due_on=line.due_on,
        debtor=line.debtor,
        sale_id=line.sale_id,
        customer_id=line.customer_id,
        receivable_id=line.id,
        instance_id=ctx.instance_id,
    )
