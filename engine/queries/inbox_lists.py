"""Pages of the inbox from ordered indexes, so that a list of fifty costs the same among a million tasks.

A list is the union of branches: tasks one has, tasks one owns, and offers to each role at each node one holds.
Each branch reads its index in the order of the list and stops after as many rows as the page can need of it; the
union drops those that came twice. What narrows the list narrows each branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, func, or_, select, union
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from engine.queries.paths import within
from engine.queries.task_visibility import people_of
from engine.results import COUNT_CAP, Page
from engine.store.tasks import COLUMNS, TABLE
from engine.tables.columns import AnyRow, table_of
from engine.tables.offers import OfferRow
from kernel.actor import Actor

OFFERS = table_of(OfferRow)
DEFAULT_ORDER = ("due", "-priority", "created")
_OF_TASK = (TABLE.c.id, TABLE.c.far_due, (-TABLE.c.priority).label("urgency"), TABLE.c.created_at)
_OF_OFFER = (OFFERS.c.task_id.label("id"), OFFERS.c.far_due, OFFERS.c.urgency, OFFERS.c.created_at)

_OPEN = TABLE.c.state == "open"

Branch = Select[Any]


def branches(viewer: Actor, box: str, now: datetime | None) -> list[Branch]:
    """The branches of ``mine``, ``group`` or ``work`` for a viewer; tasks snoozed at ``now`` are left out."""
    found: list[Branch] = []
    if box in ("mine", "work"):
        found += [_awake(query, TABLE, now) for query in _had(people_of(viewer))]
    if box in ("group", "work"):
        found += [_awake(select(*_OF_OFFER).where(fits), OFFERS, now) for fits in _fitting(viewer, taken=False)]
    return found


def open_branches(viewer: Actor, overseen: Sequence[str]) -> list[Branch]:
    """The branches of all open tasks a viewer sees: of the nodes overseen, and what the viewer may work on."""
    own = [*_had(people_of(viewer))]
    for taken in (False, True):
        own.extend(select(*_OF_OFFER).where(fits) for fits in _fitting(viewer, taken=taken))
    return own + [select(*_OF_TASK).where(_OPEN, _ordered(TABLE.c.path, path)) for path in _widest(overseen)]


def find_page(session: Session, of: Sequence[Branch], page: Page) -> Sequence[AnyRow]:
    """The rows of a page in the default order; one statement."""
    first = (page.number - 1) * page.size
    united = _united(of, first + page.size)
    order = [united.c.far_due, united.c.urgency, united.c.created_at, united.c.id]
    wanted = select(united).order_by(*order).limit(page.size).offset(first).subquery()
    query = select(*COLUMNS).join_from(wanted, TABLE, TABLE.c.id == wanted.c.id)
    query = query.order_by(wanted.c.far_due, wanted.c.urgency, wanted.c.created_at, wanted.c.id)
    return session.execute(query).all()


def count(session: Session, of: Sequence[Branch]) -> int:
    """How many tasks there are, counted up to `COUNT_CAP` + 1; one statement."""
    some = select(_united(of, COUNT_CAP + 1, ordered=False).c.id).distinct().limit(COUNT_CAP + 1).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def with_tasks(branch: Branch) -> Branch:
    """A branch whose rows can be narrowed by columns of their tasks."""
    if OFFERS not in branch.get_final_froms():
        return branch
    return branch.join_from(OFFERS, TABLE, TABLE.c.id == OFFERS.c.task_id)


def offered_to(viewer: Actor) -> ColumnElement[bool]:
    """Whether a task is offered to the viewer and nobody has it, for lists in an order of their own."""
    ids = [select(OFFERS.c.task_id).where(fits) for fits in _fitting(viewer, taken=False)]
    return TABLE.c.id.in_(union(*ids) if len(ids) > 1 else ids[0])


def _had(people: list[str]) -> Iterable[Branch]:
    is_open = _Unsought(TABLE.c.state) == "open"  # By the person: nobody has as many tasks as are open in all.
    yield select(*_OF_TASK).where(is_open, TABLE.c.assignee.in_(people))
    yield select(*_OF_TASK).where(is_open, TABLE.c.owner.in_(people), TABLE.c.delegation == "pending")


def _fitting(viewer: Actor, *, taken: bool) -> Iterable[ColumnElement[bool]]:
    so = OFFERS.c.taken.is_(taken)
    yield so & OFFERS.c.user_id.in_(people_of(viewer))
    if viewer.is_system:
        yield so & OFFERS.c.role.is_not(None)
        return
    for role in sorted({grant.role for grant in viewer.grants}):
        for path in _widest([grant.path for grant in viewer.grants if grant.role == role]):
            yield so & (OFFERS.c.role == role) & _ordered(OFFERS.c.path, path)


def _widest(paths: Iterable[str]) -> list[str]:
    """The nodes that lie within no other of them."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(wider) for wider in kept):
            kept.append(path)
    return kept


def _ordered(column: Any, path: str) -> ColumnElement[bool]:
    """Within a node, in such words that SQLite reads rows in the order of the list and not node by node."""
    return within(_Unsought(column), path)


class _Unsought(FunctionElement[str]):
    """A column by which SQLite must not choose its index; PostgreSQL knows better from its statistics."""

    inherit_cache = True
    type = String()


@compiles(_Unsought)
def _plain(element: _Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_Unsought, "sqlite")
def _behind_a_sign(element: _Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def _awake(branch: Branch, table: Any, now: datetime | None) -> Branch:
    if now is None:
        return branch
    return branch.where(or_(table.c.follow_up_at.is_(None), table.c.follow_up_at <= now))


def _united(of: Sequence[Branch], limit: int, *, ordered: bool = True) -> Subquery:
    limited = []
    for branch in of:
        identity, far_due, urgency, created_at = branch.selected_columns
        query = branch.order_by(far_due, urgency, created_at, identity) if ordered else branch
        limited.append(select(query.limit(limit).subquery()))
    return union(*limited).subquery() if len(limited) > 1 else limited[0].subquery()
