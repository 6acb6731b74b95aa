"""A bank lends less than planned: its line shrinks and the gap becomes the buyer's (DOMAIN §4, loan rounding)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import live_price_lines
from ledger.finance.errors import ScheduleInvalid
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState, TriggerKind
from ledger.finance.parties import lock_sale, require_open
from ledger.finance.plans import PlannedLine, Trigger
from ledger.finance.receivables import current_schedule, seal_schedule
from ledger.staff.permissions import Permission


def shorten_loan(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    kind: ReceivableKind,
    lent_fen: int,
    due_on: date,
) -> int:
    """Supersede the loan's lines by ones that sum to ``lent_fen`` and raise the gap as the buyer's; returns it.

    The total stands. Money on the lines is counted towards the new ones. Raises `ScheduleInvalid` before signing,
    when the sale has no such loan, or when nothing would be lent less.
    """
    holder = lock_sale(session, actor, Permission.FINANCE_RAISE, sale_id)
    require_open(holder)
    standing = current_schedule(session, sale_id)
    if standing is None:
        raise ScheduleInvalid("schedule_missing", field="sale_id")
    lines = [
        line
        for line in live_price_lines(session, sale_id)
        if line.kind is kind and line.state is ReceivableState.PLANNED
    ]
    gap = sum(line.amount_fen for line in lines) - lent_fen
    if lent_fen <= 0 or gap <= 0:
        raise ScheduleInvalid("loan_not_shorter", field="approved_fen", amount_fen=gap + lent_fen)
    planned, left = [], lent_fen
    for line in lines:
        part = min(line.amount_fen, left)
        left -= part
        if part:
            trigger = Trigger(line.trigger_kind, line.milestone_days, line.due_on, line.milestone)
            planned.append(PlannedLine(kind, line.debtor, part, line.due_on, trigger))
    own = Trigger(TriggerKind.ON_DATE, on=due_on)
    planned.append(PlannedLine(ReceivableKind.DOWN_PAYMENT, Debtor.BUYER, gap, due_on, own))
    seal_schedule(
        session, actor, clock, holder, planned, standing.total_fen, "supplement", standing.template_id, gone=lines
    )
    allocate_credit(session, actor, clock, sale_id=sale_id)
    return gap
