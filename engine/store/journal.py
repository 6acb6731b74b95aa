"""The history of an instance: collected while a command acts, written in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.store.instances import InstanceRecord
from engine.tables.columns import table_of
from engine.tables.instances import HistoryRow
from engine.tables.news import NewsRow
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id

TABLE = table_of(HistoryRow)
_INSERT = insert(TABLE)
_INSERT_NEWS = insert(table_of(NewsRow))
# Events that people may have to be told of; none of them belongs to every step.
NOTEWORTHY = frozenset(
    {
        "instance_cancelled",
        "instance_completed",
        "instance_copied",
        "task_assigned",
        "task_copied",
        "task_delegated",
        "task_due_set",
        "task_handed_over",
        "task_resolved",
        "task_urged",
        "task_urged_above",
        "instance_withdrawn",
        "request_withdrawal_asked",
        "request_withdrawal_refused",
        "task_offered",
        "task_withdrawn",
        "holder_left",
        "post_vacated",
        "withdrawal_asked",
        "withdrawal_granted",
        "withdrawal_refused",
    }
)


class Journal:
    """Notes events and numbers them per instance."""

    def __init__(self, record: InstanceRecord, actor: Actor, clock: Clock) -> None:
        self._record = record
        self.actor = actor
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
                "actor_id": self.actor.id,
                "on_behalf_of": self.actor.on_behalf_of,
                "params": {name: value for name, value in params.items() if value is not None},
            }
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted that is not written yet."""
        return not self._rows

    def write(self, session: Session) -> None:
        """Write what was noted."""
        if self.is_empty:
            return
        session.execute(_INSERT, self._rows)
        news = [
            {"id": new_id(), "instance_id": row["instance_id"], "seq": row["seq"]}
            for row in self._rows
            if row["code"] in NOTEWORTHY
        ]
        if news:
            session.execute(_INSERT_NEWS, news)
        self._rows = []
