"""Work over many, one by one (批量): items that wait, are done or failed; each is taken once.

Several nouns have such work: notices of a building, settlements, certificates, loans taken to a bank, reminders,
statements. Each keeps its two tables and its rights; what happens to the rows is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, exists, func, select, update
from sqlalchemy.orm import Session

LONGEST_CODE = 60


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


class ItemState(StrEnum):
    """What became of one item."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Worklist:
    """The tables of one kind of run.

    ``run`` has ``id`` and ``state``, and where it has them ``ended_at`` and the counters ``done`` and ``failed``.
    ``item`` has ``position``, ``state`` and ``code``; ``of`` is its column of the run, ``subject`` that of what is
    worked on, unique in a run. ``failed`` is what its table calls an item that failed.
    """

    run: Any
    item: Any
    of: str
    subject: str
    failed: str = ItemState.FAILED.value

    def waiting(self, session: Session, run_id: str, limit: int) -> list[str]:
        """The next items that wait, by what is worked on."""
        query = select(self._subject).where(*self._in(run_id, ItemState.WAITING))
        return list(session.scalars(query.order_by(self.item.position).limit(limit)))

    def claim(self, session: Session, run_id: str, subject: str) -> bool:
        """Take an item of a run that goes on, for this transaction to do; False when it is no longer to be had.

        It is done from the commit on. Of two transactions that want it at once, one waits and finds it done, or
        takes it after all when the other was rolled back.
        """
        goes_on = exists().where(self.run.id == run_id, self.run.state == RunState.RUNNING)
        return self._set(session, run_id, subject, goes_on, state=ItemState.DONE, code=None)

    def count_done(self, session: Session, run_id: str) -> None:
        """One more is done. Said last in a transaction, so that others wait for the run's row but shortly."""
        self._count(session, run_id, "done", 1)

    def fail(self, session: Session, run_id: str, subject: str, code: str) -> bool:
        """An item failed with a code; False when somebody else has done it meanwhile."""
        failed = self._set(session, run_id, subject, state=self.failed, code=code[:LONGEST_CODE])
        if failed:
            self._count(session, run_id, "failed", 1)
        return failed

    def is_running(self, session: Session, run_id: str) -> bool:
        """Whether a run goes on."""
        return session.scalar(select(self.run.state).where(self.run.id == run_id)) == RunState.RUNNING

    def end(self, session: Session, run_id: str, now: datetime) -> bool:
        """End a run of which nothing waits; False while something does, or when it does not go on."""
        waits = exists().where(*self._in(run_id, ItemState.WAITING))
        return self._turn(session, run_id, RunState.RUNNING, RunState.ENDED, now, ~waits)

    def stop(self, session: Session, run_id: str, now: datetime) -> bool:
        """Begin no further item; what is done stays done. False when the run does not go on."""
        return self._turn(session, run_id, RunState.RUNNING, RunState.STOPPED, now)

    def go_on(self, session: Session, run_id: str) -> bool:
        """Take a run that was stopped up again. False when it was not, or nothing of it waits."""
        waits = exists().where(*self._in(run_id, ItemState.WAITING))
        return self._turn(session, run_id, RunState.STOPPED, RunState.RUNNING, None, waits)

    def try_again(self, session: Session, run_id: str) -> bool:
        """Take a run up again, stopped or ended, with what waits and what failed. False when nothing does."""
        failed = update(self.item).where(*self._in(run_id, self.failed))
        again = _changed(session, failed.values(state=ItemState.WAITING, code=None))
        self._count(session, run_id, "failed", -again)
        waits = exists().where(*self._in(run_id, ItemState.WAITING))
        olds = (RunState.STOPPED, RunState.ENDED)
        return any(self._turn(session, run_id, old, RunState.RUNNING, None, waits) for old in olds)

    def items(
        self, session: Session, run_id: str, state: str | None = None, limit: int | None = None
    ) -> list[Any]:
        """The items of a run in order, all or those in one state."""
        where = self._in(run_id, state) if state else (self._of == run_id,)
        return list(session.scalars(select(self.item).where(*where).order_by(self.item.position).limit(limit)))

    def counts(self, session: Session, run_id: str) -> dict[str, int]:
        """How many items wait, are done, failed; by the words of the table."""
        query = select(self.item.state, func.count()).where(self._of == run_id).group_by(self.item.state)
        found = {str(row[0]): int(row[1]) for row in session.execute(query)}
        return {ItemState.WAITING.value: 0, ItemState.DONE.value: 0, self.failed: 0} | found

    @property
    def _of(self) -> ColumnElement[str]:
        column: ColumnElement[str] = getattr(self.item, self.of)
        return column

    @property
    def _subject(self) -> ColumnElement[str]:
        column: ColumnElement[str] = getattr(self.item, self.subject)
        return column

    def _in(self, run_id: str, state: str) -> Sequence[ColumnElement[bool]]:
        return (self._of == run_id, self.item.state == state)

    def _set(
        self, session: Session, run_id: str, subject: str, *more: ColumnElement[bool], **values: str | None
    ) -> bool:
        which = (*self._in(run_id, ItemState.WAITING), self._subject == subject, *more)
        return _changed(session, update(self.item).where(*which).values(**values)) == 1

    def _turn(
        self,
        session: Session,
        run_id: str,
        old: str,
        new: str,
        ended_at: datetime | None,
        *more: ColumnElement[bool],
    ) -> bool:
        values: dict[str, Any] = {"state": new}
        if hasattr(self.run, "ended_at"):
            values["ended_at"] = ended_at
        which = (self.run.id == run_id, self.run.state == old, *more)
        return _changed(session, update(self.run).where(*which).values(**values)) == 1

    def _count(self, session: Session, run_id: str, counter: str, more: int) -> None:
        column = getattr(self.run, counter, None)
        if column is not None and more:
            _changed(session, update(self.run).where(self.run.id == run_id).values({counter: column + more}))


def _changed(session: Session, statement: Any) -> int:
    """How many rows a statement changes; what the session has read of them before stays as it was read."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
