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

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.orm import Session

from engine.queries.paths import below, within
from engine.queries.task_visibility import people_of
from engine.queries.unsought import Unsought
from engine.results import COUNT_CAP, Page
from engine.store.tasks import COLUMNS, TABLE
from engine.tables.columns import AnyRow, table_of
from engine.tables.offers import OfferRow
from kernel.actor import ROOT, Actor
from kernel.columns import UtcDateTime
from kernel.database import is_sqlite

OFFERS = table_of(OfferRow)
DEFAULT_ORDER = ("due", "-priority", "created")
ALL_OPEN = "all open"
_OF_TASK = (TABLE.c.id, TABLE.c.far_due, (-TABLE.c.priority).label("urgency"), TABLE.c.created_at)
_OF_OFFER = (OFFERS.c.task_id.label("id"), OFFERS.c.far_due, OFFERS.c.urgency, OFFERS.c.created_at)
_OPEN = TABLE.c.state == "open"
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_NOW = bindparam("now", type_=UtcDateTime())
_MOST = bindparam("most", type_=Integer, literal_execute=True)
_FIRST = bindparam("first", type_=Integer, literal_execute=True)
_SIZE = bindparam("size", type_=Integer, literal_execute=True)

Branch = Select[Any]
Where = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Shape:
    """What a list's statement looks like: whether each node held or overseen is the whole house, and what box."""

    box: str
    awake: bool
    held: tuple[bool, ...]
    overseen: tuple[bool, ...]
    everything: bool


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

    def count(self, session: Session) -> int:
        """How many tasks there are, counted up to `COUNT_CAP` + 1; one statement."""
        values = self.values | {"most": COUNT_CAP + 1}
        statement = _count_of(self.shape) if not self.where else _count(self.shape, self.where)
        _plan_by_values(session)
        return int(session.execute(statement, values).scalar_one())


def list_of(
    viewer: Actor, box: str, now: datetime | None, *, overseen: Sequence[str] = (), where: Where = ()
) -> InboxList:
    """The list of ``mine``, ``group``, ``work`` or `ALL_OPEN`; tasks snoozed at ``now`` are left out."""
    wide = _widest(overseen)
    # What is offered at a node that is overseen is in the list already.
    held = [(role, path) for role, path in _held(viewer) if not any(path.startswith(node) for node in wide)]
    values: dict[str, Any] = {"people": people_of(viewer)}
    if now is not None:
        values["now"] = now
    if box != "mine":
        for number, (role, path) in enumerate(held):
            values |= {f"role_{number}": role} | _bounds(f"held_{number}", path)
        for number, path in enumerate(wide):
            values |= _bounds(f"overseen_{number}", path)
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


def _branches(shape: Shape) -> Iterable[Branch]:
    if shape.box in ("mine", "work", ALL_OPEN):
        # By the person: nobody has as many tasks as are open in all.
        is_open = Unsought(TABLE.c.state) == "open"
        yield _awake(select(*_OF_TASK).where(is_open, TABLE.c.assignee.in_(_PEOPLE)), TABLE, shape)
        owned = TABLE.c.owner.in_(_PEOPLE) & (TABLE.c.delegation == "pending")
        yield _awake(select(*_OF_TASK).where(is_open, owned), TABLE, shape)
    if shape.box in ("group", "work", ALL_OPEN):
        for taken in (False, True) if shape.box == ALL_OPEN else (False,):
            for fits in _fitting(shape):
                yield _awake(select(*_OF_OFFER).where(OFFERS.c.taken.is_(taken), fits), OFFERS, shape)
    for number, whole in enumerate(shape.overseen):
        yield select(*_OF_TASK).where(_OPEN, *_place(TABLE.c.path, f"overseen_{number}", whole))


def _fitting(shape: Shape) -> Iterable[ColumnElement[bool]]:
    yield OFFERS.c.user_id.in_(_PEOPLE)
    if shape.everything:
        yield OFFERS.c.role.is_not(None)
    for number, whole in enumerate(shape.held):
        yield and_(OFFERS.c.role == bindparam(f"role_{number}"), *_place(OFFERS.c.path, f"held_{number}", whole))


def _place(column: Any, name: str, whole: bool) -> list[ColumnElement[bool]]:
    if whole:
        return []
    place = Unsought(column)
    return [(place >= bindparam(f"{name}_from")) & (place < bindparam(f"{name}_to"))]


def _awake(branch: Branch, table: Any, shape: Shape) -> Branch:
    return (
        branch.where(or_(table.c.follow_up_at.is_(None), table.c.follow_up_at <= _NOW)) if shape.awake else branch
    )


def _united(shape: Shape, where: Where, *, ordered: bool) -> Subquery:
    limited = []
    for branch in _branches(shape):
        identity, far_due, urgency, created_at = branch.selected_columns
        query = _with_tasks(branch).where(*where) if where else branch
        if ordered:
            query = query.order_by(far_due, urgency, created_at, identity)
        else:
            query = query.with_only_columns(identity)
        limited.append(select(query.limit(_MOST).subquery()))
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
    """Have PostgreSQL plan each list for its values: a plan for any node sorts all tasks of the whole group."""
    if not is_sqlite(session) and not session.info.get("keyturn_plans"):
        session.execute(text("SET LOCAL plan_cache_mode TO force_custom_plan"))
        session.info["keyturn_plans"] = True
