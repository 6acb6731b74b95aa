"""How work lies with groups and people, for who oversees it: two statements however many tasks there are.

SQLite counts in the order of an index, so that nothing is sorted: tasks by node and person, offers by node and
group. PostgreSQL counts in memory, where every further column to count by costs. What they find is added up here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select

from engine.host import Host
from engine.queries.inbox_branches import OFFERS
from engine.queries.paths import overseen_by, within, within_any
from engine.results.workload import GroupLoad, Load, PersonLoad, Workload
from engine.store.tasks import TABLE
from engine.tables.columns import AnyRow
from kernel.database import is_sqlite

Key = TypeVar("Key")


def workload(host: Host, path: str | None = None, definition_keys: tuple[str, ...] = ()) -> Workload:
    """The open tasks that the actor oversees, at or below ``path`` if there is one, by group and by person.

    A task of two groups counts in both; the whole counts it once.
    """
    by_place = is_sqlite(host.session)
    tasks = host.session.execute(
        select(TABLE.c.assignee, *_loads(host, TABLE, TABLE.c.assignee.is_(None)))
        .where(
            TABLE.c.state == "open", *_overseen(host, TABLE.c.path, TABLE.c.definition_key, path, definition_keys)
        )
        .group_by(*([TABLE.c.path] if by_place else []), TABLE.c.assignee)
    )
    offers = host.session.execute(
        select(OFFERS.c.role, OFFERS.c.path, *_loads(host, OFFERS, OFFERS.c.taken.is_(False)))
        .where(OFFERS.c.role.is_not(None))
        .where(*_overseen(host, OFFERS.c.place, OFFERS.c.definition_key, path, definition_keys))
        .group_by(*([OFFERS.c.place] if by_place else []), OFFERS.c.role, OFFERS.c.path)
    )
    people = _added((row.assignee, _load(row)) for row in tasks)
    groups = _added(((row.path, row.role), _load(row)) for row in offers)
    return Workload(
        _sum(people.values()),
        [GroupLoad(role, at, groups[at, role]) for at, role in sorted(groups)],
        sorted(
            (PersonLoad(person, load) for person, load in people.items() if person is not None),
            key=lambda one: (-one.load.open, one.person),
        ),
    )


def _overseen(
    host: Host, place: Any, key: Any, path: str | None, keys: tuple[str, ...]
) -> list[ColumnElement[bool]]:
    where = [within_any(place, overseen_by(host, host.actor))]
    if path:
        where.append(within(place, path))
    if keys:
        where.append(key.in_(keys))
    return where


def _loads(host: Host, table: Any, is_free: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    return [
        func.count().label("open"),
        func.count().filter(is_free).label("free"),
        func.count().filter(table.c.far_due < host.clock.now()).label("overdue"),
        func.min(table.c.created_at).label("oldest_at"),
    ]


def _load(row: AnyRow) -> Load:
    return Load(row.open, row.free, row.overdue, row.oldest_at)


def _added(found: Iterable[tuple[Key, Load]]) -> dict[Key, Load]:
    together: dict[Key, Load] = {}
    for key, load in found:
        together[key] = _sum((together[key], load)) if key in together else load
    return together


def _sum(loads: Iterable[Load]) -> Load:
    found = list(loads)
    return Load(
        sum(one.open for one in found),
        sum(one.unassigned for one in found),
        sum(one.overdue for one in found),
        min((one.oldest_at for one in found if one.oldest_at), default=None),
    )
