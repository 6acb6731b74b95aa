"""Instances with their variables, history, waits, incidents and comments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine.errors import Missing
from engine.host import Host
from engine.incidents import INCIDENTS
from engine.ports import Stand
from engine.queries import definitions
from engine.queries.case_words import Veiled, with_words
from engine.queries.facts import fact_fits
from engine.queries.narrowing import among, at_or_below, equal, in_time
from engine.queries.paging import counted, cut, part
from engine.queries.paths import seen_by, within_any
from engine.queries.task_visibility import has_task_in, people_of
from engine.results.comments import Comment
from engine.results.history import HistoryEvent
from engine.results.instances import Instance, InstanceFilter
from engine.results.paging import Page, PageOf
from engine.results.tasks import Task
from engine.results.waiting import Waiting
from engine.store.instances import TABLE
from engine.store.tasks import COLUMNS as TASK_COLUMNS
from engine.store.tasks import FACTS, open_task_ids, to_task
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.comments import CommentEditRow
from engine.tables.instances import CommentRow, HistoryRow
from engine.tables.work import ESCALATION, JobRow, SubscriptionRow
from kernel.actor import Actor

HISTORY = table_of(HistoryRow)
COMMENTS = table_of(CommentRow)
EDITS = table_of(CommentEditRow)
JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)

_COLUMNS = [
    TABLE.c.id, TABLE.c.definition_key, TABLE.c.definition_version, TABLE.c.state, TABLE.c.business_key,
    TABLE.c.path, TABLE.c.started_at, TABLE.c.started_by, TABLE.c.ended_at, TABLE.c.revision, TABLE.c.facts,
]  # fmt: skip


def find(host: Host, wanted: InstanceFilter, page: Page) -> PageOf[Instance]:
    """One page, newest first; two statements however many rows."""
    viewer = wanted.viewer or host.actor
    reader = viewer if host.actor.is_system else host.actor
    # What somebody began is his to see: the index of who began it answers alone.
    seen = _begun_by(host, viewer) if wanted.began else visible_to(host, viewer)
    where = [seen, *_narrowing(host.session, wanted, host.veiled(reader))]
    query = select(*_COLUMNS).where(*where).order_by(TABLE.c.started_at.desc(), TABLE.c.id.desc())
    rows = host.session.execute(cut(query, page))
    found = [_to_instance(row) for row in rows]
    count = counted(host.session, select(TABLE.c.id).where(*where))
    return part(found, count, page)


def _begun_by(host: Host, viewer: Actor) -> ColumnElement[bool]:
    """Whether a viewer began an instance, or one of those whom the actor stands in for, who looks at his own."""
    stands = host.stands() if viewer is host.actor else ()
    people = [*people_of(viewer), *(stand.principal.id for stand in stands if not stand.processes)]
    some = (stand for stand in stands if stand.processes)
    theirs = (and_(TABLE.c.started_by == stand.principal.id, *_of_processes(stand)) for stand in some)
    return or_(TABLE.c.started_by.in_(people), *theirs)


def get(host: Host, instance_id: str) -> Instance:
    """One instance; raises `Missing` outside the actor's scope."""
    row, _ = _seen(host, instance_id)
    return _to_instance(row, open_task_ids(host.session, instance_id))


def standing(host: Host, ids: Iterable[str]) -> dict[str, list[Task]]:
    """The open tasks of cases that were found before, by case, what is due first; one statement."""
    query = select(*TASK_COLUMNS).where(TASKS.c.instance_id.in_(list(ids)), TASKS.c.state == "open")
    found: dict[str, list[Task]] = {}
    for row in host.session.execute(query.order_by(TASKS.c.far_due, TASKS.c.id)):
        task = to_task(row)
        found.setdefault(task.instance_id, []).append(task)
    return found


def by_id(session: Session, ids: Iterable[str]) -> dict[str, Instance]:
    """Several cases, whoever asks, without their open tasks; one statement."""
    rows = session.execute(select(*_COLUMNS).where(TABLE.c.id.in_(list(ids))))
    return {row.id: _to_instance(row) for row in rows}


def starters(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Who began some cases, by case."""
    query = select(TABLE.c.id, TABLE.c.started_by).where(TABLE.c.id.in_(list(ids)))
    return {row.id: row.started_by for row in session.execute(query)}


def take_seat(host: Host, instance_id: str) -> None:
    """Seat the person in the place from which he sees a case; raises `Missing` for one he does not see."""
    host.take_seat(_seen(host, instance_id)[1])


def _seen(host: Host, instance_id: str) -> tuple[AnyRow, Actor]:
    """An instance's row and as whom the person sees it: himself, or one he stands in for."""
    query = select(*_COLUMNS).where(TABLE.c.id == instance_id)
    row = host.session.execute(query.where(visible_to(host, host.actor))).first()
    if row is not None:
        return row, host.actor
    for stand in host.stands():
        seat = stand.seat_of(host.person)
        theirs = or_(has_task_in(seat), TABLE.c.started_by == stand.principal.id)
        row = host.session.execute(query.where(theirs, *_of_processes(stand))).first()
        if row is not None:
            return row, seat
    raise Missing("instance_missing", instance_id=instance_id)


def _of_processes(stand: Stand) -> list[ColumnElement[bool]]:
    return [TABLE.c.definition_key.in_(stand.processes)] if stand.processes else []


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
    query = (
        select(COMMENTS, EDITS.c.at.label("edited_at"), EDITS.c.text.label("edited"))
        .outerjoin(EDITS, EDITS.c.comment_id == COMMENTS.c.id)
        .where(COMMENTS.c.instance_id == instance_id)
        .order_by(COMMENTS.c.at, COMMENTS.c.id, EDITS.c.at, EDITS.c.id)
    )
    found: dict[str, Comment] = {}
    for r in session.execute(query):
        one = found.get(r.id)
        one = one or Comment(r.id, r.task_id, r.author_id, r.at, r.text, on_behalf_of=r.on_behalf_of)
        if r.edited is not None:
            one = replace(one, text=r.edited, edited_at=r.edited_at, former=(*one.former, one.text))
        found[r.id] = one
    return list(found.values())


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
    for job in session.execute(
        jobs.where(JOBS.c.kind.not_in(("message_out", ESCALATION))).order_by(JOBS.c.due_at, JOBS.c.id)
    ):
        found.append(
            Waiting(
                job.kind,
                job.element_id or "",
                job.element_id or "",
                due_at=job.due_at,
                name=job.name,
                job_id=job.id,
            )
        )
    events = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.instance_id == instance_id).order_by(SUBSCRIPTIONS.c.id)
    for event in session.execute(events):
        key = json.loads(event.correlation) if event.correlation.startswith("{") else {}
        found.append(Waiting(event.kind, event.element_id, event.element_id, name=event.name, correlation=key))
    return found


def visible_to(host: Host, viewer: Actor) -> ColumnElement[bool]:
    """Scope of the right to view or operate, or a task in it that the viewer has had or may take."""
    return or_(
        within_any(TABLE.c.path, seen_by(host, viewer)),
        TABLE.c.started_by.in_(people_of(viewer)),
        has_task_in(viewer),
    )


def _narrowing(session: Session, wanted: InstanceFilter, veiled: Veiled) -> list[ColumnElement[bool]]:
    where = among(
        (TABLE.c.id, wanted.instance_ids),
        (TABLE.c.state, wanted.states),
        (TABLE.c.definition_key, wanted.definition_keys),
        (TABLE.c.definition_version, wanted.versions),
    )
    where += equal((TABLE.c.definition_version, wanted.version), (TABLE.c.business_key, wanted.business_key))
    where += at_or_below(TABLE.c.path, wanted.path)
    where += with_words(session, wanted.search, veiled)
    where += [_with_fact(name, operator, value, veiled) for name, (operator, value) in wanted.facts.items()]
    where += in_time(TABLE.c.started_at, wanted.started_from, wanted.started_before)
    where += in_time(TABLE.c.ended_at, wanted.ended_from, wanted.ended_before)
    if wanted.with_incidents:
        same = (INCIDENTS.c.instance_id == TABLE.c.id) & (INCIDENTS.c.state == "open")
        where.append(exists(select(INCIDENTS.c.id).where(same)))
    if wanted.waiting_at is not None:
        where.append(_waits_at(wanted.waiting_at))
    return where


def _with_fact(name: str, operator: str, value: Any, veiled: Veiled) -> ColumnElement[bool]:
    """Whether a task of the instance has or had a business fact where the reader may see it."""
    having = select(TASKS.c.instance_id).join(FACTS, FACTS.c.task_id == TASKS.c.id)
    if name in veiled:
        having = having.where(within_any(TASKS.c.path, veiled[name]))
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
