"""What stood open at a date: the parts that every report of receivables is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.finance.errors import DateInvalid
from ledger.finance.interest_models import WaiverPart
from ledger.finance.kinds import Debtor, PlanKind, ReceivableClass, ReceivableState
from ledger.finance.models import Allocation, PaymentPlanTemplate, Receivable, ReceivableSchedule
from ledger.sales.models import Sale
from ledger.scope import visible
from ledger.staff.permissions import Permission

NO_PLAN = "none"
"""Stands for lines of no payment plan: money before the terms, or of no sale at all."""


@dataclass(frozen=True)
class ReportFilter:
    """What a report is cut to. ``plan`` is a kind of payment plan (付款方式) or `NO_PLAN`."""

    project_id: str | None = None
    plan: str | None = None
    debtor: Debtor | None = None
    class_: ReceivableClass | None = None
    sale_id: str | None = None


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """The receivables whose money the actor may see: by their place, or because the sale is his own."""
    by_place = visible(actor, Receivable, Permission.FINANCE_VIEW)
    giving = [grant for grant in actor.grants if Permission.FINANCE_VIEW in grant.permissions]
    if actor.is_system or not any(grant.own_only for grant in giving):
        return by_place
    own = exists().where(Sale.id == Receivable.sale_id, visible(actor, Sale, Permission.FINANCE_VIEW))
    return or_(by_place, own)


def stands_at(on: date) -> ColumnElement[bool]:
    """Whether the receivable was raised by a day and had not ended on it.

    One that is written off stands on; what was let off of it makes what is open nothing from that day on.
    """
    lives = and_(Receivable.ended_on.is_(None), Receivable.state != ReceivableState.SUPERSEDED)
    return and_(Receivable.raised_on <= on, or_(lives, Receivable.ended_on > on))


def paid_by(on: ColumnElement[Any] | date) -> ColumnElement[int]:
    """Fen that the journal had booked to the receivable by the end of a day, net of what was taken back."""
    total = func.coalesce(func.sum(Allocation.amount_fen), 0)
    query = select(total).where(Allocation.receivable_id == Receivable.id, Allocation.booked_on <= on)
    return query.correlate(Receivable).scalar_subquery()


def waived_by(on: ColumnElement[Any] | date) -> ColumnElement[int]:
    """Fen of the receivable that by the end of a day need not be paid any more: waived or written off."""
    total = func.coalesce(func.sum(WaiverPart.amount_fen), 0)
    query = select(total).where(WaiverPart.receivable_id == Receivable.id, WaiverPart.booked_on <= on)
    return query.correlate(Receivable).scalar_subquery()


def open_at(on: ColumnElement[Any] | date) -> ColumnElement[int]:
    """Fen still to be paid on the receivable at the end of a day."""
    return Receivable.amount_fen - paid_by(on) - waived_by(on)


def due_at(on: date) -> ColumnElement[date | None]:
    """The due date as it was known on a day: a milestone gives one only when it is reached."""
    return case((or_(Receivable.dated_on.is_(None), Receivable.dated_on <= on), Receivable.due_on), else_=None)


def plan_at(on: date) -> ColumnElement[str]:
    """The kind of payment plan that the sale had on a day: its schedule's, or before signing that of its terms."""
    schedule, template = aliased(ReceivableSchedule), aliased(PaymentPlanTemplate)
    sealed = (
        select(type_coerce(template.kind, String))
        .join(schedule, schedule.template_id == template.id)
        .where(schedule.sale_id == Receivable.sale_id, schedule.sealed_on <= on)
        .order_by(schedule.number.desc())
        .limit(1)
        .correlate(Receivable)
        .scalar_subquery()
    )
    agreed = (
        select(type_coerce(PaymentPlanTemplate.kind, String))
        .join(Sale, Sale.plan_id == PaymentPlanTemplate.id)
        .where(Sale.id == Receivable.sale_id)
        .correlate(Receivable)
        .scalar_subquery()
    )
    return func.coalesce(sealed, agreed, NO_PLAN)


def kept(actor: Actor, where: ReportFilter, on: date) -> list[ColumnElement[bool]]:
    """The conditions of a filter within the actor's reach; plans are judged on a day."""
    conditions = [within_reach(actor)]
    if where.project_id is not None:
        conditions.append(Receivable.project_id == where.project_id)
    if where.debtor is not None:
        conditions.append(Receivable.debtor == where.debtor)
    if where.class_ is not None:
        conditions.append(Receivable.class_ == where.class_)
    if where.sale_id is not None:
        conditions.append(Receivable.sale_id == where.sale_id)
    if where.plan is not None:
        conditions.append(plan_at(on) == where.plan)
    return conditions


def open_lines(actor: Actor, where: ReportFilter, on: date, *more: ColumnElement[Any]) -> Select[Any]:
    """Open fen ``fen`` and due date ``due`` of each receivable that stood at a day, with more columns before.

    The sums are joined, not asked for line by line: a database may work such a question out once for every sum.
    """
    paid = (
        select(Allocation.receivable_id, func.sum(Allocation.amount_fen).label("fen"))
        .where(Allocation.booked_on <= on)
        .group_by(Allocation.receivable_id)
        .subquery("paid")
    )
    waived = (
        select(WaiverPart.receivable_id, func.sum(WaiverPart.amount_fen).label("fen"))
        .where(WaiverPart.booked_on <= on)
        .group_by(WaiverPart.receivable_id)
        .subquery("waived")
    )
    fen = Receivable.amount_fen - func.coalesce(paid.c.fen, 0) - func.coalesce(waived.c.fen, 0)
    query: Select[Any] = (
        select(*more, due_at(on).label("due"), fen.label("fen"))
        .select_from(Receivable)
        .outerjoin(paid, paid.c.receivable_id == Receivable.id)
        .outerjoin(waived, waived.c.receivable_id == Receivable.id)
    )
    return query.where(stands_at(on), *kept(actor, where, on))


def first_day(session: Session, actor: Actor) -> date | None:
    """The day of the first receivable within reach; before it there is nothing to report."""
    return session.scalar(select(func.min(Receivable.raised_on)).where(within_reach(actor)))


def require_past(session: Session, actor: Actor, on: date, *, today: date, field: str) -> date:
    """A day of which a report can be made. Raises `DateInvalid` for one to come or before the first entry."""
    if on > today:
        raise DateInvalid("report_in_future", field=field, latest=today.isoformat())
    first = first_day(session, actor)
    if first is not None and on < first:
        raise DateInvalid("report_before_first", field=field, earliest=first.isoformat())
    return on


PLANS = (*(str(kind) for kind in PlanKind), NO_PLAN)
