"""The one place that commits: a unit of work per command, a reading session per page.

Before the commit the ledger's facts go to their subscribers. When the engine reports that a step failed for a
technical reason, everything is rolled back and the incident is written in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Engine, StepFailed, record_incident
from engine.due import left_due
from engine.in_hand import put_down
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from kernel.database import connect, reading_session, writing_session
from kernel.facts import Telling, deliver_facts
from kernel.vault import Vault
from webapp.engine_room import engine_for


def _wake_nobody() -> None:
    """Until somebody is named, what is due waits for the next look."""


class Database:
    """A database with its keys and its clock. ``wake`` is called after a commit that left a job due at once."""

    def __init__(self, url: str, vault: Vault, clock: Clock, *, pool_size: int = 10) -> None:
        self.engine = connect(url, pool_size=pool_size)
        self.vault = vault
        self.clock = clock
        self.wake: Callable[[], None] = _wake_nobody

    def engine_for(self, session: Session, actor: Actor) -> Engine:
        """The engine for one actor in a transaction here; the subscribers of facts publish through it."""
        return engine_for(session, actor, self.clock)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; nothing done in it is kept."""
        with reading_session(self.engine, self.vault) as session:
            yield session

    @contextmanager
    def unit_of_work(self, actor: Actor = SYSTEM, *, request_id: str | None = None) -> Iterator[Session]:
        """Commit once at the end of the block, or roll back and leave nothing."""
        info: dict[str, Any] = {}
        try:
            with writing_session(self.engine, self.vault) as session:
                info = session.info
                session.info["request_id"] = request_id
                session.info["engine_factory"] = self.engine_for
                yield session
                deliver_facts(Telling(session, actor, self.clock))
                session.commit()
            if left_due(session, self.clock.now()):
                self.wake()
        except StepFailed as failure:
            with writing_session(self.engine, self.vault) as session:
                record_incident(session, self.clock, put_down(failure, info))
                session.commit()
            raise
