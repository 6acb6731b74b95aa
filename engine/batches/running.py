"""The next item of a batch: found, done and noted in one unit of work; a failure is noted in one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.batches.acts import kind_of
from engine.due import note_due
from engine.errors import ChangeRefused, KeyturnError, StepFailed
from engine.host import Host
from engine.tables.batches import BatchItemRow, BatchRow
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import JobRow
from kernel.actor import Actor

BATCHES = table_of(BatchRow)
ITEMS = table_of(BatchItemRow)
JOBS = table_of(JobRow)
_LOOKED_AT = 20


@dataclass(frozen=True)
class HeldItem:
    """An item that this transaction works on; its batch is locked."""

    batch: AnyRow
    position: int
    subject_id: str
    params: Mapping[str, Any]


def next_item(host: Host) -> HeldItem | None:
    """Lock the batch that has waited longest and take its next item; None when no batch has anything to do.

    A batch without further items is ended on the way.
    """
    now = host.clock.now()
    due = (JOBS.c.kind == "batch") & (JOBS.c.state == "waiting") & (JOBS.c.due_at <= now)
    oldest = select(JOBS.c.id, JOBS.c.payload).where(due).order_by(JOBS.c.due_at, JOBS.c.id).limit(_LOOKED_AT)
    for job in host.session.execute(oldest).all():
        batch = _lock(host, job.payload["batch_id"])
        if batch is None:
            continue
        item = _next(host, batch.id)
        if batch.state == "running" and item is not None:
            host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(due_at=now))
            note_due(host.session, [now])
            return HeldItem(batch, item.position, item.subject_id, {**batch.params, **(item.order or {})})
        _end(host, batch, job.id)
    return None


def run_item(host: Host, held: HeldItem) -> None:
    """Do it as the person who gave the order; whatever it raises rolls this item back and nothing else."""
    batch = held.batch
    person = Actor(batch.actor_id, batch.actor_name, is_system=True, on_behalf_of=batch.on_behalf_of)
    kind = kind_of(batch.kind)
    result = kind.act(host.acting_as(person), held.subject_id, held.params, batch.reason)
    _note(host, held, {"state": "done", "result": result, "at": host.clock.now()}, succeeded=1)


def fail_item(host: Host, held: HeldItem, fault: BaseException) -> None:
    """Note why an item failed, unless another worker has done it meanwhile."""
    if _lock(host, held.batch.id, wait=True) is None:
        return
    code, params = _why(fault)
    _note(host, held, {"state": "failed", "code": code, "params": params, "at": host.clock.now()}, failed=1)


def _why(fault: BaseException) -> tuple[str, dict[str, Any]]:
    if isinstance(fault, ChangeRefused):
        told = [{"code": f.code, "element_id": f.element_id, "element_name": f.element_name, "line": f.line,
                 "params": _values(f.params)} for f in fault.findings]  # fmt: skip
        return fault.code, {**_values(fault.params), "findings": told}
    if isinstance(fault, StepFailed):
        return fault.message_code, _values(fault.message_params)
    if isinstance(fault, KeyturnError):
        return fault.code, _values(fault.params)
    return "unexpected", {"type": type(fault).__name__}


def _values(params: Mapping[str, object]) -> dict[str, Any]:
    return {name: _value(value) for name, value in params.items()}


def _value(value: object) -> Any:
    """What JSON can hold of a sentence's parameter."""
    if isinstance(value, Mapping):
        return _values(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)


def _note(host: Host, held: HeldItem, values: dict[str, Any], *, succeeded: int = 0, failed: int = 0) -> None:
    same = (ITEMS.c.batch_id == held.batch.id) & (ITEMS.c.position == held.position) & (ITEMS.c.state == "waiting")
    if host.session.execute(update(ITEMS).where(same).values(values)).rowcount != 1:  # type: ignore[attr-defined]
        return
    counts = {"succeeded": BATCHES.c.succeeded + succeeded, "failed": BATCHES.c.failed + failed}
    host.session.execute(update(BATCHES).where(BATCHES.c.id == held.batch.id).values(counts))


def _lock(host: Host, batch_id: str, *, wait: bool = False) -> AnyRow | None:
    query = select(BATCHES).where(BATCHES.c.id == batch_id).with_for_update(skip_locked=not wait)
    return host.session.execute(query).first()


def _next(host: Host, batch_id: str) -> AnyRow | None:
    waiting = (ITEMS.c.batch_id == batch_id) & (ITEMS.c.state == "waiting")
    return host.session.execute(select(ITEMS).where(waiting).order_by(ITEMS.c.position).limit(1)).first()


def _end(host: Host, batch: AnyRow, job_id: str) -> None:
    now = host.clock.now()
    host.session.execute(update(JOBS).where(JOBS.c.id == job_id).values(state="done", done_at=now))
    if batch.state == "running":
        host.session.execute(update(BATCHES).where(BATCHES.c.id == batch.id).values(state="ended", ended_at=now))
