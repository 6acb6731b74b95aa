"""Instance rows: locked for one command, written back under their revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import Missing, Stale
from engine.results.instances import Instance
from engine.tables.columns import table_of
from engine.tables.instances import InstanceRow
from kernel.clock import Clock
from kernel.database import rows_changed

TABLE = table_of(InstanceRow)
LIVE = ("active", "suspended")


@dataclass
class InstanceRecord:
    """An instance row in hand; a command changes it and `save` writes it back."""

    id: str
    definition_id: str
    definition_key: str
    definition_version: int
    state: str
    business_key: str | None
    path: str
    variables: dict[str, Any]
    facts: dict[str, Any]
    tokens: str
    tokens_format: int
    revision: int
    history_seq: int
    reason: str | None
    started_at: datetime
    started_by: str
    changed_at: datetime
    ended_at: datetime | None
    goes_straight: bool | None = None

    def result(self, open_tasks: tuple[str, ...] = ()) -> Instance:
        """What callers see of it."""
        return Instance(
            id=self.id,
            key=self.definition_key,
            version=self.definition_version,
            state=self.state,
            business_key=self.business_key,
            scope=self.path,
            started_at=self.started_at,
            started_by=self.started_by,
            ended_at=self.ended_at,
            revision=self.revision,
            facts=dict(self.facts),
            open_tasks=open_tasks,
        )


COLUMNS = [TABLE.c[name] for name in InstanceRecord.__annotations__]
_SELECT = select(*COLUMNS).with_for_update()


_FREE = select(*COLUMNS).where(TABLE.c.id == bindparam("wanted")).with_for_update(skip_locked=True)
_BY_ID = _SELECT.where(TABLE.c.id == bindparam("wanted"))


def lock_instance(session: Session, instance_id: str) -> InstanceRecord:
    """Lock an instance for this transaction; raises `Missing`."""
    row = session.execute(_BY_ID, {"wanted": instance_id}).first()
    if row is None:
        raise Missing("instance_missing", instance_id=instance_id)
    return InstanceRecord(*row)


def lock_free_instance(session: Session, instance_id: str) -> InstanceRecord | None:
    """Lock an instance unless another transaction holds it, then None; waits for nobody."""
    row = session.execute(_FREE, {"wanted": instance_id}).first()
    return None if row is None else InstanceRecord(*row)


def read_instance(session: Session, instance_id: str) -> InstanceRecord:
    """An instance to look at, not locked; raises `Missing`."""
    row = session.execute(select(*COLUMNS).where(TABLE.c.id == instance_id)).first()
    if row is None:
        raise Missing("instance_missing", instance_id=instance_id)
    return InstanceRecord(*row)


def insert_instance(session: Session, record: InstanceRecord) -> None:
    """Write a new instance; raises `Stale` when another one with its business key came first."""
    try:
        session.execute(insert(TABLE).values(vars(record)))
    except IntegrityError as fault:
        raise Stale("already_started", key=record.definition_key, business_key=record.business_key) from fault


_CHANGING = (
    "state", "variables", "facts", "tokens", "tokens_format", "history_seq", "reason", "changed_at", "ended_at",
    "goes_straight",
)  # fmt: skip
_SAVE = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("saved_id"), TABLE.c.revision == bindparam("read_revision"))
    .values({name: bindparam(name) for name in (*_CHANGING, "revision")})
)


def save_instance(session: Session, clock: Clock, record: InstanceRecord) -> None:
    """Write an instance back and raise its revision; raises `Stale` if somebody else did so meanwhile."""
    require_saved(write_instance(session, clock, record), record)


def write_instance(session: Session, clock: Clock, record: InstanceRecord) -> CursorResult[Any]:
    """Write an instance back under the revision it was read at; `require_saved` must look at the answer."""
    record.changed_at = clock.now()
    values = {name: getattr(record, name) for name in _CHANGING}
    values |= {"revision": record.revision + 1, "saved_id": record.id, "read_revision": record.revision}
    return cast(CursorResult[Any], session.execute(_SAVE, values))


def require_saved(written: CursorResult[Any], record: InstanceRecord) -> None:
    """Raise `Stale` unless the instance was still at the revision it was read at."""
    if rows_changed(written) != 1:
        raise Stale("instance_changed", instance_id=record.id)
    record.revision += 1


def set_definition(session: Session, record: InstanceRecord, definition_id: str, version: int) -> None:
    """Let an instance belong to another version; written at once, since steps never change it."""
    record.definition_id, record.definition_version = definition_id, version
    values = {"definition_id": definition_id, "definition_version": version}
    session.execute(update(TABLE).where(TABLE.c.id == record.id).values(values))


def require_active(record: InstanceRecord) -> None:
    """Raise `Stale` unless the instance runs."""
    if record.state != "active":
        raise Stale("instance_not_active", instance_id=record.id, state=record.state, at=record.changed_at)
