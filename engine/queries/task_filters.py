"""What narrows a list of tasks, in SQL; a fact that is kept from its reader narrows nothing there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from engine.queries.facts import fact_fits
from engine.queries.narrowing import among, at_or_below, equal, in_time
from engine.queries.paths import within_any
from engine.results.tasks import TaskFilter
from engine.store.following import SEEN
from engine.store.tasks import CANDIDATES, FACTS, TABLE

Veiled = Mapping[str, tuple[str, ...]]


def filters_of(wanted: TaskFilter, reader: str, veiled: Veiled) -> list[ColumnElement[bool]]:
    """The conditions of a filter, its box aside, as somebody may ask them who does not see what is ``veiled``.

    Raises `Invalid` for an unknown operator.
    """
    where = [*_among(wanted), *_in_time(wanted)]
    where += equal((TABLE.c.assignee, wanted.assignee))
    if wanted.unassigned:
        where.append(TABLE.c.assignee.is_(None))
    if wanted.roles:
        offered = select(CANDIDATES.c.task_id).where(CANDIDATES.c.role.in_(wanted.roles))
        if wanted.offered_at is not None:
            offered = offered.where(CANDIDATES.c.path == wanted.offered_at)
        where.append(TABLE.c.id.in_(offered))
    where += at_or_below(TABLE.c.path, wanted.path)
    where += equal((TABLE.c.instance_id, wanted.instance_id), (TABLE.c.business_key, wanted.business_key))
    if wanted.priority_from is not None:
        where.append(TABLE.c.priority >= wanted.priority_from)
    if wanted.unread:
        seen = and_(SEEN.c.task_id == TABLE.c.id, SEEN.c.person == reader)
        where.append(~exists(select(SEEN.c.task_id).where(seen)))
    where += [_search(word, veiled) for word in wanted.search.split()]
    return where + _having_facts(wanted, veiled)


def seen_at(name: str, veiled: Veiled) -> ColumnElement[bool] | None:
    """Where a fact may be seen; None for everywhere."""
    return within_any(TABLE.c.path, veiled[name]) if name in veiled else None


def _among(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    return among(
        (TABLE.c.definition_key, wanted.definition_keys),
        (TABLE.c.definition_version, wanted.versions),
        (TABLE.c.element_id, wanted.element_ids),
        (TABLE.c.instance_id, wanted.instance_ids),
        (TABLE.c.state, wanted.states),
    )


def _in_time(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    where = in_time(TABLE.c.far_due, wanted.due_from, wanted.due_before)
    where += in_time(TABLE.c.created_at, wanted.created_from, wanted.created_before)
    if wanted.without_due:
        where.append(TABLE.c.due_at.is_(None))
    if wanted.soon is not None:
        now, until = wanted.soon
        unwarned = and_(TABLE.c.warn_at.is_(None), TABLE.c.far_due < until)
        where.append(
            and_(TABLE.c.far_due >= now, TABLE.c.due_at.is_not(None), or_(TABLE.c.warn_at <= now, unwarned))
        )
    return where


def _search(word: str, veiled: Veiled) -> ColumnElement[bool]:
    text = word.lower()
    found = and_(FACTS.c.task_id == TABLE.c.id, func.lower(FACTS.c.text).contains(text, autoescape=True))
    hidden = [and_(FACTS.c.name == name, ~within_any(TABLE.c.path, nodes)) for name, nodes in veiled.items()]
    if hidden:
        found = and_(found, ~or_(*hidden))
    return or_(
        func.lower(TABLE.c.name).contains(text, autoescape=True),
        func.lower(TABLE.c.business_key).contains(text, autoescape=True),
        exists(select(FACTS.c.task_id).where(found)),
    )


def _having_facts(wanted: TaskFilter, veiled: Veiled) -> list[ColumnElement[bool]]:
    """One look per fact, however many comparisons: both ends of a range are found at once."""
    compared: dict[str, list[ColumnElement[bool]]] = {}
    for name, operator, value in (*((name, *one) for name, one in wanted.facts.items()), *wanted.compared):
        compared.setdefault(name, []).append(fact_fits(name, operator, value))
    return [_fact(name, fits, veiled) for name, fits in compared.items()]


def _fact(name: str, fits: Iterable[ColumnElement[bool]], veiled: Veiled) -> ColumnElement[bool]:
    having = exists(select(FACTS.c.task_id).where(FACTS.c.task_id == TABLE.c.id, *fits))
    place = seen_at(name, veiled)
    return having if place is None else and_(having, place)
