"""Instances with their variables, history, waits, incidents and comments."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.errors import Missing
from engine.host import Host
from engine.incidents import INCIDENTS
from engine.queries import definitions
from engine.queries.facts import fact_fits
from engine.queries.paths import operated_by, within, within_any
from engine.queries.task_visibility import has_task_in
from engine.results import (
    COUNT_CAP,
    Comment,
    HistoryEvent,
    Instance,
    InstanceFilter,
    Page,
    PageOf,
    Waiting,
)
from engine.store.instances import TABLE
from engine.store.search import found_by
from engine.store.tasks import FACTS, open_task_ids
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.instances import CommentRow, HistoryRow
from engine.tables.work import JobRow, SubscriptionRow
from kernel.actor import Actor

HISTORY = table_of(HistoryRow)
COMMENTS = table_of(CommentRow)
JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
VIEW = "engine:view"

_COLUMNS = [
    TABLE.c.id, TABLE.c.definition_key, TABLE.c.definition_version, TABLE.c.state, TABLE.c.business_key,
    TABLE.c.path, TABLE.c.started_at, TABLE.c.started_by, TABLE.c.ended_at, TABLE.c.revision, TABLE.c.facts,
]  # fmt: skip


def find(host: Host, wanted: InstanceFilter, page: Page) -> PageOf[Instance]:
    """One page, newest first; two statements however many rows."""
    where = [_visible(host, wanted.viewer or host.actor), *_narrowing(wanted)]
    query = select(*_COLUMNS).where(*where).order_by(TABLE.c.started_at.desc(), TABLE.c.id.desc())
    rows = host.session.execute(query.limit(page.size).offset((page.number - 1) * page.size))
    found = [_to_instance(row) for row in rows]
    some = select(TABLE.c.id).where(*where).limit(COUNT_CAP + 1).subquery()
    count = int(host.session.execute(select(func.count()).select_from(some)).scalar_one())
    return PageOf(found, min(count, COUNT_CAP), count > COUNT_CAP, page.number, page.size)


def get(host: Host, instance_id: str) -> Instance:
    """One instance; raises `Missing` outside the actor's scope."""
    query = select(*_COLUMNS).where(TABLE.c.id == instance_id, _visible(host, host.actor))
    row = host.session.execute(query).first()
    if row is None:
        raise Missing("instance_missing", instance_id=instance_id)
    return _to_instance(row, open_task_ids(host.session, instance_id))


def instance_and_variables(session: Session, instance_id: str) -> tuple[Instance, dict[str, Any]]:
    """An instance with its data, for somebody who may see one of its tasks."""
    row = session.execute(select(*_COLUMNS, TABLE.c.variables).where(TABLE.c.id == instance_id)).one()
    return _to_instance(row), dict(row.variables)


def variables(host: Host, instance_id: str) -> dict[str, Any]:
    """The process data; raises `Missing`."""
    get(host, instance_id)
    found = host.session.execute(select(TABLE.c.variables).where(TABLE.c.id == instance_id)).scalar_one()
    return dict(found)


def history(host: Host, instance_id: str) -> list[HistoryEvent]:
    """What happened, in order; raises `Missing`."""
    get(host, instance_id)
    query = select(HISTORY).where(HISTORY.c.instance_id == instance_id).order_by(HISTORY.c.seq)
    return [
        HistoryEvent(
            r.seq,
            r.at,
            r.code,
            r.element_id,
            r.element_name,
            r.task_id,
            r.actor_id,
            r.on_behalf_of,
            dict(r.params),
        )
        for r in host.session.execute(query)
    ]


def labels(host: Host, instance_id: str) -> dict[str, dict[str, str]]:
    """What the elements of an instance's diagram are named, by language; raises `Missing`."""
    get(host, instance_id)
    query = select(TABLE.c.definition_id).where(TABLE.c.id == instance_id)
    return definitions.labels(host.session, host.session.execute(query).scalar_one())


def comments(host: Host, instance_id: str) -> list[Comment]:
    """All comments, oldest first; raises `Missing`."""
    get(host, instance_id)
    return comments_of(host.session, instance_id)


def comments_of(session: Session, instance_id: str) -> list[Comment]:
    """All comments, oldest first."""
    query = select(COMMENTS).where(COMMENTS.c.instance_id == instance_id).order_by(COMMENTS.c.at, COMMENTS.c.id)
    return [Comment(r.id, r.task_id, r.author_id, r.at, r.text) for r in session.execute(query)]


def waiting(host: Host, instance_id: str) -> list[Waiting]:
    """Open tasks, timers, external steps and subscriptions; raises `Missing`."""
    get(host, instance_id)
    session = host.session
    tasks = session.execute(
        select(TASKS.c.id, TASKS.c.element_id, TASKS.c.name, TASKS.c.due_at)
        .where(TASKS.c.instance_id == instance_id, TASKS.c.state == "open")
        .order_by(TASKS.c.id)
    )
    found = [Waiting("user", t.element_id, t.name, task_id=t.id, due_at=t.due_at) for t in tasks]
    jobs = select(JOBS).where(JOBS.c.instance_id == instance_id, JOBS.c.state.in_(("waiting", "failed")))
    for job in session.execute(jobs.where(JOBS.c.kind != "message_out").order_by(JOBS.c.due_at, JOBS.c.id)):
        found.append(
            Waiting(job.kind, job.element_id or "", job.element_id or "", due_at=job.due_at, name=job.name)
        )
    events = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.instance_id == instance_id).order_by(SUBSCRIPTIONS.c.id)
    for event in session.execute(events):
        key = json.loads(event.correlation) if event.correlation.startswith("{") else {}
        found.append(Waiting(event.kind, event.element_id, event.element_id, name=event.name, correlation=key))
    return found


def _visible(host: Host, viewer: Actor) -> ColumnElement[bool]:
    """Scope of the right to view or operate, or a task in it that the viewer has had or may take."""
    paths = set(viewer.scope_paths(VIEW))
    paths |= set(operated_by(host, viewer))
    return or_(within_any(TABLE.c.path, sorted(paths)), TABLE.c.started_by == viewer.id, has_task_in(viewer))


def _narrowing(wanted: InstanceFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, values in (
        (TABLE.c.id, wanted.instance_ids),
        (TABLE.c.state, wanted.states),
        (TABLE.c.definition_key, wanted.definition_keys),
        (TABLE.c.definition_version, wanted.versions),
    ):
        if values:
            where.append(column.in_(values))
    if wanted.version is not None:
        where.append(TABLE.c.definition_version == wanted.version)
    if wanted.business_key is not None:
        where.append(TABLE.c.business_key == wanted.business_key)
    if wanted.path is not None:
        where.append(within(TABLE.c.path, wanted.path))
    where += found_by(TABLE.c.id, wanted.search)
    where += [_with_fact(name, operator, value) for name, (operator, value) in wanted.facts.items()]
    where += _in_time(wanted)
    if wanted.with_incidents:
        same = (INCIDENTS.c.instance_id == TABLE.c.id) & (INCIDENTS.c.state == "open")
        where.append(exists(select(INCIDENTS.c.id).where(same)))
    if wanted.waiting_at is not None:
        where.append(_waits_at(wanted.waiting_at))
    return where


def _in_time(wanted: InstanceFilter) -> list[ColumnElement[bool]]:
    bounds = (
        (TABLE.c.started_at, wanted.started_from, wanted.started_before),
        (TABLE.c.ended_at, wanted.ended_from, wanted.ended_before),
    )
    where: list[ColumnElement[bool]] = []
    for column, first, end in bounds:
        if first is not None:
            where.append(column >= first)
        if end is not None:
            where.append(column < end)
    return where


def _with_fact(name: str, operator: str, value: Any) -> ColumnElement[bool]:
    """Whether a task of the instance has or had a business fact."""
    having = select(TASKS.c.instance_id).join(FACTS, FACTS.c.task_id == TASKS.c.id)
    return TABLE.c.id.in_(having.where(fact_fits(name, operator, value)))


def _waits_at(element_id: str) -> ColumnElement[bool]:
    """Whether something of the instance stands at an element: a task, a timer, an external step, a message."""
    standing = (
        select(TASKS.c.instance_id).where(TASKS.c.element_id == element_id, TASKS.c.state == "open"),
        select(JOBS.c.instance_id).where(JOBS.c.element_id == element_id, JOBS.c.state == "waiting"),
        select(SUBSCRIPTIONS.c.instance_id).where(SUBSCRIPTIONS.c.element_id == element_id),
    )
    return or_(*(TABLE.c.id.in_(query) for query in standing))


def _to_instance(row: AnyRow, open_tasks: tuple[str, ...] = ()) -> Instance:
    return Instance(
        id=row.id,
        key=row.definition_key,
        version=row.definition_version,
        state=row.state,
        business_key=row.business_key,
        scope=row.path,
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        revision=row.revision,
        facts=dict(row.facts),
        open_tasks=open_tasks,
    )
