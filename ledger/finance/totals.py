"""A project's money: signed (合同额), collected (回款), receivable and overdue, with the sales behind each sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.finance.kinds import Account, ReceivableClass, ReceivableState
from ledger.finance.models import JournalEntry, JournalTransaction, Receivable, ReceivableSchedule
from ledger.finance.queries import paid_on_line
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.scope import get_scoped, scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class ProjectTotals:
    """A project's money in fen: signed (合同额), collected net of refunds (回款), still receivable, overdue."""

    project_id: str
    signed_fen: int
    signed_count: int
    collected_fen: int
    receivable_fen: int
    overdue_fen: int


def project_totals(
    session: Session,
    actor: Actor,
    project_id: str,
    *,
    on: date,
    booked_from: date | None = None,
) -> ProjectTotals:
    """Totals of price-class money at a project. ``booked_from`` limits the collected to a period up to ``on``.

    Collected is what the journal says of money allocated to the price; receivable is open on live price lines.
    """
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    signed = _signed_by_sale(project.id).subquery()
    collected = _collected_by_sale([project.id], booked_from, on).subquery()
    opened = _open_by_sale([project.id], on).subquery()
    signed_fen, count = session.execute(select(_sum(signed.c.total_fen), func.count(signed.c.sale_id))).one()
    collected_fen = session.scalar(select(_sum(collected.c.fen)))
    open_fen, overdue_fen = session.execute(select(_sum(opened.c.open_fen), _sum(opened.c.overdue_fen))).one()
    sums = (signed_fen, count, collected_fen or 0, open_fen, overdue_fen)
    return ProjectTotals(project.id, *(int(fen) for fen in sums))


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0)


def _signed_by_sale(*project_ids: str) -> Select[str, int]:
    """The total of the schedule in force of each live sale."""
    later = aliased(ReceivableSchedule)
    superseded = exists().where(
        later.sale_id == ReceivableSchedule.sale_id, later.number > ReceivableSchedule.number
    )
    return (
        select(ReceivableSchedule.sale_id, ReceivableSchedule.total_fen)
        .join(Sale, Sale.id == ReceivableSchedule.sale_id)
        .where(Sale.project_id.in_(project_ids), Sale.state == "live", ~superseded)
    )


def _collected_by_sale(
    project_ids: Sequence[str], booked_from: date | None, until: date
) -> Select[str | None, int]:
    """Fen that the journal says were allocated to each sale's price, net of what was taken back."""
    query = (
        select(JournalEntry.sale_id, func.sum(-JournalEntry.amount_fen).label("fen"))
        .join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
        .where(
            JournalEntry.account == Account.CONTRACT,
            JournalTransaction.project_id.in_(project_ids),
            JournalTransaction.booked_on <= until,
        )
        .group_by(JournalEntry.sale_id)
    )
    return query if booked_from is None else query.where(JournalTransaction.booked_on >= booked_from)


def _open_by_sale(project_ids: Sequence[str], on: date) -> Select[str | None, int, int]:
    """Open fen of each sale's live price lines, and the part of it that is late at a date."""
    lines = (
        select(
            Receivable.sale_id,
            Receivable.due_on,
            (Receivable.amount_fen - paid_on_line()).label("open_fen"),
        )
        .where(
            Receivable.project_id.in_(project_ids),
            Receivable.state == ReceivableState.PLANNED,
            Receivable.class_ == ReceivableClass.PRICE,
        )
        .subquery()
    )
    late = func.coalesce(func.sum(lines.c.open_fen).filter(lines.c.due_on < on), 0)
    return select(
        lines.c.sale_id, func.sum(lines.c.open_fen).label("open_fen"), late.label("overdue_fen")
    ).group_by(lines.c.sale_id)


@dataclass(frozen=True)
class SaleTotals:
    """One sale's part in a project's totals, in fen; ``signed_fen`` is 0 before signing and after closing."""

    sale_id: str
    sale_no: str
    stage: str
    signed_fen: int
    collected_fen: int
    receivable_fen: int
    overdue_fen: int


def list_sale_totals(
    session: Session,
    actor: Actor,
    project_id: str,
    *,
    on: date,
    booked_from: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[SaleTotals]:
    """The sales behind `project_totals`, largest debt first, in one query; their columns sum to its figures."""
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    signed = _signed_by_sale(project.id).subquery()
    collected = _collected_by_sale([project.id], booked_from, on).subquery()
    opened = _open_by_sale([project.id], on).subquery()
    owed = func.coalesce(opened.c.open_fen, 0)
    query = (
        select(
            Sale.id,
            Sale.no,
            Sale.stage,
            func.coalesce(signed.c.total_fen, 0),
            func.coalesce(collected.c.fen, 0),
            owed,
            func.coalesce(opened.c.overdue_fen, 0),
        )
        .outerjoin(signed, signed.c.sale_id == Sale.id)
        .outerjoin(collected, collected.c.sale_id == Sale.id)
        .outerjoin(opened, opened.c.sale_id == Sale.id)
        .where(Sale.project_id == project.id, visible(actor, Sale, Permission.FINANCE_VIEW))
        .where(signed.c.sale_id.is_not(None) | collected.c.sale_id.is_not(None) | opened.c.sale_id.is_not(None))
        .order_by(owed.desc(), Sale.no)
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [SaleTotals(row[0], row[1], row[2], *(int(fen) for fen in row[3:])) for row in rows]


def list_project_totals(
    session: Session, actor: Actor, *, on: date, booked_from: date | None = None
) -> list[tuple[Project, ProjectTotals]]:
    """The totals of every project the actor may see, by path, in four queries however many there are."""
    projects = list(session.scalars(scoped(actor, Project, Permission.FINANCE_VIEW).order_by(Project.path)))
    ids = [project.id for project in projects]
    signed = _by_project(session, _signed_by_sale(*ids).subquery(), "total_fen")
    collected = _by_project(session, _collected_by_sale(ids, booked_from, on).subquery(), "fen")
    opened = _by_project(session, _open_by_sale(ids, on).subquery(), "open_fen", "overdue_fen")
    totals = []
    for project in projects:
        signed_fen, count = signed.get(project.id, (0, 0))
        collected_fen, _ = collected.get(project.id, (0, 0))
        open_fen, overdue_fen, _ = opened.get(project.id, (0, 0, 0))
        sums = ProjectTotals(project.id, signed_fen, count, collected_fen, open_fen, overdue_fen)
        totals.append((project, sums))
    return totals


def _by_project(session: Session, by_sale: Subquery, *columns: str) -> dict[str, tuple[int, ...]]:
    """Sums of some columns by project, and after them how many sales there are."""
    sums = [_sum(by_sale.c[name]) for name in columns]
    query = (
        select(Sale.project_id, *sums, func.count())
        .join(by_sale, by_sale.c.sale_id == Sale.id)
        .group_by(Sale.project_id)
    )
    return {row[0]: tuple(int(value) for value in row[1:]) for row in session.execute(query)}
