"""The journal (日记账): every movement of money as balanced entries that are never changed (DOMAIN §10.4).

Debits are positive, credits negative, in fen. A correction is a counter-entry. Balances are sums over entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from ledger.accounting.periods import booking_day
from ledger.finance.kinds import Account, ReceivableKind, account_of
from ledger.finance.models import JournalEntry, JournalTransaction


@dataclass(frozen=True)
class Party:
    """Whose money it is: a sale's, or a customer's before there is a sale."""

    sale_id: str | None
    customer_id: str | None = None


@dataclass(frozen=True)
class Place:
    """Which project's books a transaction belongs to."""

    project_id: str
    path: str


@dataclass(frozen=True)
class Entry:
    """One entry to post: debit positive, credit negative."""

    account: Account
    amount_fen: int
    party: Party
    receivable_id: str | None = None


def post(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    place: Place,
    kind: str,
    booked_on: date,
    subject: tuple[str, str],
    entries: Sequence[Entry],
) -> str:
    """Write a transaction and return its id; the database refuses one that does not balance.

    Is the day closed, it is booked on the first open one and says which day it belongs to.
    """
    transaction_id, open_day = new_id(), booking_day(session, place.project_id, booked_on)
    session.flush()  # Entries name receivables that may still be pending.
    session.execute(insert(JournalEntry), [_row(transaction_id, entry) for entry in entries])
    # The transaction comes last: its insertion checks the sum and closes it.
    session.execute(
        insert(JournalTransaction).values(
            id=transaction_id,
            project_id=place.project_id,
            path=place.path,
            kind=kind,
            booked_on=open_day,
            belongs_on=booked_on if open_day != booked_on else None,
            subject=subject[0],
            subject_id=subject[1],
            at=clock.now(),
            by=actor.id,
        )
    )
    return transaction_id


def _row(transaction_id: str, entry: Entry) -> dict[str, object]:
    return {
        "id": new_id(),
        "transaction_id": transaction_id,
        "account": entry.account,
        "amount_fen": entry.amount_fen,
        "sale_id": entry.party.sale_id,
        "customer_id": entry.party.customer_id,
        "receivable_id": entry.receivable_id,
    }


def received(account: Account, amount_fen: int, party: Party) -> list[Entry]:
    """Money came in: debit the money account, credit what is not yet allocated. Negative takes it back."""
    return [Entry(account, amount_fen, party), Entry(Account.CREDIT, -amount_fen, party)]


def allocated(
    kind: ReceivableKind, receivable_id: str, amount_fen: int, *, holder: Party, debtor: Party
) -> list[Entry]:
    """Unallocated money of ``holder`` is counted towards a receivable of ``debtor``. Negative takes it back."""
    return [
        Entry(Account.CREDIT, amount_fen, holder),
        Entry(account_of(kind), -amount_fen, debtor, receivable_id),
    ]


def credit_moved(amount_fen: int, old: Party, new: Party) -> list[Entry]:
    """Unallocated money goes over to another sale."""
    return [Entry(Account.CREDIT, amount_fen, old), Entry(Account.CREDIT, -amount_fen, new)]


def money_moved(amount_fen: int, old: Account, new: Account, party: Party) -> list[Entry]:
    """Money was carried from one money account to another."""
    return [Entry(new, amount_fen, party), Entry(old, -amount_fen, party)]


def spent(money: Account, expense: Account, amount_fen: int, party: Party) -> list[Entry]:
    """Money went out of a money account as an expense."""
    return [Entry(expense, amount_fen, party), Entry(money, -amount_fen, party)]


def balance(
    session: Session,
    account: Account,
    *,
    sale_id: str | None = None,
    receivable_id: str | None = None,
    path: str | None = None,
    until: date | None = None,
) -> int:
    """The balance of an account in fen (debit positive), narrowed as asked, up to and including a day."""
    query = select(func.coalesce(func.sum(JournalEntry.amount_fen), 0)).where(JournalEntry.account == account)
    if sale_id is not None:
        query = query.where(JournalEntry.sale_id == sale_id)
    if receivable_id is not None:
        query = query.where(JournalEntry.receivable_id == receivable_id)
    if path is not None or until is not None:
        query = query.join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
    if path is not None:
        query = query.where(JournalTransaction.path.startswith(path, autoescape=True))
    if until is not None:
        query = query.where(JournalTransaction.booked_on <= until)
    return int(session.scalar(query) or 0)
