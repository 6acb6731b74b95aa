"""The columns of the list: what there is, what each box shows at first, and what somebody chose instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.database import is_sqlite
from webapp.arranged import ColumnChoice
from webapp.language import N_


@dataclass(frozen=True)
class Column:
    """A column; ``sort`` is the engine's key where it can be sorted by, ``end`` puts figures to the right."""

    key: str
    label: str
    sort: str = ""
    end: bool = False


_ALL = (
    Column("project", N_("Project"), "fact:project"),
    Column("unit", N_("Unit"), "fact:unit"),
    Column("customer", N_("Customer"), "fact:customer"),
    Column("amount", N_("Amount"), "fact:amount_fen", end=True),
    Column("discount", N_("Discount"), "fact:effective_discount_bp", end=True),
    Column("due", N_("Due"), "due"),
    Column("late", N_("Days late"), "-due", end=True),
    Column("left", N_("Time left"), "due"),
    Column("created", N_("Waiting since"), "created"),
    Column("priority", N_("Priority"), "priority", end=True),
    Column("process", N_("Process"), "process"),
    Column("step", N_("Step"), "name"),
    Column("number", N_("Number"), "business_key"),
    Column("applicant", N_("Applied for by")),
    Column("assignee", N_("With")),
    Column("wakes", N_("Snoozed until"), "follow_up"),
    Column("completed", N_("Completed on"), "completed"),
)
COLUMNS = {column.key: column for column in _ALL}
_BUSINESS = ("project", "unit", "customer", "amount", "discount")
_USUAL = {
    "delegated": ("project", "unit", "customer", "amount", "assignee", "due"),
    "followed": ("project", "unit", "customer", "amount", "assignee", "due"),
    "snoozed": ("project", "unit", "customer", "amount", "wakes", "due"),
    "done": (*_BUSINESS, "completed"),
}
_NOT_IN = {"done": {"wakes", "late", "left"}}


def offered(box: str) -> list[Column]:
    """The columns that mean something in a box."""
    own = {"completed"} if box != "done" else _NOT_IN["done"]
    return [column for column in _ALL if column.key not in own]


def usual(box: str, *, one_project: bool) -> tuple[str, ...]:
    """What a box shows at first; somebody with one project needs no column for it."""
    keys = _USUAL.get(box, (*_BUSINESS, "due", "created"))
    return tuple(key for key in keys if key != "project" or not one_project)


def chosen(session: Session, person_id: str, box: str) -> tuple[str, ...] | None:
    """What somebody chose for a box, or None; a column that there is no longer is left out."""
    mine = (ColumnChoice.person_id == person_id) & (ColumnChoice.box == box)
    keys = session.execute(select(ColumnChoice.columns).where(mine)).scalar_one_or_none()
    return None if keys is None else known(keys, box)


def choose(session: Session, person_id: str, box: str, keys: Iterable[str]) -> None:
    """Keep the columns of a box in their order; without any the usual ones come back."""
    wanted = list(known(keys, box))
    if not wanted:
        mine = (ColumnChoice.person_id == person_id) & (ColumnChoice.box == box)
        session.execute(delete(ColumnChoice).where(mine))
        return
    insert = (sqlite.insert if is_sqlite(session) else postgresql.insert)(ColumnChoice)
    insert = insert.values(person_id=person_id, box=box, columns=wanted)
    session.execute(insert.on_conflict_do_update(index_elements=["person_id", "box"], set_={"columns": wanted}))


def known(keys: Iterable[str], box: str) -> tuple[str, ...]:
    """Those of the keys that are columns of a box, each once."""
    possible = {column.key for column in offered(box)}
    return tuple(dict.fromkeys(key for key in keys if key in possible))
