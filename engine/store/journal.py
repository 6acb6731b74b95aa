"""The history of an instance: collected while a command acts, written in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.store.instances import InstanceRecord
from engine.tables.columns import table_of
from engine.tables.instances import HistoryRow
from kernel.actor import Actor
from kernel.clock import Clock

TABLE = table_of(HistoryRow)
_INSERT = insert(TABLE)


class Journal:
    """Notes events and numbers them per instance."""

    def __init__(self, record: InstanceRecord, actor: Actor, clock: Clock) -> None:
        self._record = record
        self._actor = actor
        self._clock = clock
        self._rows: list[dict[str, Any]] = []

    def note(
        self,
        code: str,
        *,
        element_id: str | None = None,
        element_name: str | None = None,
        task_id: str | None = None,
        **params: Any,
    ) -> None:
        """Note one event; ``params`` are JSON values without personal data."""
        self._record.history_seq += 1
        self._rows.append(
            {
                "instance_id": self._record.id,
                "seq": self._record.history_seq,
                "at": self._clock.now(),
                "code": code,
                "element_id": element_id,
                "element_name": element_name,
                "task_id": task_id,
                "actor_id": self._actor.id,
                "on_behalf_of": self._actor.on_behalf_of,
                "params": {name: value for name, value in params.items() if value is not None},
            }
        )

    def write(self, session: Session) -> None:
        """Write what was noted."""
        if self._rows:
            session.execute(_INSERT, self._rows)
            self._rows = []
