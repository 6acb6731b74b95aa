"""What was on time (按时完成率, FEATURES F5): of the steps due in a period, how many were done by then.

A step that was stopped does not count, nor one that is open and not late yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.progress.kinds import Family, Outcome
from ledger.progress.models import ProgressStep
from ledger.scope import visible
from ledger.staff.permissions import Permission

_NOBODY = "-"


@dataclass(frozen=True)
class OnTimeFilter:
    """What the report is cut to; ``clerk_id`` may be ``-`` for steps that name nobody."""

    first: date
    last: date
    today: date
    project_id: str | None = None
    family: str | None = None
    step: str | None = None
    clerk_id: str | None = None
    only_late: bool = False


@dataclass(frozen=True)
class OnTime:
    """A row: steps due, of them done by their last day, done late, and open although the day is over."""

    family: str
    step: str
    clerk_id: str | None
    labels: dict[str, Any]
    due: int
    on_time: int
    done_late: int
    open_late: int

    @property
    def rate_bp(self) -> int:
        """The share that was on time in basis points, rounded half up."""
        return (self.on_time * 20_000 + self.due) // (2 * self.due) if self.due else 0


def on_time(session: Session, actor: Actor, where: OnTimeFilter) -> list[OnTime]:
    """The rows by step and clerk, in one query; only sales that the actor sees count."""
    done, in_time = ProgressStep.outcome == Outcome.DONE, ProgressStep.ended_on <= ProgressStep.due_on
    count = {
        "due": func.count(),
        "on_time": func.sum(case((and_(done, in_time), 1), else_=0)),
        "done_late": func.sum(case((and_(done, ProgressStep.ended_on > ProgressStep.due_on), 1), else_=0)),
        "open_late": func.sum(case((ProgressStep.ended_at.is_(None), 1), else_=0)),
        "one": func.min(ProgressStep.id),
    }
    key = (ProgressStep.family, ProgressStep.step, ProgressStep.clerk_id)
    query = select(*key, *(what.label(name) for name, what in count.items())).where(*_cut(actor, where))
    rows = session.execute(query.group_by(*key).order_by(*key)).all()
    named = select(ProgressStep.id, ProgressStep.labels).where(ProgressStep.id.in_([row.one for row in rows]))
    labels = {row.id: dict(row.labels) for row in session.execute(named)}
    return [
        OnTime(
            Family(row.family).value, row.step, row.clerk_id, labels.get(row.one, {}),
            int(row.due), int(row.on_time), int(row.done_late), int(row.open_late),
        )
        for row in rows
    ]  # fmt: skip


def list_steps(
    session: Session, actor: Actor, where: OnTimeFilter, *, limit: int, offset: int = 0
) -> list[ProgressStep]:
    """The steps behind a row, those that were late first."""
    query: Select[ProgressStep] = select(ProgressStep).where(*_cut(actor, where))
    if where.only_late:
        query = query.where(or_(ProgressStep.ended_on.is_(None), ProgressStep.ended_on > ProgressStep.due_on))
    order = (ProgressStep.ended_on.is_(None).desc(), ProgressStep.due_on, ProgressStep.id)
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def _cut(actor: Actor, where: OnTimeFilter) -> list[ColumnElement[bool]]:
    counted = or_(
        ProgressStep.outcome == Outcome.DONE,
        and_(ProgressStep.ended_at.is_(None), ProgressStep.due_on < where.today),
    )
    found = [
        visible(actor, ProgressStep, Permission.SALES_VIEW),
        ProgressStep.due_on.between(where.first, where.last),
        counted,
    ]
    if where.project_id:
        found.append(ProgressStep.project_id == where.project_id)
    if where.family:
        found.append(ProgressStep.family == where.family)
    if where.step:
        found.append(ProgressStep.step == where.step)
    if where.clerk_id:
        nobody = where.clerk_id == _NOBODY
        found.append(ProgressStep.clerk_id.is_(None) if nobody else ProgressStep.clerk_id == where.clerk_id)
    return found
