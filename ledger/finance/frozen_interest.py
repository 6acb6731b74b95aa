"""Late interest that planning anew had frozen, opened once more: money that counted then was taken back since.

Planning anew charges what a line has accrued through that day and ends it; nothing accrues on it afterwards. When
a receipt that had paid a part of the line is reversed, more principal was late on those days, and what is missing
through the day of planning is charged. The lines that follow bear interest from the next day on as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import has_event, home_of
from ledger.finance.interest import LineInterest, interest_without
from ledger.finance.interest_charges import ask_to_collect, charge_parts, uncharged_parts
from ledger.finance.kinds import Debtor, EventKind, ReceivableClass, ReceivableState
from ledger.finance.models import Allocation, Receipt, Receivable, ReceivableSchedule
from ledger.finance.parties import AccountHolder, account_of_sale
from ledger.organisation.models import Project


@dataclass(frozen=True)
class _Frozen:
    """A line that was planned anew, and the day through which its interest was charged then."""

    line: Receivable
    through: date
    ended_in: ReceivableSchedule


def reopen_frozen(session: Session, actor: Actor, clock: Clock, receipt: Receipt) -> list[Receivable]:
    """Charge what a receipt that is reversed had kept from accruing on lines that were planned anew since."""
    sale_id = home_of(session, receipt)
    frozen = _touched(session, receipt) if sale_id else []
    if sale_id is None or not frozen:
        return []
    holder = account_of_sale(session, sale_id)
    raised: list[Receivable] = []
    for one in frozen:
        raised += _charge(session, actor, clock, holder, one)
    ask_to_collect(session, actor, clock, raised)
    return raised


def _touched(session: Session, receipt: Receipt) -> list[_Frozen]:
    """The instalments that the receipt had paid a part of when they were planned anew."""
    paid = select(Allocation.receivable_id).where(Allocation.receipt_id == receipt.id, Allocation.amount_fen > 0)
    query = (
        select(Receivable, ReceivableSchedule, Project.zone)
        .join(ReceivableSchedule, ReceivableSchedule.id == Receivable.superseded_in)
        .join(Project, Project.id == Receivable.project_id)
        .where(
            Receivable.id.in_(paid),
            Receivable.state == ReceivableState.SUPERSEDED,
            Receivable.class_ == ReceivableClass.PRICE,
            Receivable.debtor == Debtor.BUYER,
        )
        .order_by(ReceivableSchedule.number, Receivable.sequence)
    )
    return [
        _Frozen(line, schedule.sealed_at.astimezone(ZoneInfo(zone)).date(), schedule)
        for line, schedule, zone in session.execute(query)
    ]


def _charge(
    session: Session, actor: Actor, clock: Clock, holder: AccountHolder, one: _Frozen
) -> Sequence[Receivable]:
    paid = _paid_then(session, one)
    found: LineInterest = interest_without(session, one.line, paid, through=one.through)
    return charge_parts(session, actor, clock, holder, uncharged_parts(found))


def _paid_then(session: Session, one: _Frozen) -> dict[date, int]:
    """Fen by day of payment that stood on the line when it ended, of receipts that stand to this day."""
    query = (
        select(Receipt.paid_on, func.sum(-Allocation.amount_fen))
        .join(Receipt, Receipt.id == Allocation.receipt_id)
        .where(
            Allocation.receivable_id == one.line.id,
            Allocation.amount_fen < 0,
            Allocation.at >= one.ended_in.sealed_at,
            ~has_event(EventKind.REVERSED),
        )
        .group_by(Receipt.paid_on)
    )
    return {day: int(fen) for day, fen in session.execute(query)}
