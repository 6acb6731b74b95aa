"""Order an act on many cases, halt it, let it go on, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os.path import commonpath
from typing import Any

from sqlalchemy import insert, select, update

from engine.batches.acts import kind_of
from engine.batches.kinds import BatchKind, Subject
from engine.batches.running import BATCHES, ITEMS, JOBS
from engine.commands.on_task import require_operate
from engine.due import note_due
from engine.errors import Invalid, Missing, Stale
from engine.host import Host
from engine.queries import incidents, instances
from engine.queries.batches import to_batch
from engine.results.batches import Batch
from engine.results.incidents import IncidentFilter
from engine.results.instances import InstanceFilter
from engine.results.paging import Page
from engine.running.services import job_row
from engine.store.instances import LIVE
from engine.tables.columns import AnyRow
from engine.values import checked
from kernel.audit import record
from kernel.ids import new_id

MOST = 10_000
Orders = Sequence[tuple[Subject, dict[str, Any] | None]]


@dataclass(frozen=True)
class StartBatch:
    """The subjects are those that exist now; each is looked at again when its turn comes."""

    kind: str
    reason: str
    ids: tuple[str, ...] = ()
    instances: InstanceFilter | None = None
    incidents: IncidentFilter | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def run(self, host: Host) -> Batch:
        """Raises `Invalid` for an unknown kind, wrong parameters or no subjects, `Missing`, `NotAllowed`."""
        kind = kind_of(self.kind)
        _require_reason(self.reason)
        subjects = self._incidents(host) if kind.subject == "incident" else self._instances(host)
        if not subjects:
            raise Invalid("batch_empty", field="ids")
        if len(subjects) > MOST:
            raise Invalid("batch_too_large", field="ids", most=MOST)
        params = checked(self.params, "params")
        kind.check(params, subjects)
        return _begin(host, kind, params, self.reason, [(subject, None) for subject in subjects])

    def _instances(self, host: Host) -> list[Subject]:
        wanted = self.instances or InstanceFilter()
        if self.ids:
            wanted = InstanceFilter(instance_ids=self.ids)
        elif self.instances is None:
            raise Invalid("batch_empty", field="ids")
        elif not wanted.states:
            wanted = replace(wanted, states=LIVE)
        rows = instances.find(host, wanted, Page(size=MOST + 1)).rows
        found = [Subject(row.id, row.scope, row.key) for row in rows]
        if self.ids:
            return self._all_of(host, found, "instance_missing", "instance_id")
        return [subject for subject in found if host.checker.may_operate(host.actor, subject.path)]

    def _incidents(self, host: Host) -> list[Subject]:
        if not self.ids and self.incidents is None:
            raise Invalid("batch_empty", field="ids")
        wanted = IncidentFilter(states=(), incident_ids=self.ids) if self.ids else self.incidents
        rows = incidents.find(host, wanted or IncidentFilter(), Page(size=MOST + 1)).rows
        found = [Subject(row.id, row.scope, row.definition_key) for row in rows]
        return self._all_of(host, found, "incident_missing", "incident_id") if self.ids else found

    def _all_of(self, host: Host, found: list[Subject], code: str, name: str) -> list[Subject]:
        known = {subject.id: subject for subject in found}
        for wanted in self.ids:
            if wanted not in known:
                raise Missing(code, **{name: wanted})
            require_operate(host, known[wanted].path)
        return [known[wanted] for wanted in dict.fromkeys(self.ids)]


@dataclass(frozen=True)
class StopBatch:
    """The item in hand is finished; nothing further begins until the batch is continued."""

    batch_id: str

    def run(self, host: Host) -> Batch:
        """Raises `Missing`, `NotAllowed`, `Stale` unless it runs."""
        row = _locked(host, self.batch_id)
        _require_state(row, "running")
        return _turn(host, row, "stop", state="stopped")


@dataclass(frozen=True)
class ContinueBatch:
    """A stopped batch goes on; with ``failed`` its failed items, and those of an ended one, are tried again."""

    batch_id: str
    failed: bool = False

    def run(self, host: Host) -> Batch:
        """Raises `Missing`, `NotAllowed`, `Stale` when there is nothing to go on with."""
        row = _locked(host, self.batch_id)
        again = self.failed and row.failed > 0
        if row.state == "running" or (row.state == "ended" and not again):
            raise Stale("batch_in_other_state", batch_id=row.id, state=row.state)
        values: dict[str, Any] = {"state": "running", "ended_at": None}
        if again:
            over = (ITEMS.c.batch_id == row.id) & (ITEMS.c.state == "failed")
            fresh: dict[str, Any] = {"state": "waiting", "code": None, "params": {}, "at": None}
            host.session.execute(update(ITEMS).where(over).values(fresh))
            values["failed"] = 0
        _enqueue(host, row.id)
        return _turn(host, row, "continue", **values)


@dataclass(frozen=True)
class UndoBatch:
    """A new batch takes back what the items of an earlier one did, the last first."""

    batch_id: str
    reason: str

    def run(self, host: Host) -> Batch:
        """Raises `Missing`, `NotAllowed`, `Stale` while it runs or once undone, `Invalid` when it cannot be."""
        row = _locked(host, self.batch_id)
        _require_reason(self.reason)
        if row.state == "running":
            raise Stale("batch_in_other_state", batch_id=row.id, state=row.state)
        by = host.session.execute(select(BATCHES.c.id).where(BATCHES.c.undoes == row.id)).scalar()
        if by is not None:
            raise Stale("batch_undone_already", batch_id=row.id, undone_by_id=by)
        back = kind_of(row.kind).back
        if back is None:
            raise Invalid("batch_cannot_be_undone", kind=row.kind)
        done = (ITEMS.c.batch_id == row.id) & (ITEMS.c.state == "done")
        items = host.session.execute(select(ITEMS).where(done).order_by(ITEMS.c.position.desc())).all()
        if not items:
            raise Invalid("batch_empty", field="ids")
        orders = [back({**row.params, **(item.order or {})}, item.result) for item in items]
        subjects = [Subject(item.subject_id, row.path, "") for item in items]
        listed = [(subject, params) for subject, (_, params) in zip(subjects, orders, strict=True)]
        return _begin(host, kind_of(orders[0][0]), {}, self.reason, listed, undoes=row.id)


def _begin(
    host: Host, kind: BatchKind, params: Mapping[str, Any], reason: str, orders: Orders, undoes: str | None = None
) -> Batch:
    row = {
        "id": new_id(),
        "kind": kind.name,
        "state": "running",
        "params": dict(params),
        "reason": reason,
        "path": _common([subject.path for subject, _ in orders]),
        "total": len(orders),
        "succeeded": 0,
        "failed": 0,
        "undoes": undoes,
        "actor_id": host.actor.id,
        "actor_name": host.actor.name,
        "on_behalf_of": host.actor.on_behalf_of,
        "created_at": host.clock.now(),
        "ended_at": None,
    }
    host.session.execute(insert(BATCHES).values(row))
    blank = {"batch_id": row["id"], "state": "waiting", "result": {}, "code": None, "params": {}, "at": None}
    items = [
        {**blank, "position": number, "subject_id": subject.id, "order": order}
        for number, (subject, order) in enumerate(orders, start=1)
    ]
    host.session.execute(insert(ITEMS), items)
    batch_id = str(row["id"])
    _enqueue(host, batch_id)
    record(
        host.session, host.actor, host.clock, "batch:start", "batch", batch_id, path=str(row["path"]),
        after={"kind": kind.name, "count": len(orders), "params": dict(params), "undoes": undoes}, reason=reason,
    )  # fmt: skip
    return to_batch(_locked(host, batch_id))


def _enqueue(host: Host, batch_id: str) -> None:
    now = host.clock.now()
    row = job_row("batch", "batch", now, {"batch_id": batch_id}, f"batch:{batch_id}:{new_id()}", 1)
    host.session.execute(insert(JOBS).values(row))
    note_due(host.session, [now])


def _locked(host: Host, batch_id: str) -> AnyRow:
    row = host.session.execute(select(BATCHES).where(BATCHES.c.id == batch_id).with_for_update()).first()
    if row is None:
        raise Missing("batch_not_found", batch_id=batch_id)
    require_operate(host, row.path)
    return row


def _turn(host: Host, row: AnyRow, act: str, **values: Any) -> Batch:
    host.session.execute(update(BATCHES).where(BATCHES.c.id == row.id).values(values))
    record(host.session, host.actor, host.clock, f"batch:{act}", "batch", row.id, path=row.path)
    return to_batch(host.session.execute(select(BATCHES).where(BATCHES.c.id == row.id)).one())


def _require_state(row: AnyRow, state: str) -> None:
    if row.state != state:
        raise Stale("batch_in_other_state", batch_id=row.id, state=row.state)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")


def _common(paths: list[str]) -> str:
    """The lowest node that covers all of them."""
    return commonpath(paths).rstrip("/") + "/"
