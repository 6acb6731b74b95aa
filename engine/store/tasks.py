"""Task rows: read, written and closed; candidates and facts beside them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.errors import Missing
from engine.ports import TaskAccess
from engine.results.tasks import Task
from engine.store.instances import COLUMNS as INSTANCE_COLUMNS
from engine.store.instances import TABLE as INSTANCES
from engine.store.instances import InstanceRecord
from engine.tables.columns import table_of
from engine.tables.sub_tasks import SubTaskRow
from engine.tables.tasks import CandidateRow, TaskFactRow, TaskRow
from kernel.actor import Actor

TABLE = table_of(TaskRow)
CANDIDATES = table_of(CandidateRow)
FACTS = table_of(TaskFactRow)
SUB_TASKS = table_of(SubTaskRow)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
_TEXT = 250
_INSERT, _INSERT_CANDIDATES, _INSERT_FACTS = insert(TABLE), insert(CANDIDATES), insert(FACTS)

COLUMNS = [
    TABLE.c.id, TABLE.c.instance_id, TABLE.c.definition_key, TABLE.c.definition_version, TABLE.c.element_id,
    TABLE.c.name, TABLE.c.name_labels, TABLE.c.state, TABLE.c.assignee, TABLE.c.owner, TABLE.c.delegation,
    TABLE.c.candidates, TABLE.c.excluded, TABLE.c.due_at, TABLE.c.follow_up_at, TABLE.c.priority, TABLE.c.path,
    TABLE.c.form_key, TABLE.c.facts, TABLE.c.business_key, TABLE.c.created_at, TABLE.c.completed_at,
    TABLE.c.completed_by, TABLE.c.on_behalf_of, TABLE.c.revision, TABLE.c.parent_id, TABLE.c.part, TABLE.c.held,
    TABLE.c.warn_at,
]  # fmt: skip


def to_task(row: Sequence[Any]) -> Task:
    """A row of `COLUMNS` as callers see it."""
    values = list(row)
    values[11], values[12] = tuple(values[11]), tuple(values[12])
    return Task(*values)


_ONE = select(*COLUMNS).where(TABLE.c.id == bindparam("task_id"))


def get_task(session: Session, task_id: str) -> Task:
    """One task; raises `Missing`."""
    row = session.execute(_ONE, {"task_id": task_id}).first()
    if row is None:
        raise Missing("task_missing", task_id=task_id)
    return to_task(row)


_WORK = exists().where(SUB_TASKS.c.task_id == TABLE.c.id)
_LOCKED = (
    select(*INSTANCE_COLUMNS, *COLUMNS, TABLE.c.token, TABLE.c.troubled, TABLE.c.attachments, _WORK)
    .select_from(INSTANCES.join(TABLE, TABLE.c.instance_id == INSTANCES.c.id))
    .where(TABLE.c.id == bindparam("task_id"))
    # The order of locks is that of this list: the instance first, as in every other command.
    .with_for_update(of=[INSTANCES, TABLE])
)


def warn_rule(session: Session, task_id: str) -> str | None:
    """How long before its due time a task is warned of, as its diagram says."""
    found: str | None = session.execute(select(TABLE.c.warn_rule).where(TABLE.c.id == task_id)).scalar()
    return found


@dataclass(frozen=True)
class LockedTask:
    """A task and its instance as they are while a transaction holds both.

    ``token`` is what the task stands for, ``troubled`` whether completing it has failed, ``attachments`` the kinds
    of files that its step asks for, ``has_work`` whether anything was ever asked for under it.
    """

    record: InstanceRecord
    task: Task
    token: int
    troubled: bool
    attachments: tuple[str, ...]
    has_work: bool


def lock_task(session: Session, task_id: str) -> LockedTask:
    """Lock a task's instance and the task for this transaction, and read both as they are then.

    Everything that a step asks about its task comes with the lock, by one statement. Raises `Missing`.
    """
    row = session.execute(_LOCKED, {"task_id": task_id}).first()
    if row is None:
        raise Missing("task_missing", task_id=task_id)
    width = len(INSTANCE_COLUMNS)
    token, troubled, attachments, has_work = row[-4:]
    task = to_task(row[width:-4])
    return LockedTask(InstanceRecord(*row[:width]), task, token, troubled, tuple(attachments or ()), has_work)


def access_of(task: Task) -> TaskAccess:
    """What a checker needs to know."""
    return TaskAccess(
        task_id=task.id,
        definition_key=task.definition_key,
        element_id=task.element_id,
        path=task.path,
        assignee=task.assignee,
        owner=task.owner,
        candidates=task.candidates,
        excluded=task.excluded,
    )


def change_task(session: Session, task: Task, **values: Any) -> Task:
    """Change columns of a task and raise its revision."""
    if "due_at" in values:
        values["far_due"] = values["due_at"] or FAR
    changed = values | {"revision": task.revision + 1}
    session.execute(update(TABLE).where(TABLE.c.id == task.id).values(changed))
    return get_task(session, task.id)


def replace_candidates(session: Session, task: Task, entries: list[str]) -> Task:
    """Offer a task to others: nobody has it any more, whoever was asked to prepare it neither."""
    session.execute(delete(CANDIDATES).where(CANDIDATES.c.task_id == task.id))
    session.execute(_INSERT_CANDIDATES, _candidates(task.id, task.path, entries))
    return change_task(session, task, candidates=entries, assignee=None, owner=None, delegation=None)


def insert_tasks(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write new tasks with their candidates and facts."""
    if not rows:
        return
    session.execute(_INSERT, rows)
    candidates = [c for row in rows for c in _candidates(row["id"], row["path"], row["candidates"])]
    if candidates:
        session.execute(_INSERT_CANDIDATES, candidates)
    _insert_facts(session, {row["id"]: row["facts"] for row in rows})


def replace_facts(session: Session, facts_by_task: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the facts of tasks anew: the JSON for showing, the rows for filtering and sorting."""
    for task_id, facts in facts_by_task.items():
        session.execute(
            update(TABLE).where(TABLE.c.id == task_id).values(facts=dict(facts), revision=TABLE.c.revision + 1)
        )
    session.execute(delete(FACTS).where(FACTS.c.task_id.in_(list(facts_by_task))))
    _insert_facts(session, facts_by_task)


_COMPLETED = ("state", "completed_at", "completed_by", "on_behalf_of", "draft", "revision")
_COMPLETE = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("completed_id"))
    .values({name: bindparam(name) for name in _COMPLETED})
)


def complete_task(
    session: Session, task: Task, answers: dict[str, Any], at: datetime, by: str, on_behalf_of: str | None
) -> None:
    """Mark a task done with the answers given; ``at`` is UTC."""
    values = {
        "completed_id": task.id,
        "state": "completed",
        "completed_at": at,
        "completed_by": by,
        "on_behalf_of": on_behalf_of,
        "draft": answers,
        "revision": task.revision + 1,
    }
    session.execute(_COMPLETE, values)


def close_task(session: Session, task: Task, at: datetime, by: Actor) -> None:
    """Mark a task cancelled by who ended it; ``at`` is UTC."""
    values = {"state": "cancelled", "completed_at": at, "completed_by": by.id, "on_behalf_of": by.on_behalf_of}
    session.execute(update(TABLE).where(TABLE.c.id == task.id).values(values | {"revision": task.revision + 1}))


_FOR_ANOTHER = (
    select(TABLE.c.completed_by, TABLE.c.on_behalf_of)
    .where(TABLE.c.instance_id == bindparam("instance_id"), TABLE.c.on_behalf_of.is_not(None))
    .distinct()
)


def acted_for_another(session: Session, instance_id: str) -> list[tuple[str, str]]:
    """Who completed tasks of an instance for whom he stood in for."""
    rows = session.execute(_FOR_ANOTHER, {"instance_id": instance_id})
    return [(row.completed_by, row.on_behalf_of) for row in rows]


def close_tasks(session: Session, task_ids: list[str], at: datetime) -> None:
    """Mark tasks cancelled because their token is gone, with those of people who were added to them."""
    theirs = or_(TABLE.c.id.in_(task_ids), TABLE.c.parent_id.in_(task_ids))
    where = theirs & (TABLE.c.state == "open")
    values = {"state": "cancelled", "completed_at": at, "revision": TABLE.c.revision + 1}
    session.execute(update(TABLE).where(where).values(values))


def open_facts(
    session: Session, instance_id: str, among: Container[str] | None = None
) -> dict[str, dict[str, Any]]:
    """The facts of an instance's open tasks, by task; ``among`` these, with those of people added to them."""
    where = (TABLE.c.instance_id == instance_id) & (TABLE.c.state == "open")
    rows = session.execute(select(TABLE.c.id, TABLE.c.parent_id, TABLE.c.facts).where(where))
    return {row.id: dict(row.facts) for row in rows if among is None or (row.parent_id or row.id) in among}


def open_task_ids(session: Session, instance_id: str) -> tuple[str, ...]:
    """The ids of an instance's open tasks."""
    where = (TABLE.c.instance_id == instance_id) & (TABLE.c.state == "open")
    return tuple(session.execute(select(TABLE.c.id).where(where).order_by(TABLE.c.id)).scalars())


def _candidates(task_id: str, task_path: str, entries: list[str]) -> list[dict[str, Any]]:
    rows = []
    for position, entry in enumerate(entries):
        if entry.startswith("user:"):
            who = {"role": None, "path": None, "user_id": entry.removeprefix("user:")}
        else:
            role, _, path = entry.partition("@")
            who = {"role": role, "path": path or task_path, "user_id": None}
        rows.append({"task_id": task_id, "position": position, **who})
    return rows


def _insert_facts(session: Session, facts_by_task: Mapping[str, Mapping[str, Any]]) -> None:
    rows = [
        {"task_id": task_id, "name": name[:60], **_fact_columns(value)}
        for task_id, facts in facts_by_task.items()
        for name, value in facts.items()
    ]
    if rows:
        session.execute(_INSERT_FACTS, rows)


def _fact_columns(value: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {"text": None, "number": None, "day": None}
    if isinstance(value, bool):
        columns["text"] = str(value).lower()
    elif isinstance(value, int):
        columns["number"] = value
    elif isinstance(value, str):
        columns["text"] = value[:_TEXT]
        columns["day"] = _day(value)
    elif value is not None:
        columns["text"] = str(value)[:_TEXT]
    return {"text": columns["text"], "number": columns["number"], "date": columns["day"]}


def _day(text: str) -> date | None:
    if len(text) != len("2026-01-01"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
