"""The box of those whom somebody stands in for: each one's own list, put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from engine.host import Host
from engine.ports import Stand
from engine.queries import tasks
from engine.results.paging import COUNT_CAP, Page, PageOf
from engine.results.tasks import Task, TaskFilter
from kernel.actor import Actor, Grant

BOX = "substituting"
_ATTRIBUTES = {
    "due": "due_at", "priority": "priority", "created": "created_at", "follow_up": "follow_up_at",
    "completed": "completed_at", "name": "name", "business_key": "business_key", "process": "definition_key",
}  # fmt: skip


def find(host: Host, wanted: TaskFilter, page: Page) -> PageOf[Task]:
    """One page; as many statements as an inbox for each person stood in for. Raises `Invalid` as `tasks.find`."""
    lists = list(_lists(host, wanted))
    single = len(lists) == 1
    # Of several lists each may fill the page alone; nobody leafs through more than can be counted.
    size = page.size if single else min(page.number * page.size, COUNT_CAP)
    asked = page if single else Page(1, size)
    rows: dict[str, Task] = {}
    count, capped = 0, False
    for principal, theirs in lists:
        found = tasks.find(host, theirs, asked)
        count, capped = count + found.count, capped or found.capped
        for row in found.rows:
            rows.setdefault(row.id, replace(row, acting_for=principal))
    merged = list(rows.values())
    if not single:
        merged = _sorted(merged, wanted.sort)[(page.number - 1) * page.size : page.number * page.size]
    return PageOf(merged, min(count, COUNT_CAP), capped or count > COUNT_CAP, page.number, page.size)


def count(host: Host, wanted: TaskFilter) -> int:
    """How many tasks there are, counted up to `COUNT_CAP` + 1 for each person stood in for."""
    return sum(tasks.count(host, theirs) for _, theirs in _lists(host, wanted))


def _lists(host: Host, wanted: TaskFilter) -> Iterator[tuple[str, TaskFilter]]:
    """For each person stood in for: who, and what to ask of that one's inbox."""
    before: list[Stand] = []
    for stand in host.stands():
        keys = wanted.definition_keys
        if stand.processes:
            keys = tuple(sorted(stand.processes & set(keys) if keys else stand.processes))
        if keys or not stand.processes:
            principal = stand.principal
            viewer = Actor(principal.id, principal.name, tuple(_others(host, stand, before)))
            yield principal.id, replace(wanted, box="work", viewer=viewer, definition_keys=keys)
        before.append(stand)


def _others(host: Host, stand: Stand, before: list[Stand]) -> Iterator[Grant]:
    """What the principal holds and neither the person nor anybody before: the rest is in a list already."""
    for grant in stand.principal.grants:
        known = [s.principal for s in before if not s.processes or s.processes >= (stand.processes or {None})]
        if not any(one.has_role(grant.role, grant.path) for one in (host.person, *known)):
            yield grant


def _sorted(rows: list[Task], order: tuple[str, ...]) -> list[Task]:
    """As the database sorts one list: by each key, what has no value last, the id in the end."""
    rows = sorted(rows, key=lambda task: task.id)
    for key in reversed(order):
        name, descending = key.removeprefix("-"), key.startswith("-")
        having = [task for task in rows if _value(task, name) is not None]
        having.sort(key=partial(_comparable, name), reverse=descending)
        rows = having + [task for task in rows if _value(task, name) is None]
    return rows


def _value(task: Task, name: str) -> Any:
    if name.startswith("fact:"):
        return task.facts.get(name.removeprefix("fact:"))
    return getattr(task, _ATTRIBUTES[name])


def _comparable(name: str, task: Task) -> tuple[float, str]:
    """Numbers before texts, as their columns are sorted."""
    value = _value(task, name)
    if isinstance(value, int | float):
        return float(value), ""
    return float("inf"), value.isoformat() if isinstance(value, date | datetime) else str(value)
