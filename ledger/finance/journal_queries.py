"""The journal (日记账) as clerks read it: transactions with their balanced entries, cut to the actor's scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.kinds import Account, ReceivableKind
from ledger.finance.models import JournalEntry, JournalTransaction, Receivable
from ledger.sales.models import Sale
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class EntryRow:
    """One entry: debit positive, credit negative, in fen; which sale and which receivable it concerns."""

    account: Account
    amount_fen: int
    sale_id: str | None
    sale_no: str | None
    receivable_id: str | None
    receivable_kind: ReceivableKind | None


@dataclass(frozen=True)
class TransactionRow:
    """A transaction. ``kind`` is receive, allocate, take_back, reverse, move, transfer or refund.

    ``belongs_on`` is its own day when that was closed already.
    """

    id: str
    kind: str
    booked_on: date
    at: datetime
    by: str
    subject: str
    subject_id: str
    path: str
    entries: tuple[EntryRow, ...]
    belongs_on: date | None = None

    @property
    def debit_fen(self) -> int:
        """The sum of the debits, which equals that of the credits."""
        return sum(entry.amount_fen for entry in self.entries if entry.amount_fen > 0)


@dataclass(frozen=True)
class JournalFilter:
    """What the journal is cut to; dates are inclusive. ``subject``: a noun and its id, such as one receipt's."""

    project_id: str | None = None
    sale_id: str | None = None
    subject: tuple[str, str] | None = None
    account: Account | None = None
    kind: str | None = None
    booked_from: date | None = None
    booked_to: date | None = None


def list_transactions(
    session: Session, actor: Actor, where: JournalFilter, *, limit: int = 50, offset: int = 0
) -> list[TransactionRow]:
    """Transactions with all their entries, latest first, in two queries.

    With ``sale_id`` they are seen by whoever sees that sale's money, else through ``finance:view`` at their path.
    """
    query = _kept(actor, where)
    order = (JournalTransaction.booked_on.desc(), JournalTransaction.at.desc(), JournalTransaction.id.desc())
    found = list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))
    entries = _entries(session, [row.id for row in found])
    return [
        TransactionRow(
            row.id,
            row.kind,
            row.booked_on,
            row.at,
            row.by,
            row.subject,
            row.subject_id,
            row.path,
            tuple(entries[row.id]),
            row.belongs_on,
        )
        for row in found
    ]


def _kept(actor: Actor, where: JournalFilter) -> Select[JournalTransaction]:
    query = scoped(actor, JournalTransaction, Permission.FINANCE_VIEW)
    if where.sale_id is not None:
        query = select(JournalTransaction).where(_of_sale(actor, where.sale_id))
    return query.where(*_conditions(where))


def _of_sale(actor: Actor, sale_id: str) -> ColumnElement[bool]:
    allowed = exists().where(Sale.id == sale_id, visible(actor, Sale, Permission.FINANCE_VIEW))
    entered = exists().where(JournalEntry.transaction_id == JournalTransaction.id, JournalEntry.sale_id == sale_id)
    return allowed & entered


def _conditions(where: JournalFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.project_id is not None:
        conditions.append(JournalTransaction.project_id == where.project_id)
    if where.subject is not None:
        noun, subject_id = where.subject
        conditions += [JournalTransaction.subject == noun, JournalTransaction.subject_id == subject_id]
    if where.kind is not None:
        conditions.append(JournalTransaction.kind == where.kind)
    if where.booked_from is not None:
        conditions.append(JournalTransaction.booked_on >= where.booked_from)
    if where.booked_to is not None:
        conditions.append(JournalTransaction.booked_on <= where.booked_to)
    if where.account is not None:
        conditions.append(
            exists().where(
                JournalEntry.transaction_id == JournalTransaction.id, JournalEntry.account == where.account
            )
        )
    return conditions


def _entries(session: Session, transaction_ids: list[str]) -> dict[str, list[EntryRow]]:
    query = (
        select(JournalEntry, Sale.no, Receivable.kind)
        .outerjoin(Sale, Sale.id == JournalEntry.sale_id)
        .outerjoin(Receivable, Receivable.id == JournalEntry.receivable_id)
        .where(JournalEntry.transaction_id.in_(transaction_ids))
        .order_by(JournalEntry.amount_fen.desc(), JournalEntry.id)
    )
    rows: dict[str, list[EntryRow]] = defaultdict(list)
    for entry, sale_no, kind in session.execute(query):
        row = EntryRow(entry.account, entry.amount_fen, entry.sale_id, sale_no, entry.receivable_id, kind)
        rows[entry.transaction_id].append(row)
    return rows


@dataclass(frozen=True)
class AccountTotal:
    """The movement of one account over what a filter keeps, in fen; ``credit_fen`` is not negative."""

    account: Account
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


def account_totals(session: Session, actor: Actor, where: JournalFilter) -> list[AccountTotal]:
    """What the transactions of a filter moved on each account (科目汇总), in one query; the balances sum to 0."""
    amount = JournalEntry.amount_fen
    query = (
        select(
            JournalEntry.account,
            func.coalesce(func.sum(amount).filter(amount > 0), 0),
            func.coalesce(func.sum(-amount).filter(amount < 0), 0),
        )
        .where(JournalEntry.transaction_id.in_(_kept(actor, where).with_only_columns(JournalTransaction.id)))
        .group_by(JournalEntry.account)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}
    return [AccountTotal(account, *found[account]) for account in Account if account in found]
