"""Customer statements (对账单): what was owed before, what was charged and paid, what is owed then.

The balance is what is owed on standing receivables less what was paid and not given back, also where it is not
allocated yet. Below zero it is money of the customer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.finance.errors import SaleMissing
from ledger.finance.interest_models import WaiverPart
from ledger.finance.kinds import Account, Debtor, EventKind, ReceivableKind, ReceivableState
from ledger.finance.models import JournalEntry, JournalTransaction, Receipt, ReceiptEvent, Receivable
from ledger.finance.reports.periods import Period
from ledger.finance.reports.standing import open_at, stands_at, waived_by
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale, SaleBuyer
from ledger.scope import get_scoped, scoped, visible
from ledger.staff.permissions import Permission

# What a customer's money stands on once it has come in, allocated or not.
CUSTOMERS_MONEY = (
    Account.CREDIT,
    Account.CONTRACT,
    Account.FOR_OTHERS,
    Account.EARNEST,
    Account.LATE_INTEREST,
    Account.FEES,
    Account.FORFEITED,
)


@dataclass(frozen=True)
class Holders:
    """Whose statement it is: some sales, and a customer's money before a sale at the projects of some paths."""

    sale_ids: tuple[str, ...]
    customer_id: str | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """One line: charged fen (negative when a charge ended) or paid fen (negative when given back).

    ``kind`` is raised, superseded, written_off, or a kind of journal transaction; ``number`` the receipt's.
    """

    on: date
    kind: str
    sale_id: str | None
    charged_fen: int = 0
    paid_fen: int = 0
    receivable_kind: ReceivableKind | None = None
    number: str | None = None
    order: str = ""

    @property
    def fen(self) -> int:
        """By how much the balance changes."""
        return self.charged_fen - self.paid_fen


@dataclass(frozen=True)
class OpenLine:
    """What is still to be paid at the end of the period, and when."""

    sale_id: str | None
    kind: ReceivableKind
    debtor: Debtor
    due_on: date | None
    open_fen: int


@dataclass(frozen=True)
class Statement:
    """A statement in fen: opening + charged − paid = closing."""

    period: Period
    opening_fen: int
    moves: tuple[Move, ...]
    open_lines: tuple[OpenLine, ...]

    @property
    def charged_fen(self) -> int:
        """Charged in the period, less charges that ended."""
        return sum(move.charged_fen for move in self.moves)

    @property
    def paid_fen(self) -> int:
        """Paid in the period, less what was given back."""
        return sum(move.paid_fen for move in self.moves)

    @property
    def closing_fen(self) -> int:
        """Owed at the end; below zero it is the customer's."""
        return self.opening_fen + self.charged_fen - self.paid_fen

    @property
    def due_fen(self) -> int:
        """Of what is open, due by the last day."""
        return sum(line.open_fen for line in self.open_lines if line.due_on and line.due_on <= self.period.last)

    def balances(self) -> list[tuple[Move, int]]:
        """Each line with the balance after it."""
        found, balance = [], self.opening_fen
        for move in self.moves:
            balance += move.fen
            found.append((move, balance))
        return found


def sale_holders(session: Session, actor: Actor, sale_id: str) -> Holders:
    """One sale's own statement. Raises `SaleMissing` outside the actor's scope."""
    query = scoped(actor, Sale, Permission.FINANCE_VIEW).where(Sale.id == sale_id)
    if session.scalars(query).one_or_none() is None:
        raise SaleMissing(field="sale_id", id=sale_id)
    return Holders((sale_id,))


def customer_holders(session: Session, actor: Actor, customer_id: str) -> Holders:
    """Everything of a customer that the actor may see: the sales he buys in, his money before a sale.

    Raises `Missing` for a customer outside the actor's scope.
    """
    get_scoped(session, actor, Customer, Permission.CUSTOMERS_VIEW, customer_id)
    buys = exists().where(
        SaleBuyer.sale_id == Sale.id, SaleBuyer.version == Sale.terms_version, SaleBuyer.customer_id == customer_id
    )
    query = select(Sale.id).where(
        or_(Sale.customer_id == customer_id, buys), visible(actor, Sale, Permission.FINANCE_VIEW)
    )
    alone = select(Receivable.path).where(
        Receivable.customer_id == customer_id,
        Receivable.sale_id.is_(None),
        visible(actor, Receivable, Permission.FINANCE_VIEW),
    )
    paths = tuple(sorted(set(session.scalars(alone))))
    return Holders(tuple(session.scalars(query.order_by(Sale.no))), customer_id, paths)


def statement(session: Session, holders: Holders, period: Period) -> Statement:
    """The statement of some sales and customer over a period, in a fixed number of queries.

    The caller found the holders within an actor's scope.
    """
    moves = [*_charges(session, holders, period.last), *_payments(session, holders, period.last)]
    moves.sort(key=lambda move: (move.on, move.order))
    opening = sum(move.fen for move in moves if move.on < period.first)
    kept = tuple(move for move in moves if move.on >= period.first)
    return Statement(period, opening, kept, _open_lines(session, holders, period.last))


def _theirs(holders: Holders) -> ColumnElement[bool]:
    of_sales = Receivable.sale_id.in_(holders.sale_ids)
    if holders.customer_id is None:
        return of_sales
    alone = and_(
        Receivable.sale_id.is_(None),
        Receivable.customer_id == holders.customer_id,
        Receivable.path.in_(holders.paths) if holders.paths else false(),
    )
    return or_(of_sales, alone)


def _charges(session: Session, holders: Holders, until: date) -> list[Move]:
    """Receivables raised and ended, and what was waived of them."""
    ended = Receivable.ended_on.expression
    left = Receivable.amount_fen - waived_by(ended)
    query = select(Receivable, left, open_at(ended)).where(_theirs(holders), Receivable.raised_on <= until)
    moves: list[Move] = []
    for line, superseded, written_off in session.execute(query):
        if line.state is ReceivableState.SUPERSEDED and line.ended_on is None:
            continue
        moves.append(_charge("raised", line, line.raised_on, line.amount_fen))
        if line.ended_on is not None and line.ended_on <= until:
            gone = superseded if line.state is ReceivableState.SUPERSEDED else written_off
            kind = "superseded" if line.state is ReceivableState.SUPERSEDED else "written_off"
            moves.append(_charge(kind, line, line.ended_on, -int(gone)))
    waived = (
        select(Receivable, WaiverPart.booked_on, WaiverPart.amount_fen)
        .join(WaiverPart, WaiverPart.receivable_id == Receivable.id)
        .where(_theirs(holders), WaiverPart.booked_on <= until)
    )
    moves += [_charge("written_off", line, on, -fen) for line, on, fen in session.execute(waived)]
    return [move for move in moves if move.charged_fen]


def _charge(kind: str, line: Receivable, on: date, fen: int) -> Move:
    order = f"{'0' if kind != 'raised' else '1'}{line.id}"
    return Move(on, kind, line.sale_id, charged_fen=fen, receivable_kind=line.kind, order=order)


def _payments(session: Session, holders: Holders, until: date) -> list[Move]:
    """What the journal says came in or went back, transaction by transaction; allocating moves nothing."""
    of_sales = JournalEntry.sale_id.in_(holders.sale_ids)
    alone: Any = false()
    if holders.customer_id is not None and holders.paths:
        alone = and_(
            JournalEntry.sale_id.is_(None),
            JournalEntry.customer_id == holders.customer_id,
            JournalTransaction.path.in_(holders.paths),
        )
    fen = func.sum(-JournalEntry.amount_fen)
    sums = (
        select(JournalTransaction.id, JournalEntry.sale_id.label("sale_id"), fen.label("fen"))
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .where(JournalEntry.account.in_(CUSTOMERS_MONEY), JournalTransaction.booked_on <= until)
        .where(or_(of_sales, alone))
        .group_by(JournalTransaction.id, JournalEntry.sale_id)
        .having(fen != 0)
        .subquery()
    )
    number = (
        select(ReceiptEvent.number)
        .join(Receipt, Receipt.id == ReceiptEvent.receipt_id)
        .where(Receipt.id == JournalTransaction.subject_id, ReceiptEvent.kind == EventKind.CONFIRMED)
        .scalar_subquery()
    )
    query = select(JournalTransaction, sums.c.sale_id, sums.c.fen, number).join(
        sums, sums.c.id == JournalTransaction.id
    )
    return [
        Move(row.booked_on, row.kind, sale_id, paid_fen=int(paid), number=no, order=f"2{row.id}")
        for row, sale_id, paid, no in session.execute(query)
    ]


def _open_lines(session: Session, holders: Holders, on: date) -> tuple[OpenLine, ...]:
    fen = open_at(on)
    query = (
        select(Receivable, fen)
        .where(_theirs(holders), stands_at(on))
        .order_by(Receivable.due_on.is_(None), Receivable.due_on, Receivable.sequence, Receivable.id)
    )
    return tuple(
        OpenLine(line.sale_id, line.kind, line.debtor, _known_due(line, on), int(left))
        for line, left in session.execute(query)
        if left
    )


def _known_due(line: Receivable, on: date) -> date | None:
    return line.due_on if line.dated_on is None or line.dated_on <= on else None


def list_sale_ids(
    session: Session, actor: Actor, *, project_id: str, building_id: str | None = None, until: date
) -> Sequence[str]:
    """The sales of a project or building that had money by a day, for statements in bulk; by number."""
    charged = exists().where(Receivable.sale_id == Sale.id, Receivable.raised_on <= until)
    query = select(Sale.id).where(
        Sale.project_id == project_id, charged, visible(actor, Sale, Permission.FINANCE_VIEW)
    )
    if building_id is not None:
        query = query.join(Unit, Unit.id == Sale.unit_id).where(Unit.building_id == building_id)
    return list(session.scalars(query.order_by(Sale.no)))


def list_buildings(session: Session, actor: Actor, project_id: str) -> dict[str, str]:
    """The names of the buildings of a project by id, for who sees its money."""
    query = scoped(actor, Building, Permission.FINANCE_VIEW).where(Building.project_id == project_id)
    return {building.id: building.name for building in session.scalars(query.order_by(Building.code))}
