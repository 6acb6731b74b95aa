"""Building milestones (工程节点) that let receivables fall due: topped out, hand-over, whatever plans name."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_day
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.errors import DateInvalid
from ledger.finance.kinds import ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.parties import today_at
from ledger.finance.todos import ask_for
from ledger.staff.permissions import Permission


def reach_milestone(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, milestone: str, reached_on: date
) -> int:
    """A building milestone (工程节点) is reached: the lines that wait for it fall due and are to be collected.

    Returns how many. Raises `DateInvalid` for a day to come, `NotAllowed`.
    """
    today = today_at(session, clock, project_id)
    if reached_on > today:
        raise DateInvalid("milestone_in_future", field="reached_on", latest=today.isoformat())
    query = select(Receivable).where(
        Receivable.project_id == project_id,
        Receivable.milestone == milestone,
        Receivable.due_on.is_(None),
        Receivable.state == ReceivableState.PLANNED,
    )
    lines = list(session.scalars(query.order_by(Receivable.id)))
    booked_on = booking_day(session, project_id, today)
    for line in lines:
        actor.require(Permission.FINANCE_RAISE, line.path)
        line.due_on, line.dated_on = reached_on + timedelta(days=line.milestone_days), booked_on
        _ask_for(session, actor, clock, line)
        after = {"milestone": milestone, "due_on": line.due_on.isoformat()}
        audit.record(session, actor, clock, "finance:fall_due", "receivable", line.id, path=line.path, after=after)
    return len(lines)


def _ask_for(session: Session, actor: Actor, clock: Clock, line: Receivable) -> None:
    """Open the to-do to collect what is open of a line that has just got its date."""
    left = line.amount_fen - allocated_by_receivable(session, [line.id]).get(line.id, 0)
    if left <= 0 or line.due_on is None:
        return
    key = f"collect:{line.id}"
    ask_for(session, actor, clock, line, key=key, fen=left, due_on=line.due_on, note="milestone_reached")
