"""Counting money towards what is owed as an act of its own: by hand, anew, or credit in the law's order."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import free_fen, home_of, receipts_at_home
from ledger.finance.allocation import ACCRUED, apply, take_back
from ledger.finance.amounts import require_amount
from ledger.finance.errors import AllocationRefused
from ledger.finance.interest_charges import Work, charge_accrued, settle
from ledger.finance.models import Receipt
from ledger.finance.parties import account_of_sale, lock_sale
from ledger.finance.receipt_rows import lock_receipt
from ledger.staff.permissions import Permission


def allocate(
    session: Session, actor: Actor, clock: Clock, *, receipt_id: str, allocations: Mapping[str, int]
) -> dict[str, int]:
    """Count unallocated money of a confirmed receipt towards receivables by hand; returns fen per receivable.

    Raises `AllocationRefused` for more than the receipt holds or than is open, another sale's receivable, money
    in the wrong account; the field names the receivable.
    """
    receipt = lock_receipt(session, actor, Permission.FINANCE_ALLOCATE, receipt_id)
    by_hand(session, actor, clock, receipt, allocations)
    return dict(allocations)


def reallocate(
    session: Session, actor: Actor, clock: Clock, *, receipt_id: str, allocations: Mapping[str, int]
) -> dict[str, int]:
    """Take all allocations of a receipt back and count it anew as given."""
    receipt = lock_receipt(session, actor, Permission.FINANCE_ALLOCATE, receipt_id)
    take_back(session, actor, clock, receipt)
    by_hand(session, actor, clock, receipt, allocations)
    return dict(allocations)


def by_hand(
    session: Session, actor: Actor, clock: Clock, receipt: Receipt, allocations: Mapping[str, int]
) -> None:
    """Count a locked receipt as somebody wishes; interest charged for later days follows what it changes.

    A share under `ACCRUED` is for late interest that is not charged yet: it is charged through the day of payment.
    """
    shares = {id_: fen for id_, fen in allocations.items() if id_ != ACCRUED}
    if ACCRUED in allocations:
        shares |= _charged(session, actor, clock, receipt, allocations[ACCRUED])
    apply(session, actor, clock, receipt, shares)
    count_interest_anew(session, actor, clock, receipt)


def _charged(session: Session, actor: Actor, clock: Clock, receipt: Receipt, fen: int) -> dict[str, int]:
    """Charge what has accrued by the day of payment and count fen towards it, the oldest first."""
    left, shares = require_amount(fen, f"allocations.{ACCRUED}"), {}
    sale_id = home_of(session, receipt)
    holder = account_of_sale(session, sale_id) if sale_id else None
    raised = charge_accrued(session, actor, clock, holder, receipt.paid_on) if holder else []
    for line in raised:
        if share := min(left, line.amount_fen):
            shares[line.id] = share
            left -= share
    if left:
        raise AllocationRefused("allocation_above_receivable", field=f"allocations.{ACCRUED}", open_fen=fen - left)
    return shares


def count_interest_anew(session: Session, actor: Actor, clock: Clock, receipt: Receipt) -> None:
    """What a receipt pays has changed: interest charged for the days since is charged anew."""
    if sale_id := home_of(session, receipt):
        settle(session, actor, clock, sale_id, (), since=receipt.paid_on)


def allocate_credit(session: Session, actor: Actor, clock: Clock, *, sale_id: str) -> int:
    """Count a sale's unallocated money towards what is open, by the law's order; returns the fen allocated."""
    holder = lock_sale(session, actor, Permission.FINANCE_ALLOCATE, sale_id)
    works = [Work(receipt, free_fen(session, receipt)) for receipt in receipts_at_home(session, sale_id)]
    works = [work for work in works if work.fen]
    before = sum(work.fen for work in works)
    settle(session, actor, clock, sale_id, works, on=holder.today(clock))
    session.flush()  # What is left is read from the database.
    after = session.scalars(select(Receipt).where(Receipt.id.in_([work.receipt.id for work in works])))
    return before - sum(free_fen(session, receipt) for receipt in after)
