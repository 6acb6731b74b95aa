"""The branches that a list is the union of: each reads an index of its own, in the order of the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, exists, or_, select

from engine.queries.unsought import Unsought
from engine.store.snoozing import put_off_by
from engine.store.tasks import TABLE
from engine.tables.columns import table_of
from engine.tables.offers import OfferRow
from kernel.columns import UtcDateTime

OFFERS = table_of(OfferRow)
ALL_OPEN = "all open"
OVERSEEN = "overseen"
BOXES = ("mine", "group", "work", "delegated", "delegated_by", "delegated_to", "followed", "snoozed")
_OF_TASK = (TABLE.c.id, TABLE.c.far_due, (-TABLE.c.priority).label("urgency"), TABLE.c.created_at)
_OF_OFFER = (OFFERS.c.task_id.label("id"), OFFERS.c.far_due, OFFERS.c.urgency, OFFERS.c.created_at)
_OPEN = TABLE.c.state == "open"
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_NOW = bindparam("now", type_=UtcDateTime())
_READER = bindparam("reader", type_=String)

Branch = Select[Any]


@dataclass(frozen=True)
class Shape:
    """What a list's statement looks like: whether each node held or overseen is the whole house, and what box."""

    box: str
    awake: bool
    held: tuple[bool, ...]
    overseen: tuple[bool, ...]
    everything: bool


def branches_of(shape: Shape) -> Iterable[Branch]:
    """Each gives the id and the three columns of the default order."""
    if shape.box in ("mine", "work", ALL_OPEN):
        # By the person: nobody has as many tasks as are open in all.
        is_open = Unsought(TABLE.c.state) == "open"
        yield _awake(select(*_OF_TASK).where(is_open, TABLE.c.assignee.in_(_PEOPLE)), TABLE, shape)
        owned = TABLE.c.owner.in_(_PEOPLE) & (TABLE.c.delegation == "pending")
        yield _awake(select(*_OF_TASK).where(is_open, owned), TABLE, shape)
    if shape.box in ("group", "work", ALL_OPEN):
        for taken in (False, True) if shape.box == ALL_OPEN else (False,):
            for fits in _fitting(shape):
                offered = select(*_OF_OFFER).where(OFFERS.c.taken.is_(taken), fits)
                yield _awake(_not_put_off(offered, shape), OFFERS, shape)
    yield from _delegated(shape)
    if shape.box == "followed":
        yield from _followed()
    elif shape.box == "snoozed":
        yield _asleep(shape)
        yield from _put_off(shape)
    elif shape.box in (ALL_OPEN, OVERSEEN):
        for number, whole in enumerate(shape.overseen):
            yield select(*_OF_TASK).where(_OPEN, *_place(TABLE.c.path, f"overseen_{number}", whole))


def _delegated(shape: Shape) -> Iterable[Branch]:
    sides = {"delegated_by": TABLE.c.owner, "delegated_to": TABLE.c.assignee}
    for box, column in sides.items():
        if shape.box in ("delegated", box):
            pending = (Unsought(TABLE.c.state) == "open") & (TABLE.c.delegation == "pending")
            yield _awake(select(*_OF_TASK).where(pending, column.in_(_PEOPLE)), TABLE, shape)


def _followed() -> Iterable[Branch]:
    """By what is followed, which was looked up before: nobody follows as many cases as are open in all."""
    is_open = Unsought(TABLE.c.state) == "open"
    yield select(*_OF_TASK).where(is_open, TABLE.c.instance_id.in_(bindparam("cases", expanding=True)))
    yield select(*_OF_TASK).where(is_open, TABLE.c.id.in_(bindparam("tasks", expanding=True)))


def _asleep(shape: Shape) -> Branch:
    """By the instant of waking: few tasks sleep at a time."""
    offered = [and_(OFFERS.c.task_id == TABLE.c.id, OFFERS.c.taken.is_(False), fits) for fits in _fitting(shape)]
    theirs = or_(
        TABLE.c.assignee.in_(_PEOPLE),
        TABLE.c.owner.in_(_PEOPLE) & (TABLE.c.delegation == "pending"),
        *(exists(select(OFFERS.c.task_id).where(fits)) for fits in offered),
    )
    return select(*_OF_TASK).where(TABLE.c.follow_up_at > _NOW, Unsought(TABLE.c.state) == "open", theirs)


def _put_off(shape: Shape) -> Iterable[Branch]:
    """What the reader alone has put off of what is offered to a group."""
    mine = OFFERS.c.task_id.in_(put_off_by(_READER, _NOW))
    for fits in _fitting(shape):
        yield select(*_OF_OFFER).where(mine, OFFERS.c.taken.is_(False), fits)


def _not_put_off(branch: Branch, shape: Shape) -> Branch:
    return branch.where(OFFERS.c.task_id.not_in(put_off_by(_READER, _NOW))) if shape.awake else branch


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
