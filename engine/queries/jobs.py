"""Jobs that wait or have run: timers, deliveries and external steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, union_all

from engine.errors import Missing
from engine.host import Host
from engine.queries.narrowing import among, at_or_below, equal, in_time
from engine.queries.paging import part
from engine.queries.paths import operated_by, within_any
from engine.results.jobs import Job, JobFilter
from engine.results.paging import COUNT_CAP, Page, PageOf
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import table_of
from engine.tables.work import DEFINITION_TURN, START_KEPT, TIMER_START, JobRow

JOBS = table_of(JobRow)
_JOINED = JOBS.outerjoin(INSTANCES, INSTANCES.c.id == JOBS.c.instance_id)
_OF_CASE = [INSTANCES.c.definition_key, INSTANCES.c.business_key, INSTANCES.c.facts, INSTANCES.c.path]
_COLUMNS: list[Any] = [JOBS, *_OF_CASE]

# Jobs without a case that bear the name of the process they are about.
STATES = ("waiting", "failed", "done", "cancelled")
_OF_PROCESS = (TIMER_START, START_KEPT, DEFINITION_TURN)


def find(host: Host, wanted: JobFilter, page: Page) -> PageOf[Job]:
    """One page of the jobs the actor may operate on, the earliest due first; two statements however many rows.

    A job that belongs to no instance is shown to whoever may operate on the whole company. Each state is read in
    the order of its own index, so that a page costs the same among a million timers.
    """
    where = [_operated(host), *_narrowing(wanted)]
    end = page.number * page.size
    ids = _one_by_one(
        wanted, select(JOBS.c.id, JOBS.c.due_at).where(*where).order_by(JOBS.c.due_at, JOBS.c.id), end
    )
    asked = select(ids.c.id).order_by(ids.c.due_at, ids.c.id).limit(page.size).offset(end - page.size)
    query = _query().where(JOBS.c.id.in_(asked)).order_by(JOBS.c.due_at, JOBS.c.id)
    found = [_to_job(row) for row in host.session.execute(query).mappings()]
    some = _one_by_one(wanted, select(JOBS.c.id).where(*where), COUNT_CAP + 1)
    count = int(host.session.execute(select(func.count()).select_from(some)).scalar_one())
    return part(found, count, page)


def _one_by_one(wanted: JobFilter, query: Select[Any], most: int) -> Subquery:
    """The first rows of each state, put together."""
    states = wanted.states or STATES
    parts = [query.select_from(_JOINED).where(_in_state(s)).limit(most).subquery() for s in states]
    return union_all(*(select(part) for part in parts)).subquery()


def _in_state(state: str) -> ColumnElement[bool]:
    # Written into the statement: a partial index is only used for a value that the planner sees.
    return JOBS.c.state == literal(state, literal_execute=True)


def get(host: Host, job_id: str) -> Job:
    """One job; raises `Missing` for what the actor may not operate on."""
    row = host.session.execute(_query().where(JOBS.c.id == job_id, _operated(host))).mappings().first()
    if row is None:
        raise Missing("job_missing", job_id=job_id)
    return _to_job(row)


def _query() -> Select[Any]:
    return select(*_COLUMNS).select_from(_JOINED)


def _to_job(row: Any) -> Job:
    values = {name: row[name] for name in Job.__annotations__}
    if row["kind"] in _OF_PROCESS:
        values["definition_key"] = row["name"]
    return Job(**values)


def _operated(host: Host) -> ColumnElement[bool]:
    actor = host.actor
    paths = operated_by(host, actor)
    visible = within_any(INSTANCES.c.path, paths)
    return or_(visible, JOBS.c.instance_id.is_(None)) if host.operates_house() else visible


def _narrowing(wanted: JobFilter) -> list[ColumnElement[bool]]:
    where = among(
        (JOBS.c.kind, wanted.kinds), (JOBS.c.name, wanted.names), (JOBS.c.element_id, wanted.element_ids)
    )
    if wanted.definition_keys:
        starts = JOBS.c.kind.in_(_OF_PROCESS) & JOBS.c.name.in_(wanted.definition_keys)
        where.append(or_(INSTANCES.c.definition_key.in_(wanted.definition_keys), starts))
    where += equal(
        (JOBS.c.instance_id, wanted.instance_id),
        (INSTANCES.c.business_key, wanted.business_key),
        (JOBS.c.suspended, wanted.suspended),
    )
    where += at_or_below(INSTANCES.c.path, wanted.path)
    return where + in_time(JOBS.c.due_at, wanted.due_from, wanted.due_before)
