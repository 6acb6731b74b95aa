"""The end of history: finished cases go when their time is over, whole and logged, unless somebody holds them.

The database itself refuses to delete what has not ended or is held (`engine.tables.keeping`). One portion is one
unit of work, so a clean-up that is stopped goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from engine.attachments import ContentsUnwanted
from engine.due import note_due
from engine.errors import NotAllowed
from engine.host import Host
from engine.incidents import INCIDENTS
from engine.results.history import HistoryProgress
from engine.running.services import job_row
from engine.store.attachments import TABLE as ATTACHMENTS
from engine.store.control import TABLE as CONTROLS
from engine.store.drafts import TABLE as DRAFTS
from engine.store.instances import TABLE as INSTANCES
from engine.store.search import TABLE as WORDS
from engine.store.signing import TABLE as SIGNINGS
from engine.store.tasks import CANDIDATES, FACTS
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.comments import CommentEditRow
from engine.tables.copies import CopyRow
from engine.tables.going_back import ReturnRow, WithdrawalRow
from engine.tables.instances import CommentRow, DecisionLogRow, HistoryRow
from engine.tables.keeping import LegalHoldRow, ReleaseRow
from engine.tables.news import NewsRow
from engine.tables.work import CLEAN_UP, JobRow, SubscriptionRow
from kernel.actor import ROOT
from kernel.audit import record
from kernel.facts import tell

COPIES = table_of(CopyRow)
HOLDS = table_of(LegalHoldRow)
JOBS = table_of(JobRow)
NEWS = table_of(NewsRow)
RELEASES = table_of(ReleaseRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
PORTION = 25
_LOGS = tuple(table_of(row) for row in (HistoryRow, CommentEditRow, CommentRow, DecisionLogRow))
_GOING_BACK = (table_of(ReturnRow), table_of(WithdrawalRow))
_UNIQUE = f"{CLEAN_UP}:history"
_EVERY = timedelta(days=1)
_ATTEMPTS = 5


@dataclass(frozen=True)
class CleanHistory:
    """Erases one portion of what may go, the oldest first."""

    limit: int = PORTION

    def run(self, host: Host) -> int:
        """How many cases were erased; raises `NotAllowed`."""
        if not host.operates_house():
            raise NotAllowed("operate_missing", path=ROOT)
        return sum(_erase_due(host, row.key, row.history_days, self.limit) for row in _kept_for_a_time(host))


def progress(host: Host) -> HistoryProgress:
    """How many cases have been erased, wait for it (counted up to a limit), or are held."""
    if not host.operates_house():
        raise NotAllowed("operate_missing", path=ROOT)
    waits, held = 0, 0
    for row in _kept_for_a_time(host):
        over = _over(host, row.key, row.history_days)
        waits += _count(host, and_(over, ~_held(), ~_unfinished()))
        held += _count(host, and_(over, _held()))
    job = host.session.execute(select(JOBS).where(JOBS.c.idempotency_key == _UNIQUE)).first()
    payload: dict[str, Any] = dict(job.payload) if job is not None else {}
    return HistoryProgress(payload.get("erased", 0), waits, held, job.due_at if job is not None else None)


def arrange_clean_up(host: Host) -> None:
    """See to it that the clean-up runs once a day."""
    now = host.clock.now()
    known = update(JOBS).where(JOBS.c.idempotency_key == _UNIQUE)
    again = {"state": "waiting", "due_at": now, "attempts": 0, "done_at": None}
    if host.session.execute(known.values(again)).rowcount == 0:  # type: ignore[attr-defined]
        row = job_row(CLEAN_UP, "history", now, {"erased": 0}, _UNIQUE, _ATTEMPTS)
        host.session.execute(insert(JOBS).values(row))
    note_due(host.session, [now])


def clean_up(host: Host, job: AnyRow) -> None:
    """The clean-up as a job: one portion, at once again while there is more, else tomorrow."""
    erased = CleanHistory().run(host)
    now = host.clock.now()
    due = now if erased else now + _EVERY
    payload = {"erased": job.payload.get("erased", 0) + erased}
    values = {"due_at": due, "payload": payload, "attempts": 0, "last_error": None}
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(values))


def _kept_for_a_time(host: Host) -> list[AnyRow]:
    query = select(CONTROLS.c.key, CONTROLS.c.history_days).where(CONTROLS.c.history_days.is_not(None))
    return list(host.session.execute(query.order_by(CONTROLS.c.key)).all())


def _over(host: Host, key: str, days: int) -> ColumnElement[bool]:
    before = host.clock.now() - timedelta(days=days)
    return and_(INSTANCES.c.ended_at < before, INSTANCES.c.definition_key == key)


def _held() -> ColumnElement[bool]:
    same = or_(HOLDS.c.instance_id == INSTANCES.c.id, HOLDS.c.business_key == INSTANCES.c.business_key)
    return exists(select(HOLDS.c.id).where(HOLDS.c.lifted_at.is_(None), same))


def _unfinished() -> ColumnElement[bool]:
    """What a case still has to send must be delivered, or given up by a person, before the case may go."""
    waiting = (JOBS.c.instance_id == INSTANCES.c.id) & JOBS.c.state.in_(("waiting", "failed"))
    return exists(select(JOBS.c.id).where(waiting))


def _count(host: Host, where: ColumnElement[bool]) -> int:
    some = select(INSTANCES.c.id).where(where).limit(10_000).subquery()
    return int(host.session.execute(select(func.count()).select_from(some)).scalar_one())


def _erase_due(host: Host, key: str, days: int, limit: int) -> int:
    query = (
        select(INSTANCES.c.id, INSTANCES.c.definition_version, INSTANCES.c.path, INSTANCES.c.ended_at)
        .where(_over(host, key, days), ~_held(), ~_unfinished())
        .order_by(INSTANCES.c.ended_at, INSTANCES.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = host.session.execute(query).all()
    if rows:
        _erase(host, [row.id for row in rows])
    for row in rows:
        record(
            host.session, host.actor, host.clock, "instance:erase", "instance", row.id, path=row.path,
            before={"key": key, "version": row.definition_version, "ended_at": row.ended_at.isoformat()},
            reason=f"{days} d",
        )  # fmt: skip
    return len(rows)


def _erase(host: Host, ids: list[str]) -> None:
    session, now = host.session, host.clock.now()
    contents = select(ATTACHMENTS.c.content_id).where(ATTACHMENTS.c.instance_id.in_(ids))
    if unwanted := tuple(session.execute(contents).scalars()):
        tell(session, ContentsUnwanted(unwanted))
    session.execute(insert(RELEASES), [{"instance_id": one, "at": now} for one in ids])
    tasks = select(TASKS.c.id).where(TASKS.c.instance_id.in_(ids))
    for table in (CANDIDATES, FACTS, DRAFTS, SIGNINGS):
        session.execute(delete(table).where(table.c.task_id.in_(tasks)))
    # A delivery's key stays unique for ever; what it carried goes.
    sent = JOBS.c.instance_id.in_(ids) & (JOBS.c.kind == "message_out")
    session.execute(update(JOBS).where(sent).values(instance_id=None, payload={}))
    for table in (
        ATTACHMENTS,
        *_GOING_BACK,
        TASKS,
        WORDS,
        INCIDENTS,
        JOBS,
        SUBSCRIPTIONS,
        COPIES,
        NEWS,
        *_LOGS,
        RELEASES,
    ):
        session.execute(delete(table).where(table.c.instance_id.in_(ids)))
    session.execute(delete(INSTANCES).where(INSTANCES.c.id.in_(ids)))
