"""Signed, collected, receivable (签约, 回款, 应收): how what is open rolls forward over a period, to the sale.

opening + raised − superseded − written off − collected = closing, for every project, sale and part of the period.
Signed follows the totals of sealed schedules, so a contract that ends takes its amount back on the day it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.finance.interest_models import WaiverPart
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import Allocation, Receivable, ReceivableSchedule
from ledger.finance.reports.periods import Period
from ledger.finance.reports.standing import ReportFilter, due_at, kept, open_at, stands_at
from ledger.sales.models import Sale
from ledger.scope import visible
from ledger.staff.permissions import Permission

By = Literal["project", "sale"]


@dataclass(frozen=True)
class Flow:
    """What happened in a period, in fen; ``due_fen`` of the closing is open and due by its last day.

    The last two are from the beginning of all time to the end of the period.
    """

    signed_fen: int = 0
    opening_fen: int = 0
    raised_fen: int = 0
    superseded_fen: int = 0
    written_off_fen: int = 0
    collected_fen: int = 0
    closing_fen: int = 0
    due_fen: int = 0
    signed_ever_fen: int = 0
    collected_ever_fen: int = 0

    def __add__(self, other: Flow) -> Flow:
        """Both together."""
        return Flow(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Flow)))

    @property
    def rate(self) -> int | None:
        """Collection rate (回款率): of what was paid or had to be paid by the end, how much was paid; bp."""
        return _share(self.collected_fen, self.collected_fen + self.due_fen)

    @property
    def rate_ever(self) -> int | None:
        """Of everything signed so far, how much is collected (累计回款率), in basis points."""
        return _share(self.collected_ever_fen, self.signed_ever_fen)

    def days_outstanding(self, days: int) -> int | None:
        """DSO: for how many days of signing what is open stands, by the pace of a period of so many days."""
        return round(self.closing_fen * days / self.signed_fen) if self.signed_fen > 0 else None


def _share(part: int, whole: int) -> int | None:
    return part * 10_000 // whole if whole > 0 else None


@dataclass(frozen=True)
class KeyedFlow:
    """The flow of one project or sale."""

    key: str
    flow: Flow


def flows_by_project(session: Session, actor: Actor, where: ReportFilter, period: Period) -> list[KeyedFlow]:
    """The flow of each project, the largest closing first, in one query."""
    return _flows(session, actor, where, period, "project", None, 0)


def list_sale_flows(
    session: Session,
    actor: Actor,
    where: ReportFilter,
    period: Period,
    *,
    limit: int | None = 50,
    offset: int = 0,
) -> list[KeyedFlow]:
    """The flows of the sales behind those of the projects, which they sum to; largest closing first."""
    return _flows(session, actor, where, period, "sale", limit, offset)


def total_flow(session: Session, actor: Actor, where: ReportFilter, period: Period) -> Flow:
    """The flow of everything that a filter keeps."""
    return sum((one.flow for one in flows_by_project(session, actor, where, period)), Flow())


def _flows(
    session: Session, actor: Actor, where: ReportFilter, period: Period, by: By, limit: int | None, offset: int
) -> list[KeyedFlow]:
    parts = union_all(*_balances(actor, where, period), *_moves(actor, where, period.last)).subquery()
    within = parts.c.on >= period.first
    ever = parts.c.kind.in_(("signed", "collected"))
    key = parts.c.project_id if by == "project" else parts.c.sale_id
    sums = [_sum(parts, and_(parts.c.kind == kind, within)) for kind in _KINDS]
    sums += [_sum(parts, parts.c.kind == kind) for kind in ("signed", "collected")]
    query = (
        select(key, *(column.label(one.name) for column, one in zip(sums, fields(Flow), strict=True)))
        .where(or_(within, ever))
        .group_by(key)
    )
    closing, opening = query.selected_columns.closing_fen, query.selected_columns.opening_fen
    rows = session.execute(query.order_by(closing.desc(), opening.desc(), key).limit(limit).offset(offset))
    found = [KeyedFlow(str(row[0]), Flow(*(int(fen) for fen in row[1:]))) for row in rows]
    return [one for one in found if one.flow != Flow()]


# In the order of the fields of `Flow`.
_KINDS = ("signed", "opening", "raised", "superseded", "written_off", "collected", "closing", "due")


def _sum(parts: Subquery, condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(parts.c.fen).filter(condition), 0)


def flows_by_period(
    session: Session, actor: Actor, where: ReportFilter, periods: Sequence[Period]
) -> list[tuple[Period, Flow]]:
    """The flow of each part of a period, which follow each other; in two queries however many there are.

    What was due at the end of each part is not asked for; signed and collected ever are carried on.
    """
    whole = Period(periods[0].first, periods[-1].last)
    moves = union_all(*_moves(actor, where, whole.last)).subquery()
    parts = [(moves.c.on < whole.first, -1), *((moves.c.on <= part.last, n) for n, part in enumerate(periods))]
    placed = select(case(*parts).label("place"), moves.c.kind, moves.c.fen).subquery()
    query = select(placed.c.place, placed.c.kind, func.coalesce(func.sum(placed.c.fen), 0)).group_by(
        placed.c.place, placed.c.kind
    )
    sums = {(int(row[0]), str(row[1])): int(row[2]) for row in session.execute(query)}
    signed, collected = (sums.get((-1, kind), 0) for kind in ("signed", "collected"))
    opening = total_flow(session, actor, where, whole).opening_fen
    found = []
    for number, part in enumerate(periods):
        moved = {kind: sums.get((number, kind), 0) for kind in _KINDS}
        signed, collected = signed + moved["signed"], collected + moved["collected"]
        closing = opening + moved["raised"] - sum(moved[kind] for kind in _REDUCING)
        flow = Flow(
            signed_fen=moved["signed"],
            opening_fen=opening,
            raised_fen=moved["raised"],
            superseded_fen=moved["superseded"],
            written_off_fen=moved["written_off"],
            collected_fen=moved["collected"],
            closing_fen=closing,
            signed_ever_fen=signed,
            collected_ever_fen=collected,
        )
        found.append((part, flow))
        opening = closing
    return found


_REDUCING = ("superseded", "written_off", "collected")


def _part(
    kind: str, on: Any, fen: Any, *, project: Any = Receivable.project_id, sale: Any = Receivable.sale_id
) -> Any:
    return select(
        project.label("project_id"),
        sale.label("sale_id"),
        on.label("on"),
        literal(kind).label("kind"),
        fen.label("fen"),
    )


def _balances(actor: Actor, where: ReportFilter, period: Period) -> list[Select[Any]]:
    """What was open before the period, at its end, and of that what was due."""
    last, conditions = literal(period.last, Date), kept(actor, where, period.last)
    opening = _part("opening", last, open_at(period.before)).where(stands_at(period.before), *conditions)
    closing = _part("closing", last, open_at(period.last)).where(stands_at(period.last), *conditions)
    due = _part("due", last, open_at(period.last)).where(
        stands_at(period.last), due_at(period.last) <= period.last, *conditions
    )
    return [opening, closing, due]


def _moves(actor: Actor, where: ReportFilter, until: date) -> list[Select[Any]]:
    """Everything that changed what is open, and what was signed, up to a day."""
    conditions = [*kept(actor, where, until), _dated()]
    stood = or_(Receivable.ended_on.is_(None), Allocation.booked_on <= Receivable.ended_on)
    waived_while = or_(Receivable.ended_on.is_(None), WaiverPart.booked_on <= Receivable.ended_on)
    ended = open_at(Receivable.ended_on.expression)
    parts = [
        _part("raised", Receivable.raised_on, Receivable.amount_fen).where(
            Receivable.raised_on <= until, *conditions
        ),
        _part("superseded", Receivable.ended_on, ended).where(
            Receivable.ended_on <= until, Receivable.state == ReceivableState.SUPERSEDED, *conditions
        ),
        _part("written_off", Receivable.ended_on, ended).where(
            Receivable.ended_on <= until, Receivable.state == ReceivableState.WRITTEN_OFF, *conditions
        ),
        _part("written_off", WaiverPart.booked_on, WaiverPart.amount_fen)
        .join(WaiverPart, WaiverPart.receivable_id == Receivable.id)
        .where(WaiverPart.booked_on <= until, waived_while, *conditions),
        _part("collected", Allocation.booked_on, Allocation.amount_fen)
        .join(Allocation, Allocation.receivable_id == Receivable.id)
        .where(Allocation.booked_on <= until, stood, *conditions),
    ]
    return [*parts, *([_signed(actor, where, until)] if where.class_ is ReceivableClass.PRICE else [])]


def _dated() -> ColumnElement[bool]:
    """Whether the end of the receivable is known by its day, as `stands_at` wants it."""
    return or_(Receivable.state != ReceivableState.SUPERSEDED, Receivable.ended_on.is_not(None))


def _signed(actor: Actor, where: ReportFilter, until: date) -> Select[Any]:
    """By how much each schedule changed the total of its sale."""
    earlier = aliased(ReceivableSchedule)
    before = (
        select(earlier.total_fen)
        .where(earlier.sale_id == ReceivableSchedule.sale_id, earlier.number == ReceivableSchedule.number - 1)
        .scalar_subquery()
    )
    fen = ReceivableSchedule.total_fen - func.coalesce(before, 0)
    query: Select[Any] = (
        _part("signed", ReceivableSchedule.sealed_on, fen, project=Sale.project_id, sale=Sale.id)
        .join(ReceivableSchedule, ReceivableSchedule.sale_id == Sale.id)
        .where(ReceivableSchedule.sealed_on <= until, visible(actor, Sale, Permission.FINANCE_VIEW))
    )
    if where.project_id is not None:
        query = query.where(Sale.project_id == where.project_id)
    return query if where.sale_id is None else query.where(Sale.id == where.sale_id)
