"""The money of an area settlement (面积补差): top-up, refund, compensation.

What the buyer gets back is taken off the price by a line below zero. It is counted towards what he still owes of
the price himself, and only of what he has paid more is refunded. The loan is untouched: only his own money moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import allocated_by_receivable, free_fen, receipts_at_home, settled_by_receivable
from ledger.finance.allocating import allocate_credit
from ledger.finance.allocation import give_back
from ledger.finance.compensation import ask_compensation
from ledger.finance.kinds import CompensationKind, Debtor, ReceivableKind, ReceivableState
from ledger.finance.models import Allocation, Receipt, Receivable, Refund
from ledger.finance.payout_models import Compensation
from ledger.finance.receivables import settle_area
from ledger.finance.refunds import request_refunds
from ledger.finance.todos import ask_for

REASON = "area_settlement"


@dataclass(frozen=True)
class AreaMoney:
    """What was posted: the schedule of the settled total, refunds, compensation; sums are fen."""

    schedule_id: str | None
    refunds: tuple[Refund, ...]
    compensation: Compensation | None

    @property
    def refunded_fen(self) -> int:
        """What goes back to the buyer, compensation apart."""
        return sum(refund.amount_fen for refund in self.refunds)


def post_area(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    sale_id: str,
    difference_fen: int,
    compensation_fen: int,
    due_on: date,
    instance_id: str | None = None,
    basis: Mapping[str, object] | None = None,
) -> AreaMoney:
    """Post an area settlement: the caller sees to it that it happens once.

    A top-up becomes a receivable with a to-do to collect it, unless money that lies ready pays it; a refund is
    ordered out of what the buyer paid, and the second half beyond the tolerance as compensation (DOMAIN §5).
    """
    schedule = None
    if difference_fen:
        schedule = settle_area(
            session, actor, clock, sale_id=sale_id, difference_fen=difference_fen, due_on=due_on
        )
    refunds: list[Refund] = []
    if difference_fen > 0:
        _collect(session, actor, clock, sale_id, key, due_on)
    elif difference_fen < 0:
        refunds = _give_back(session, actor, clock, sale_id, key, due_on)
    owed = None
    if compensation_fen:
        owed = ask_compensation(
            session,
            actor,
            clock,
            key=f"{key}:excess",
            sale_id=sale_id,
            kind=CompensationKind.AREA_EXCESS,
            amount_fen=compensation_fen,
            reason=REASON,
            basis=basis,
            needs_approval=False,
            instance_id=instance_id,
            due_on=due_on,
        )
    return AreaMoney(schedule.id if schedule else None, tuple(refunds), owed)


def _area_line(session: Session, sale_id: str) -> Receivable:
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind == ReceivableKind.AREA,
        Receivable.state == ReceivableState.PLANNED,
    )
    return session.scalars(query.order_by(Receivable.sequence.desc()).limit(1)).one()


def _collect(session: Session, actor: Actor, clock: Clock, sale_id: str, key: str, due_on: date) -> None:
    line = _area_line(session, sale_id)
    left = line.amount_fen - settled_by_receivable(session, [line.id]).get(line.id, 0)
    if left:
        ask_for(session, actor, clock, line, key=f"{key}:collect", fen=left, due_on=due_on, note=REASON)


def _give_back(session: Session, actor: Actor, clock: Clock, sale_id: str, key: str, due_on: date) -> list[Refund]:
    """Count the line below zero towards what the buyer still owes of the price; refund what he paid more."""
    line = _area_line(session, sale_id)
    before, left = _free_of_buyer(session, sale_id), unused_fen(session, line)
    went_down = 0
    while left:
        freed = _free(session, actor, clock, _of_buyer(session, sale_id), line, left)
        free = _free_of_buyer(session, sale_id)
        allocate_credit(session, actor, clock, sale_id=sale_id)
        left, went_down = left - freed, went_down + freed
        if not freed or _free_of_buyer(session, sale_id) == free:
            break  # He owes nothing more that his money could pay.
    rest = min(_free_of_buyer(session, sale_id) - before, went_down)
    if rest <= 0:
        return []
    return request_refunds(
        session,
        actor,
        clock,
        key=f"{key}:refund",
        sale_id=sale_id,
        amount_fen=rest,
        reason=REASON,
        due_on=due_on,
        payee_role=Debtor.BUYER,
    )


def unused_fen(session: Session, line: Receivable) -> int:
    """Fen of a line below zero that no money of the buyer was freed against yet."""
    return -line.amount_fen + allocated_by_receivable(session, [line.id]).get(line.id, 0)


def rest_line(session: Session, sale_id: str) -> Receivable | None:
    """A line below zero above all that the buyer pays himself: its rest waits for the bank's money."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind == ReceivableKind.AREA,
        Receivable.state == ReceivableState.PLANNED,
        Receivable.amount_fen < 0,
    )
    return next((line for line in session.scalars(query) if unused_fen(session, line)), None)


def give_rest_back(
    session: Session, actor: Actor, clock: Clock, *, key: str, sale_id: str, due_on: date
) -> list[Refund]:
    """Order back what of an area refund waited: out of what the bank has paid, back to the bank.

    Nothing while no money of it is there. Each refund goes to its payer (DOMAIN §10.5).
    """
    line = rest_line(session, sale_id)
    if line is None:
        return []
    left = unused_fen(session, line)
    freed = _free(session, actor, clock, receipts_at_home(session, sale_id), line, left)
    if not freed:
        return []
    session.flush()  # What is free is read from the database.
    return request_refunds(
        session,
        actor,
        clock,
        key=f"{key}:{left}",
        sale_id=sale_id,
        amount_fen=freed,
        reason=REASON,
        due_on=due_on,
    )


def _free(
    session: Session, actor: Actor, clock: Clock, receipts: Sequence[Receipt], line: Receivable, most: int
) -> int:
    """Free as much of some receipts' money on the price as there is, the latest first; returns fen."""
    left = most
    for receipt in reversed(receipts):
        if share := min(left, _on_price(session, receipt)):
            give_back(session, actor, clock, receipt, line, share)
            left -= share
    return most - left


def _of_buyer(session: Session, sale_id: str) -> list[Receipt]:
    return [one for one in receipts_at_home(session, sale_id) if one.payer_role is Debtor.BUYER]


def _free_of_buyer(session: Session, sale_id: str) -> int:
    return sum(free_fen(session, receipt) for receipt in _of_buyer(session, sale_id))


def _on_price(session: Session, receipt: Receipt) -> int:
    """Fen of a receipt that pay the price now."""
    query = (
        select(func.coalesce(func.sum(Allocation.amount_fen), 0))
        .join(Receivable, Receivable.id == Allocation.receivable_id)
        .where(Allocation.receipt_id == receipt.id, Receivable.class_ == "price")
    )
    return max(0, int(session.scalar(query) or 0))
