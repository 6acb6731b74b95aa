"""Jobs that wait: timers, deliveries and external steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from engine.host import Host
from engine.queries.paths import within_any
from engine.results import COUNT_CAP, Job, Page, PageOf
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import table_of
from engine.tables.work import JobRow
from kernel.actor import ROOT

JOBS = table_of(JobRow)
WAITING = ("waiting", "failed")


def find(host: Host, page: Page, *, failed_only: bool = False) -> PageOf[Job]:
    """One page of the jobs the actor may operate on, the earliest due first; two statements however many rows.

    A job that belongs to no instance is shown to whoever may operate on the whole company.
    """
    actor = host.actor
    paths = [path for path in actor.scope_paths() if host.checker.may_operate(actor, path)]
    visible = within_any(INSTANCES.c.path, paths)
    if ROOT in paths:
        visible = or_(visible, JOBS.c.instance_id.is_(None))
    states = ("failed",) if failed_only else WAITING
    joined = JOBS.outerjoin(INSTANCES, INSTANCES.c.id == JOBS.c.instance_id)
    where = [JOBS.c.state.in_(states), visible]
    columns: list[Any] = [JOBS, INSTANCES.c.definition_key, INSTANCES.c.business_key, INSTANCES.c.facts]
    query = select(*columns).select_from(joined).where(*where).order_by(JOBS.c.due_at, JOBS.c.id)
    rows = host.session.execute(query.limit(page.size).offset((page.number - 1) * page.size)).mappings()
    found = [Job(**{name: row[name] for name in Job.__annotations__}) for row in rows]
    some = select(JOBS.c.id).select_from(joined).where(*where).limit(COUNT_CAP + 1).subquery()
    count = int(host.session.execute(select(func.count()).select_from(some)).scalar_one())
    return PageOf(found, min(count, COUNT_CAP), count > COUNT_CAP, page.number, page.size)
