"""Pages of the inbox from ordered indexes, so that a list of fifty costs the same among a million tasks.

A list is the union of branches: tasks one has, tasks one owns, offers to each role at each node one holds, and
the nodes one oversees. Each branch reads its index in the order of the list and stops after as many rows as the
page can need of it; the union drops those that came twice. What narrows the list narrows each branch.

Writing such a statement down takes longer than running it, so those of each shape are kept and filled with values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, bindparam, func, select, text, union
from sqlalchemy.orm import Session

from engine.queries.inbox_branches import ALL_OPEN, BOXES, OFFERS, OVERSEEN, Branch, Shape, branches_of
from engine.queries.orders import Order
from engine.queries.paths import below, within
from engine.queries.task_visibility import people_of
from engine.results.paging import COUNT_CAP, Page
from engine.store.following import Followed
from engine.store.tasks import COLUMNS, TABLE
from engine.tables.columns import AnyRow
from kernel.actor import ROOT, Actor
from kernel.database import is_sqlite

DEFAULT_ORDER = ("due", "-priority", "created")
_MOST = bindparam("most", type_=Integer, literal_execute=True)
_FIRST = bindparam("first", type_=Integer, literal_execute=True)
_SIZE = bindparam("size", type_=Integer, literal_execute=True)

_PLANS = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)")

Where = Sequence[ColumnElement[bool]]

__all__ = ["ALL_OPEN", "BOXES", "DEFAULT_ORDER", "InboxList", "list_of", "offered_to"]


@dataclass(frozen=True)
class InboxList:
    """The list of a viewer: a shape and its values, narrowed by ``where``."""

    shape: Shape
    values: dict[str, Any]
    where: Where

    def page(self, session: Session, page: Page) -> Sequence[AnyRow]:
        """The rows of a page in the default order; one statement."""
        first = (page.number - 1) * page.size
        values = self.values | {"first": first, "size": page.size, "most": first + page.size}
        statement = _page_of(self.shape) if not self.where else _page(self.shape, self.where)
        _plan_by_values(session)
        return session.execute(statement, values).all()

    def sorted_page(self, session: Session, page: Page, order: Order) -> Sequence[AnyRow]:
        """The rows of a page in another order; two statements, of which the first gathers and sorts ids alone."""
        ids = _united(
            self.shape, self.where, ordered=False, whole=True, bare=order.by_tasks or not order.by_branches
        )
        if order.by_tasks:
            query = order.of_tasks(select(TABLE.c.id).join_from(ids, TABLE, TABLE.c.id == ids.c.id))
        else:
            several = len(order.sort) > 1 and not is_sqlite(session)
            query = order.first_of_branches(ids, page.number * page.size) if several else order.of_branches(ids)
        _plan_by_values(session)
        query = query.limit(page.size).offset((page.number - 1) * page.size)
        wanted = list(session.execute(query, self.values).scalars())
        rows = {row.id: row for row in session.execute(select(*COLUMNS).where(TABLE.c.id.in_(wanted)))}
        return [rows[one] for one in wanted]

    def count(self, session: Session) -> int:
        """How many tasks there are, counted up to `COUNT_CAP` + 1; one statement."""
        values = self.values | {"most": COUNT_CAP + 1}
        statement = _count_of(self.shape) if not self.where else _count(self.shape, self.where)
        _plan_by_values(session)
        return int(session.execute(statement, values).scalar_one())


def list_of(
    viewer: Actor,
    box: str,
    now: datetime | None,
    *,
    overseen: Sequence[str] = (),
    where: Where = (),
    followed: Followed | None = None,
    reader: str = "",
) -> InboxList:
    """The list of a box of `BOXES`, or of `ALL_OPEN` or `OVERSEEN` with all tasks at ``overseen`` nodes.

    Tasks snoozed at ``now`` are left out, those too that ``reader`` has put off for himself; ``snoozed`` shows
    them alone.
    """
    wide = _widest(overseen)
    # What is offered at a node that is overseen is in the list already.
    roles = _held(viewer) if box != OVERSEEN else []
    held = [(role, path) for role, path in roles if not any(path.startswith(node) for node in wide)]
    values: dict[str, Any] = {"people": people_of(viewer)}
    if followed is not None:
        # SQLite looks for nothing by reading the whole table: an id of none is found by its index.
        values = {"cases": followed.cases or [""], "tasks": followed.tasks or [""]}
    if now is not None:
        values |= {"now": now, "reader": reader}
    if box in ("group", "work", "snoozed", ALL_OPEN, OVERSEEN):
        for number, (role, path) in enumerate(held):
            values |= {f"role_{number}": role} | _bounds(f"held_{number}", path)
        for number, path in enumerate(wide):
            values |= _bounds(f"overseen_{number}", path)
    else:
        held, wide = [], []
    places = tuple(path == ROOT for _, path in held), tuple(path == ROOT for path in wide)
    return InboxList(Shape(box, now is not None, *places, viewer.is_system), values, tuple(where))


def offered_to(viewer: Actor) -> ColumnElement[bool]:
    """Whether a task is offered to the viewer and nobody has it, for lists in an order of their own."""
    fits: list[ColumnElement[bool]] = [OFFERS.c.user_id.in_(people_of(viewer))]
    fits += [(OFFERS.c.role == role) & within(OFFERS.c.path, path) for role, path in _held(viewer)]
    if viewer.is_system:
        fits.append(OFFERS.c.role.is_not(None))
    ids = [select(OFFERS.c.task_id).where(OFFERS.c.taken.is_(False), fit) for fit in fits]
    return TABLE.c.id.in_(union(*ids) if len(ids) > 1 else ids[0])


def _held(viewer: Actor) -> list[tuple[str, str]]:
    roles = sorted({grant.role for grant in viewer.grants})
    return [(role, path) for role in roles for path in _widest(g.path for g in viewer.grants if g.role == role)]


def _widest(paths: Iterable[str]) -> list[str]:
    """The nodes that lie within no other of them."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(wider) for wider in kept):
            kept.append(path)
    return kept


def _bounds(name: str, path: str) -> dict[str, str]:
    return {} if path == ROOT else dict(zip((f"{name}_from", f"{name}_to"), below(path), strict=True))


def _united(shape: Shape, where: Where, *, ordered: bool, whole: bool = False, bare: bool = True) -> Subquery:
    limited = []
    for branch in branches_of(shape):
        identity, far_due, urgency, created_at = branch.selected_columns
        query = _with_tasks(branch).where(*where) if where else branch
        if ordered:
            query = query.order_by(far_due, urgency, created_at, identity)
        elif bare:
            query = query.with_only_columns(identity)
        limited.append(select((query if whole else query.limit(_MOST)).subquery()))
    return union(*limited).subquery() if len(limited) > 1 else limited[0].subquery()


def _with_tasks(branch: Branch) -> Branch:
    if OFFERS not in branch.get_final_froms():
        return branch
    return branch.join_from(OFFERS, TABLE, TABLE.c.id == OFFERS.c.task_id)


def _page(shape: Shape, where: Where) -> Select[Any]:
    united = _united(shape, where, ordered=True)
    order = [united.c.far_due, united.c.urgency, united.c.created_at, united.c.id]
    wanted = select(united).order_by(*order).limit(_SIZE).offset(_FIRST).subquery()
    query = select(*COLUMNS).join_from(wanted, TABLE, TABLE.c.id == wanted.c.id)
    return query.order_by(wanted.c.far_due, wanted.c.urgency, wanted.c.created_at, wanted.c.id)


def _count(shape: Shape, where: Where) -> Select[Any]:
    some = select(_united(shape, where, ordered=False).c.id).distinct().limit(_MOST).subquery()
    return select(func.count()).select_from(some)


@lru_cache(maxsize=512)
def _page_of(shape: Shape) -> Select[Any]:
    return _page(shape, ())


@lru_cache(maxsize=512)
def _count_of(shape: Shape) -> Select[Any]:
    return _count(shape, ())


def _plan_by_values(session: Session) -> None:
    """Have PostgreSQL plan each list for its values: a plan for any node sorts all tasks of the whole group.

    It shall not compile them either: that takes longer than reading fifty rows.
    """
    if not is_sqlite(session) and not session.info.get("keyturn_plans"):
        driver = session.connection().connection.driver_connection
        if driver is not None and driver.autocommit:
            # What is set for a transaction needs one; it ends when the connection goes back.
            session.connection().exec_driver_sql("BEGIN")
        session.execute(_PLANS)
        session.info["keyturn_plans"] = True
