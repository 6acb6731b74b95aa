"""Late interest and fees of a sale that ends: set off against what goes back, or no longer claimed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.accounts import accounts_of, free_fen, receipts_at_home, settled_by_receivable
from ledger.finance.allocation import apply, money_fits
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState
from ledger.finance.models import Receivable

CHARGES = (ReceivableKind.LATE_INTEREST, ReceivableKind.FEE)


def open_charges(session: Session, sale_id: str) -> list[tuple[Receivable, int]]:
    """The late interest and fees of a sale with what is open of each in fen, in order."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.kind.in_(CHARGES),
        Receivable.state == ReceivableState.PLANNED,
    )
    lines = list(session.scalars(query.order_by(Receivable.sequence, Receivable.id)))
    settled = settled_by_receivable(session, [line.id for line in lines])
    found = [(line, line.amount_fen - settled.get(line.id, 0)) for line in lines]
    return [(line, fen) for line, fen in found if fen > 0]


def set_off(session: Session, actor: Actor, clock: Clock, sale_id: str) -> int:
    """Count the buyer's free money towards open charges (抵销, Civil Code 568); returns fen."""
    receipts = [one for one in receipts_at_home(session, sale_id) if one.payer_role is Debtor.BUYER]
    done = 0
    for line, opened in open_charges(session, sale_id):
        left = opened
        for receipt in receipts:
            fits = money_fits(accounts_of(session, receipt), line)
            if fits and (share := min(left, free_fen(session, receipt))):
                apply(session, actor, clock, receipt, {line.id: share})
                left -= share
                done += share
    return done


def let_go(session: Session, sale_id: str) -> int:
    """What is still open of charges is collected no more once the sale has ended; returns fen."""
    left = open_charges(session, sale_id)
    for line, _fen in left:
        line.state = ReceivableState.WRITTEN_OFF
    session.flush()  # Later reads leave the lines out.
    return sum(fen for _, fen in left)
