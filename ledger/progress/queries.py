"""Reading steps: those of sales in the order of the line, and those whose day is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.clock import Clock, business_date
from ledger.organisation.models import Project
from ledger.progress.kinds import FAMILIES, place_of
from ledger.progress.models import ProgressStep


def steps_of(session: Session, sale_ids: Iterable[str]) -> Mapping[str, list[ProgressStep]]:
    """The steps of sales that the caller may show, by sale, family by family as they began, in one query."""
    query = select(ProgressStep).where(ProgressStep.sale_id.in_(list(sale_ids)))
    found: dict[str, list[ProgressStep]] = defaultdict(list)
    for step in session.scalars(query.order_by(ProgressStep.begun_at, ProgressStep.id)):
        found[step.sale_id].append(step)
    order = list(FAMILIES)
    for steps in found.values():
        steps.sort(key=lambda one: (order.index(one.family), one.begun_at, place_of(one.family, one.step)))
    return found


def late_steps(session: Session, clock: Clock, path: str, *, limit: int) -> list[ProgressStep]:
    """Open steps whose last day is over at their project and of which nobody was told yet, locked."""
    projects = select(Project).where(Project.path.startswith(path, autoescape=True))
    found: list[ProgressStep] = []
    for project in session.scalars(projects.order_by(Project.path)):
        query = select(ProgressStep).where(
            ProgressStep.project_id == project.id,
            ProgressStep.ended_at.is_(None),
            ProgressStep.delayed_at.is_(None),
            ProgressStep.due_on < business_date(clock, project.zone),
        )
        wanted = query.order_by(ProgressStep.due_on, ProgressStep.id).limit(limit - len(found))
        found += session.scalars(wanted.with_for_update(of=ProgressStep, skip_locked=True))
        if len(found) >= limit:
            break
    return found
