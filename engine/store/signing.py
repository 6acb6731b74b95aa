"""Signing rows, and the tasks of those who were added: written, read and ended together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.results.tasks import Task
from engine.signing.rule import AGAINST, Rule, Tally, decision_of
from engine.store.tasks import COLUMNS, change_task, close_tasks, insert_tasks, to_task
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.signing import SigningRow
from kernel.ids import new_id

TABLE = table_of(SigningRow)


@dataclass(frozen=True)
class Added:
    """The task of somebody who was added, with what he answered."""

    task: Task
    signing_id: str
    answers: dict[str, Any]

    @property
    def decided(self) -> bool:
        """Whether he has decided."""
        return self.task.state == "completed"

    @property
    def agrees(self) -> bool:
        """Whether what he decided lets the case go on."""
        return decision_of(self.answers) not in AGAINST


def insert_signing(session: Session, values: dict[str, Any]) -> AnyRow:
    """Write a new signing and read it back."""
    signing_id = new_id()
    session.execute(insert(TABLE).values({"id": signing_id, **values}))
    return session.execute(select(TABLE).where(TABLE.c.id == signing_id)).one()


def signing_of(session: Session, task_id: str, *states: str) -> AnyRow | None:
    """The latest signing of a task in one of the states; at most one is planned and one open at a time."""
    query = select(TABLE).where(TABLE.c.task_id == task_id, TABLE.c.state.in_(states))
    return session.execute(query.order_by(TABLE.c.opened_at.desc(), TABLE.c.id.desc()).limit(1)).first()


def signings_of(session: Session, task_id: str) -> list[AnyRow]:
    """All signings of a task, oldest first."""
    query = select(TABLE).where(TABLE.c.task_id == task_id)
    return list(session.execute(query.order_by(TABLE.c.opened_at, TABLE.c.id)).all())


def change_signing(session: Session, signing_id: str, **values: Any) -> AnyRow:
    """Change columns of a signing; returns it as it then stands."""
    return session.execute(update(TABLE).where(TABLE.c.id == signing_id).values(values).returning(TABLE)).one()


def insert_added(session: Session, signing: AnyRow, excluded: Iterable[str], at: datetime) -> None:
    """A task for each of a signing's people: a copy of the task they were added to, theirs alone.

    ``excluded`` are those who may not decide here anyway; nobody decides twice, so the others may not either.
    """
    model = dict(session.execute(select(TASKS).where(TASKS.c.id == signing.task_id)).mappings().one())
    common = {
        "state": "open", "owner": None, "delegation": None, "candidates": [], "follow_up_at": None, "draft": {},
        "created_at": at, "completed_at": None, "completed_by": None, "on_behalf_of": None, "troubled": False,
        "revision": 1, "held": None, "parent_id": signing.task_id, "signing_id": signing.id, "part": signing.part,
    }  # fmt: skip
    takes_part = {*excluded, *signing.people, signing.holder}
    insert_tasks(
        session,
        [
            {**model, **common, "id": new_id(), "assignee": person, "excluded": sorted(takes_part - {person})}
            for person in signing.people
        ],
    )


def added_to(session: Session, task_id: str, signing_id: str | None = None) -> list[Added]:
    """The tasks of those added to a task, in one signing or in all: the decided ones by time, then others."""
    query = select(*COLUMNS, TASKS.c.signing_id, TASKS.c.draft).where(TASKS.c.parent_id == task_id)
    if signing_id is not None:
        query = query.where(TASKS.c.signing_id == signing_id)
    rows = session.execute(query.order_by(TASKS.c.completed_at.nulls_last(), TASKS.c.id))
    return [Added(to_task(row[:-2]), row[-2], dict(row[-1] or {})) for row in rows]


def close_added(session: Session, added: Iterable[Added], at: datetime) -> list[str]:
    """Cancel the tasks that are left open; returns whose they were."""
    left = [one.task for one in added if one.task.state == "open"]
    if left:
        close_tasks(session, [task.id for task in left], at)
    return [task.assignee for task in left if task.assignee is not None]


def tally_of(signing: AnyRow, added: Iterable[Added]) -> Tally:
    """How a signing stands."""
    people = len(signing.people)
    decided = [one for one in added if one.decided]
    agreed = sum(one.agrees for one in decided)
    needed = Rule(signing.rule, signing.number).votes_of(people)
    return Tally(people, needed, agreed, len(decided) - agreed)


def signed_with(session: Session, instance_id: str, people: Iterable[str]) -> list[str]:
    """Who was added to tasks of a case that any of ``people`` completed, and decided there."""
    parent = TASKS.alias("parent")
    query = select(TASKS.c.completed_by, TASKS.c.on_behalf_of).join(parent, parent.c.id == TASKS.c.parent_id)
    decided = (TASKS.c.instance_id == instance_id) & (TASKS.c.state == "completed")
    rows = session.execute(query.where(decided, parent.c.completed_by.in_(sorted(set(people)))))
    return [person for row in rows for person in row if person is not None]


def keep_out(session: Session, added: Iterable[Added], people: Iterable[str]) -> None:
    """Who has decided decides nothing else of the same step, not even for others whom he stands in for."""
    for task in (one.task for one in added if one.task.state == "open"):
        more = [person for person in people if person != task.assignee and person not in task.excluded]
        if more:
            change_task(session, task, excluded=[*task.excluded, *more])
