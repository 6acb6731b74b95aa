"""The inbox: tasks a viewer may see, filtered and sorted by their own columns and facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from engine import cache
from engine.commands.on_task import may_see
from engine.errors import Invalid, Missing
from engine.host import Host
from engine.queries import inbox_lists, instances
from engine.queries.inbox_branches import OVERSEEN
from engine.queries.orders import Order
from engine.queries.paging import counted, cut, part
from engine.queries.paths import operated_by, overseen_by, seen_by, within_any
from engine.queries.resting import ResumedCase
from engine.queries.rights import rights
from engine.queries.signing import signing_state
from engine.queries.task_filters import Veiled, filters_of
from engine.queries.task_visibility import candidate_of, people_of, takes_part
from engine.results.paging import Page, PageOf
from engine.results.tasks import Draft, Task, TaskDetail, TaskFilter
from engine.seats import take_seat
from engine.store.drafts import TABLE as DRAFTS
from engine.store.following import Followed, followed_by
from engine.store.instances import TABLE as INSTANCES
from engine.store.snoozing import put_off_by, until_when
from engine.store.tasks import COLUMNS, TABLE, get_task, to_task
from kernel.actor import Actor


def find(host: Host, wanted: TaskFilter, page: Page) -> PageOf[Task]:
    """One page; at most five statements however many rows. Raises `Invalid` for an unknown sort or operator."""
    viewer = wanted.viewer or host.actor
    ordered = _ordered_list(host, wanted, viewer)
    reader, veiled = _reader(host, viewer)
    if ordered is not None and wanted.sort == inbox_lists.DEFAULT_ORDER:
        found = ordered.page(host.session, page)
        whole = ordered.count(host.session)
    elif ordered is not None:
        found = ordered.sorted_page(host.session, page, Order(wanted.sort, veiled, reader))
        whole = ordered.count(host.session)
    else:
        where = [_box(host, wanted, viewer), *_narrowing(host, wanted, viewer)]
        query = Order(wanted.sort, veiled, reader).of_tasks(select(*COLUMNS).where(*where))
        found = host.session.execute(cut(query, page)).all()
        whole = counted(host.session, select(TABLE.c.id).where(*where))
    rows = [to_task(row) for row in found]
    if wanted.box == "snoozed":
        until = until_when(host.session, reader, [row.id for row in rows])
        rows = [replace(row, follow_up_at=until.get(row.id, row.follow_up_at)) for row in rows]
    return part(rows, whole, page)


def get(host: Host, task_id: str) -> TaskDetail:
    """A task with what its page needs; raises `Missing` for what the actor may not see."""
    theirs = (DRAFTS.c.task_id == TABLE.c.id) & (DRAFTS.c.person_id == host.actor.id)
    query = select(*COLUMNS, TABLE.c.draft, TABLE.c.token, DRAFTS.c.answers, DRAFTS.c.saved_at)
    row = host.session.execute(query.outerjoin(DRAFTS, theirs).where(TABLE.c.id == task_id)).first()
    if row is None:
        raise Missing("task_missing", task_id=task_id)
    task = to_task(row[:-4])
    take_seat(host, task)
    task = replace(task, acting_for=host.actor.on_behalf_of)
    if not may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    instance, variables = instances.instance_and_variables(host.session, task.instance_id)
    if task.state == "open":
        variables = data_at(host, task.instance_id, row.token) or variables
    comments = tuple(instances.comments_of(host.session, task.instance_id))
    own = Draft(dict(row.answers), row.saved_at) if row.saved_at is not None else None
    draft, may, signings = dict(row.draft), rights(host, task), signing_state(host, task)
    return TaskDetail(task, instance, variables, comments, draft, may, host.actor, own, signings)


def one(host: Host, task_id: str) -> Task:
    """A task alone; raises `Missing` for what the actor may not see."""
    task = get_task(host.session, task_id)
    if not may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    return task


def data_at(host: Host, instance_id: str, token: int) -> dict[str, Any] | None:
    """The data that a waiting token sees, in the scope of the process it stands in."""
    columns = INSTANCES.c
    query = select(columns.definition_id, columns.tokens, columns.tokens_format, columns.variables, columns.state)
    row = host.session.execute(query.where(columns.id == instance_id)).one()
    return ResumedCase(host, cache.bundle_of(host.session, row.definition_id), row).data_at(token)


def find_overseen(host: Host, task_ids: list[str]) -> list[Task]:
    """Those of several tasks that are open and that the actor oversees, what is due first; one statement."""
    where = _box(host, TaskFilter(box=OVERSEEN), host.actor)
    query = select(*COLUMNS).where(TABLE.c.id.in_(task_ids), where).order_by(TABLE.c.far_due, TABLE.c.id)
    return [to_task(row) for row in host.session.execute(query)]


def count(host: Host, wanted: TaskFilter) -> int:
    """How many tasks fit, counted up to `COUNT_CAP` + 1; one statement."""
    viewer = wanted.viewer or host.actor
    if (ordered := _ordered_list(host, wanted, viewer)) is not None:
        return ordered.count(host.session)
    where = [_box(host, wanted, viewer), *_narrowing(host, wanted, viewer)]
    return counted(host.session, select(TABLE.c.id).where(*where))


def _ordered_list(host: Host, wanted: TaskFilter, viewer: Actor) -> inbox_lists.InboxList | None:
    """The list from ordered indexes; None for boxes and filters that other indexes answer better."""
    of_cases = wanted.instance_id or wanted.instance_ids or wanted.business_key
    if of_cases and wanted.box in ("mine", "group", "work", "all"):
        return None
    if wanted.box == "all" and wanted.states == ("open",):
        where = filters_of(replace(wanted, states=()), *_reader(host, viewer))
        overseen = operated_by(host, viewer)
        return inbox_lists.list_of(viewer, inbox_lists.ALL_OPEN, None, overseen=overseen, where=where)
    if wanted.box == OVERSEEN and (nodes := overseen_by(host, viewer)):
        where = filters_of(wanted, *_reader(host, viewer))
        return inbox_lists.list_of(viewer, OVERSEEN, None, overseen=nodes, where=where)
    if wanted.box not in inbox_lists.BOXES:
        return None
    where = filters_of(wanted, *_reader(host, viewer))
    now = None if wanted.box == "followed" or wanted.show_snoozed else host.clock.now()
    if wanted.box == "snoozed":
        now = host.clock.now()
    if wanted.box == "followed":
        followed = followed_by(host.session, people_of(viewer))
        where.append(_sees_case(host, viewer, followed))
        return inbox_lists.list_of(viewer, wanted.box, None, where=where, followed=followed)
    return inbox_lists.list_of(viewer, wanted.box, now, where=where, reader=_reader(host, viewer)[0])


def _reader(host: Host, viewer: Actor) -> tuple[str, Veiled]:
    """Who reads a list, whosever it is, and where that person may see what is not open to all."""
    reader = viewer if host.actor.is_system else host.actor
    return reader.id, host.veiled(reader)


def _sees_case(host: Host, viewer: Actor, followed: Followed) -> ColumnElement[bool]:
    """Whether the viewer may see the case of a followed task, as its page asks; asked once for each case."""
    theirs = select(INSTANCES.c.id).where(
        INSTANCES.c.id.in_(followed.all_cases), takes_part(viewer, INSTANCES.c.id)
    )
    cases = host.session.scalars(theirs).all() if followed.all_cases else ()
    return or_(within_any(TABLE.c.path, seen_by(host, viewer)), TABLE.c.instance_id.in_(cases))


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
    if wanted.box == "overseen":
        return and_(is_open, within_any(TABLE.c.path, overseen_by(host, viewer)))
    if wanted.box != "all":
        raise Invalid("box_unknown", field="box", box=wanted.box)
    paths = operated_by(host, viewer)
    mine = or_(TABLE.c.assignee.in_(people), TABLE.c.completed_by.in_(people), candidate_of(viewer))
    return or_(within_any(TABLE.c.path, paths), mine)


def _owned(people: list[str]) -> ColumnElement[bool]:
    return and_(TABLE.c.owner.in_(people), TABLE.c.delegation == "pending")


def _narrowing(host: Host, wanted: TaskFilter, viewer: Actor) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.box in ("mine", "group", "work") and not wanted.show_snoozed:
        now = host.clock.now()
        where.append(or_(TABLE.c.follow_up_at.is_(None), TABLE.c.follow_up_at <= now))
        own = put_off_by(_reader(host, viewer)[0], now)
        where.append(or_(TABLE.c.assignee.is_not(None), TABLE.c.id.not_in(own)))
    return where + filters_of(wanted, *_reader(host, viewer))
