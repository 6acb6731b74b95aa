"""Finding a receipt to act upon, and the events that say what became of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.periods import booking_day
from ledger.finance.accounts import home_of
from ledger.finance.errors import ReceiptMissing
from ledger.finance.kinds import EventKind
from ledger.finance.models import Receipt, ReceiptEvent
from ledger.finance.parties import lock_sale_row
from ledger.finance.refusals import typed_refusals
from ledger.scope import scoped


def lock_receipt(session: Session, actor: Actor, permission: str, receipt_id: str) -> Receipt:
    """A receipt, locked until the commit; raises `ReceiptMissing` outside the actor's scope."""
    query = scoped(actor, Receipt, permission).where(Receipt.id == receipt_id)
    receipt = session.scalars(query).one_or_none()
    if receipt is None:
        raise ReceiptMissing(field="receipt_id", id=receipt_id)
    # Everybody locks the sale before its rows, so that nobody waits for somebody who waits for him.
    lock_sale_row(session, home_of(session, receipt))
    session.scalars(query.with_for_update(of=Receipt, key_share=True)).one()
    return receipt


def event_of(session: Session, receipt: Receipt, kind: EventKind) -> ReceiptEvent | None:
    """The event of a kind, if it happened."""
    query = select(ReceiptEvent).where(ReceiptEvent.receipt_id == receipt.id, ReceiptEvent.kind == kind)
    return session.scalars(query).one_or_none()


def add_event(
    session: Session,
    actor: Actor,
    clock: Clock,
    receipt: Receipt,
    kind: EventKind,
    on_date: date,
    *,
    number: str | None = None,
    reason: str | None = None,
) -> None:
    """Write an event, on the first open day when its own is closed; a rule of the database may refuse it."""
    event = ReceiptEvent(
        receipt_id=receipt.id,
        kind=kind,
        number=number,
        on_date=booking_day(session, receipt.project_id, on_date),
        at=clock.now(),
        by=actor.id,
        reason=reason,
    )
    with typed_refusals():
        session.add(event)
        session.flush()  # What follows sums over confirmed receipts.
