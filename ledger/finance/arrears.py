"""What is late (欠款): overdue instalments computed at a date, by instalment and by who has to pay (DOMAIN §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.queries import paid_on_line, waived_on_line
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale
from ledger.scope import visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class OverdueFilter:
    """What the list is cut to: who is late, and how many days at least and at most."""

    project_id: str | None = None
    debtor: Debtor | None = None
    days_from: int = 1
    days_to: int | None = None


BUCKETS = ((1, 30), (31, 60), (61, 90), (91, None))
"""Ageing (账龄) in days late, both ends inclusive."""


@dataclass(frozen=True)
class Bucket:
    """One class of age: how many lines and how much of them is open, in fen."""

    days_from: int
    days_to: int | None
    count: int
    open_fen: int


@dataclass(frozen=True)
class OverdueRow:
    """A late instalment: fen owed and still open, and days since the day it was due."""

    receivable_id: str
    sale_id: str
    sale_no: str
    unit_label: str
    customer_id: str
    customer_name: str
    owner_id: str
    kind: ReceivableKind
    debtor: Debtor
    amount_fen: int
    open_fen: int
    due_on: date
    days: int
    project_id: str
    path: str


def list_overdue(
    session: Session,
    actor: Actor,
    where: OverdueFilter,
    *,
    on: date,
    limit: int = 50,
    offset: int = 0,
) -> list[OverdueRow]:
    """Instalments of live sales that are late at ``on``, the latest-due last, in one query.

    What is due that very day is not late. Rows are seen by whoever sees the sale's money.
    """
    query = _late(actor, where, on).order_by(Receivable.due_on, Receivable.id).limit(limit).offset(offset)
    return [
        OverdueRow(
            line.id,
            sale.id,
            sale.no,
            f"{building}-{unit_no}",
            sale.customer_id,
            name,
            sale.owner_id,
            line.kind,
            line.debtor,
            line.amount_fen,
            line.amount_fen - int(settled),
            line.due_on,
            (on - line.due_on).days,
            line.project_id,
            line.path,
        )
        for line, sale, building, unit_no, name, settled in session.execute(query)
        if line.due_on is not None
    ]


def _late(actor: Actor, where: OverdueFilter, on: date) -> Select[Receivable, Sale, str, str, str, int]:
    conditions: list[ColumnElement[bool]] = [
        visible(actor, Sale, Permission.FINANCE_VIEW),
        Sale.state == "live",
        Receivable.state == ReceivableState.PLANNED,
        Receivable.due_on <= on - timedelta(days=max(where.days_from, 1)),
        Receivable.amount_fen > paid_on_line() + waived_on_line(),
    ]
    if where.project_id is not None:
        conditions.append(Receivable.project_id == where.project_id)
    if where.debtor is not None:
        conditions.append(Receivable.debtor == where.debtor)
    if where.days_to is not None:
        conditions.append(Receivable.due_on >= on - timedelta(days=where.days_to))
    return (
        select(Receivable, Sale, Building.name, Unit.unit_no, Customer.name, paid_on_line() + waived_on_line())
        .join(Sale, Sale.id == Receivable.sale_id)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Customer, Customer.id == Sale.customer_id)
        .where(*conditions)
    )


def overdue_buckets(session: Session, actor: Actor, where: OverdueFilter, *, on: date) -> list[Bucket]:
    """The late lines by age, of every age whatever ages the filter names, in one query."""
    every_age = OverdueFilter(where.project_id, where.debtor)
    open_fen = (Receivable.amount_fen - paid_on_line() - waived_on_line()).label("fen")
    lines = _late(actor, every_age, on).with_only_columns(Receivable.due_on, open_fen).subquery()
    columns: list[ColumnElement[int]] = []
    for days_from, days_to in BUCKETS:
        within = lines.c.due_on <= on - timedelta(days=days_from)
        if days_to is not None:
            within = within & (lines.c.due_on >= on - timedelta(days=days_to))
        columns += [func.count().filter(within), func.coalesce(func.sum(lines.c.fen).filter(within), 0)]
    sums = session.execute(select(*columns).select_from(lines)).one()
    return [
        Bucket(days_from, days_to, int(sums[2 * place]), int(sums[2 * place + 1]))
        for place, (days_from, days_to) in enumerate(BUCKETS)
    ]
