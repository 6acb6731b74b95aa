"""Suspend a process, so that nothing new is started, and let it be started again: at once or at an instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from engine import cache
from engine.due import note_due
from engine.editing import require_reason
from engine.errors import Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.queries import control as queries
from engine.results.definitions import DefinitionControl
from engine.running.services import job_row
from engine.store.control import suspension_of, write_control
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import DEFINITION_TURN, START_KEPT, TIMER_START, JobRow
from kernel.actor import ROOT, SYSTEM
from kernel.audit import record
from kernel.ids import new_id

JOBS = table_of(JobRow)
_STARTS = (TIMER_START, START_KEPT)
_ATTEMPTS = 5
_MOST_DAYS = 366 * 100


@dataclass(frozen=True)
class SuspendDefinition:
    """New starts are refused with the reason; what messages, signals and timers start is kept.

    Running cases, and processes called by them, go on. ``at`` schedules it, ``until`` schedules its end.
    """

    key: str
    reason: str
    until: datetime | None = None
    at: datetime | None = None

    def run(self, host: Host) -> DefinitionControl:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` when it is suspended already."""
        _require(host, self.key, self.reason)
        if self.until is not None and self.until <= (self.at or host.clock.now()):
            raise Invalid("until_before", field="until")
        if self.at is not None:
            _schedule(host, self.key, "suspend", self.at, self.reason, self.until)
        else:
            self.turn(host)
        return queries.get(host, self.key)

    def turn(self, host: Host) -> None:
        """Suspend it now."""
        known = suspension_of(host.session, self.key)
        if known is not None:
            raise Stale("definition_suspended", key=self.key, by=known.suspended_by, reason=known.reason)
        by, now = host.actor.on_behalf_of or host.actor.id, host.clock.now()
        values = {"suspended_at": now, "suspended_by": by, "reason": self.reason, "until": self.until}
        write_control(host.session, self.key, **values)
        _cancel_turns(host, self.key, "activate")
        if self.until is not None:
            _schedule(host, self.key, "activate", self.until, self.reason, None)
        _hold_starts(host, self.key, suspended=True)
        until = {"until": self.until and self.until.isoformat()}
        _log(host, "definition:suspend", self.key, self.reason, until)


@dataclass(frozen=True)
class ActivateDefinition:
    """New starts are possible again, and what was to be started meanwhile is, in order."""

    key: str
    reason: str
    at: datetime | None = None

    def run(self, host: Host) -> DefinitionControl:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` unless it is suspended."""
        _require(host, self.key, self.reason)
        if self.at is not None:
            _schedule(host, self.key, "activate", self.at, self.reason, None)
        else:
            self.turn(host)
        return queries.get(host, self.key)

    def turn(self, host: Host) -> None:
        """Activate it now."""
        if suspension_of(host.session, self.key) is None:
            raise Stale("definition_active", key=self.key)
        write_control(host.session, self.key, suspended_at=None, suspended_by=None, reason=None, until=None)
        _cancel_turns(host, self.key, "activate")
        _hold_starts(host, self.key, suspended=False)
        note_due(host.session, [host.clock.now()])
        _log(host, "definition:activate", self.key, self.reason)


@dataclass(frozen=True)
class SetHistoryDays:
    """How long finished cases of a process stay before the clean-up takes them; for ever with None."""

    key: str
    days: int | None
    reason: str

    def run(self, host: Host) -> DefinitionControl:
        """Raises `Missing`, `NotAllowed`, `Invalid`."""
        _require(host, self.key, self.reason)
        if self.days is not None and not 1 <= self.days <= _MOST_DAYS:
            raise Invalid("days_out_of_range", field="days", most=_MOST_DAYS)
        before = {"history_days": queries.get(host, self.key).history_days}
        write_control(host.session, self.key, history_days=self.days)
        _log(host, "definition:set_history_days", self.key, self.reason, {"history_days": self.days}, before)
        return queries.get(host, self.key)


def turn_definition(host: Host, job: AnyRow) -> None:
    """What was scheduled has come: for who scheduled it. A process that is in that state already stays so."""
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(state="done", done_at=host.clock.now()))
    told = job.payload
    theirs = host.acting_as(replace(SYSTEM, on_behalf_of=told["by"]))
    until = datetime.fromisoformat(told["until"]) if told["until"] else None
    is_suspended = suspension_of(host.session, job.name) is not None
    if told["act"] == "suspend" and not is_suspended:
        SuspendDefinition(job.name, told["reason"], until).turn(theirs)
    elif told["act"] == "activate" and is_suspended:
        ActivateDefinition(job.name, told["reason"]).turn(theirs)


def _require(host: Host, key: str, reason: str) -> None:
    if not host.operates_house():
        raise NotAllowed("operate_missing", path=ROOT)
    require_reason(reason)
    if cache.latest(host.session, "process", key) is None:
        raise Missing("definition_missing", key=key)


def _schedule(host: Host, key: str, act: str, at: datetime, reason: str, until: datetime | None) -> None:
    payload = {
        "act": act,
        "reason": reason,
        "until": until.isoformat() if until is not None else None,
        "by": host.actor.on_behalf_of or host.actor.id,
    }
    row = job_row(DEFINITION_TURN, key, at, payload, f"{DEFINITION_TURN}:{new_id()}", _ATTEMPTS)
    host.session.execute(insert(JOBS).values({**row, "element_id": act, "created_at": host.clock.now()}))
    note_due(host.session, [at])
    _log(host, f"definition:schedule_{act}", key, reason, {"at": at.isoformat()})


def _cancel_turns(host: Host, key: str, act: str) -> None:
    ours = (JOBS.c.kind == DEFINITION_TURN) & (JOBS.c.name == key) & (JOBS.c.element_id == act)
    off: dict[str, Any] = {"state": "cancelled", "done_at": host.clock.now()}
    host.session.execute(update(JOBS).where(ours, JOBS.c.state.in_(("waiting", "failed"))).values(off))


def _hold_starts(host: Host, key: str, *, suspended: bool) -> None:
    starts = JOBS.c.kind.in_(_STARTS) & (JOBS.c.name == key) & (JOBS.c.state == "waiting")
    host.session.execute(update(JOBS).where(starts).values(suspended=suspended))


def _log(
    host: Host,
    action: str,
    key: str,
    reason: str,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    record(
        host.session, host.actor, host.clock, action, "definition", key[:80],
        before=before, after={"key": key, **(after or {})}, reason=reason[:500],
    )  # fmt: skip
