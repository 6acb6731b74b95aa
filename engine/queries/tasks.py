"""The inbox: tasks a viewer may see, filtered and sorted by their own columns and facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from engine import cache
from engine.commands.on_task import may_see
from engine.errors import Invalid, Missing
from engine.host import Host
from engine.queries import inbox_lists, instances
from engine.queries.facts import fact_fits
from engine.queries.paths import operated_by, within, within_any
from engine.queries.resting import ResumedCase
from engine.queries.task_visibility import candidate_of, people_of
from engine.results import COUNT_CAP, Page, PageOf, Task, TaskDetail, TaskFilter, TaskRights
from engine.store.instances import TABLE as INSTANCES
from engine.store.tasks import CANDIDATES, COLUMNS, FACTS, TABLE, access_of, to_task
from kernel.actor import Actor

_SORTS = {
    "due": TABLE.c.far_due,
    "priority": TABLE.c.priority,
    "created": TABLE.c.created_at,
    "follow_up": TABLE.c.follow_up_at,
    "completed": TABLE.c.completed_at,
    "name": TABLE.c.name,
    "business_key": TABLE.c.business_key,
}


def find(host: Host, wanted: TaskFilter, page: Page) -> PageOf[Task]:
    """One page; two statements however many rows. Raises `Invalid` for an unknown sort or operator."""
    viewer = wanted.viewer or host.actor
    ordered = _ordered_list(host, wanted, viewer)
    if ordered is not None and wanted.sort == inbox_lists.DEFAULT_ORDER:
        rows = [to_task(row) for row in ordered.page(host.session, page)]
        whole = ordered.count(host.session)
        return PageOf(rows, min(whole, COUNT_CAP), whole > COUNT_CAP, page.number, page.size)
    where = [_box(host, wanted, viewer), *_narrowing(host, wanted)]
    query = select(*COLUMNS).where(*where)
    query = _sorted(query, wanted).limit(page.size).offset((page.number - 1) * page.size)
    rows = [to_task(row) for row in host.session.execute(query)]
    whole = _count(host.session, where)
    return PageOf(rows, min(whole, COUNT_CAP), whole > COUNT_CAP, page.number, page.size)


def get(host: Host, task_id: str) -> TaskDetail:
    """A task with what its page needs; raises `Missing` for what the actor may not see."""
    query = select(*COLUMNS, TABLE.c.draft, TABLE.c.token).where(TABLE.c.id == task_id)
    row = host.session.execute(query).first()
    if row is None:
        raise Missing("task_missing", task_id=task_id)
    task = to_task(row[:-2])
    if not may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    instance, variables = instances.instance_and_variables(host.session, task.instance_id)
    if task.state == "open":
        variables = data_at(host, task.instance_id, row.token) or variables
    comments = tuple(instances.comments_of(host.session, task.instance_id))
    return TaskDetail(task, instance, variables, comments, dict(row.draft), rights(host, task))


def rights(host: Host, task: Task) -> TaskRights:
    """What the actor may do with a task; the commands check the same again."""
    people = set(people_of(host.actor))
    is_open, is_theirs = task.state == "open", task.assignee in people
    barred = bool(people & set(task.excluded))
    works = is_open and not barred and host.checker.may_work(host.actor, access_of(task))
    return TaskRights(
        complete=works and (task.assignee is None or is_theirs),
        claim=works and task.assignee is None,
        unclaim=is_open and is_theirs and bool(task.candidates),
        barred=is_open and barred,
    )


def data_at(host: Host, instance_id: str, token: int) -> dict[str, Any] | None:
    """The data that a waiting token sees, in the scope of the process it stands in."""
    columns = INSTANCES.c
    query = select(columns.definition_id, columns.tokens, columns.tokens_format, columns.variables, columns.state)
    row = host.session.execute(query.where(columns.id == instance_id)).one()
    return ResumedCase(host, cache.bundle_of(host.session, row.definition_id), row).data_at(token)


def count(host: Host, wanted: TaskFilter) -> int:
    """How many tasks fit, counted up to `COUNT_CAP` + 1; one statement."""
    viewer = wanted.viewer or host.actor
    if (ordered := _ordered_list(host, wanted, viewer)) is not None:
        return ordered.count(host.session)
    return _count(host.session, [_box(host, wanted, viewer), *_narrowing(host, wanted)])


def _ordered_list(host: Host, wanted: TaskFilter, viewer: Actor) -> inbox_lists.InboxList | None:
    """The list from ordered indexes; None for boxes and filters that other indexes answer better."""
    if wanted.instance_id or wanted.instance_ids or wanted.business_key:
        return None
    if wanted.box == "all" and wanted.states == ("open",):
        where = _filters(replace(wanted, states=()))
        overseen = operated_by(host, viewer)
        return inbox_lists.list_of(viewer, inbox_lists.ALL_OPEN, None, overseen=overseen, where=where)
    if wanted.box in ("mine", "group", "work"):
        now = None if wanted.show_snoozed else host.clock.now()
        return inbox_lists.list_of(viewer, wanted.box, now, where=_filters(wanted))
    return None


def _box(host: Host, wanted: TaskFilter, viewer: Actor) -> ColumnElement[bool]:
    people = people_of(viewer)
    is_open = TABLE.c.state == "open"
    if wanted.box == "mine":
        return and_(is_open, or_(TABLE.c.assignee.in_(people), _owned(people)))
    if wanted.box == "group":
        return and_(is_open, inbox_lists.offered_to(viewer))
    if wanted.box == "done":
        return and_(TABLE.c.state == "completed", TABLE.c.completed_by.in_(people))
    if wanted.box == "work":
        theirs = or_(TABLE.c.assignee.in_(people), _owned(people))
        return and_(is_open, or_(theirs, inbox_lists.offered_to(viewer)))
    if wanted.box != "all":
        raise Invalid("box_unknown", field="box", box=wanted.box)
    paths = operated_by(host, viewer)
    mine = or_(TABLE.c.assignee.in_(people), TABLE.c.completed_by.in_(people), candidate_of(viewer))
    return or_(within_any(TABLE.c.path, paths), mine)


def _owned(people: list[str]) -> ColumnElement[bool]:
    return and_(TABLE.c.owner.in_(people), TABLE.c.delegation == "pending")


def _narrowing(host: Host, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.box in ("mine", "group", "work") and not wanted.show_snoozed:
        now = host.clock.now()
        where.append(or_(TABLE.c.follow_up_at.is_(None), TABLE.c.follow_up_at <= now))
    return where + _filters(wanted)


def _filters(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.assignee is not None:
        where.append(TABLE.c.assignee == wanted.assignee)
    if wanted.roles:
        where.append(TABLE.c.id.in_(select(CANDIDATES.c.task_id).where(CANDIDATES.c.role.in_(wanted.roles))))
    if wanted.path is not None:
        where.append(within(TABLE.c.path, wanted.path))
    for column, values in (
        (TABLE.c.definition_key, wanted.definition_keys),
        (TABLE.c.element_id, wanted.element_ids),
        (TABLE.c.instance_id, wanted.instance_ids),
        (TABLE.c.state, wanted.states),
    ):
        if values:
            where.append(column.in_(values))
    if wanted.instance_id is not None:
        where.append(TABLE.c.instance_id == wanted.instance_id)
    if wanted.business_key is not None:
        where.append(TABLE.c.business_key == wanted.business_key)
    if wanted.due_from is not None:
        where.append(TABLE.c.far_due >= wanted.due_from)
    if wanted.due_before is not None:
        where.append(TABLE.c.far_due < wanted.due_before)
    if wanted.without_due:
        where.append(TABLE.c.due_at.is_(None))
    where += [_search(word) for word in wanted.search.split()]
    where += [_fact(name, operator, value) for name, (operator, value) in wanted.facts.items()]
    return where


def _search(word: str) -> ColumnElement[bool]:
    text = word.lower()
    facts = select(FACTS.c.task_id).where(func.lower(FACTS.c.text).contains(text, autoescape=True))
    return or_(
        func.lower(TABLE.c.name).contains(text, autoescape=True),
        func.lower(TABLE.c.business_key).contains(text, autoescape=True),
        TABLE.c.id.in_(facts),
    )


def _fact(name: str, operator: str, value: Any) -> ColumnElement[bool]:
    same = and_(FACTS.c.task_id == TABLE.c.id, fact_fits(name, operator, value))
    return exists(select(FACTS.c.task_id).where(same))


def _sorted(query: Select[Any], wanted: TaskFilter) -> Select[Any]:
    for number, key in enumerate(wanted.sort):
        name = key.removeprefix("-")
        columns: list[Any] = [_SORTS.get(name)]
        if name.startswith("fact:"):
            facts = FACTS.alias(f"sorting_{number}")
            same = (facts.c.task_id == TABLE.c.id) & (facts.c.name == name.removeprefix("fact:"))
            query = query.outerjoin(facts, same)
            columns = [facts.c.number, facts.c.date, facts.c.text]
        if columns[0] is None:
            raise Invalid("sort_unknown", field="sort", sort=key)
        for column in columns:
            query = query.order_by((column.desc() if key.startswith("-") else column.asc()).nulls_last())
    return query.order_by(TABLE.c.id)


def _count(session: Session, where: list[ColumnElement[bool]]) -> int:
    some = select(TABLE.c.id).where(*where).limit(COUNT_CAP + 1).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())
