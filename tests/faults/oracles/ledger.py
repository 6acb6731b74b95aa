"""Money and homes: the journal balances, accounts say what the journal says, no home is sold twice."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.finance.kinds import MONEY_ACCOUNTS
from ledger.finance.models import JournalEntry, JournalTransaction, Receipt, ReceiptEvent
from ledger.inventory.models import Unit
from ledger.sales.models import Sale


def unbalanced(session: Session) -> list[str]:
    """Transactions that do not sum to nothing, entries without one, money that no receipt explains."""
    sums = select(JournalEntry.transaction_id, func.sum(JournalEntry.amount_fen)).group_by(
        JournalEntry.transaction_id
    )
    wrong = [f"journal transaction {id_} sums to {fen}" for id_, fen in session.execute(sums) if fen]
    sealed = select(JournalTransaction.id)
    loose = session.scalars(select(JournalEntry.id).where(JournalEntry.transaction_id.not_in(sealed))).all()
    wrong += [f"journal entry {id_} belongs to no transaction" for id_ in loose]
    entries = select(func.sum(JournalEntry.amount_fen)).where(JournalEntry.account.in_(MONEY_ACCOUNTS))
    confirmed = select(ReceiptEvent.receipt_id).where(ReceiptEvent.kind == "confirmed")
    receipts = select(func.sum(Receipt.amount_fen)).where(Receipt.id.in_(confirmed))
    banked, received = session.scalar(entries) or 0, session.scalar(receipts) or 0
    if banked != received:
        wrong.append(f"the money accounts hold {banked} fen, confirmed receipts say {received}")
    numbers = sorted(int(number[-4:]) for number in session.scalars(select(ReceiptEvent.number)) if number)
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append(f"receipt numbers have gaps: {numbers}")
    return wrong


def sold_twice(session: Session) -> list[str]:
    """Homes with two live sales, and homes whose own word differs from the sales'."""
    live = select(Sale.unit_id, func.count()).where(Sale.state == "live").group_by(Sale.unit_id)
    sales = dict(session.execute(live).all())
    wrong = [f"unit {unit} has {number} live sales" for unit, number in sales.items() if number > 1]
    for unit in session.scalars(select(Unit)):
        taken = unit.status != "available"
        if taken != (unit.id in sales) or taken != (unit.sale_id is not None):
            wrong.append(f"unit {unit.id} is {unit.status} and has {sales.get(unit.id, 0)} live sales")
    return wrong
