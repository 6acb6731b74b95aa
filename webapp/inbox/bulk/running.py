"""A run: begun once, worked off task by task, stopped and taken up again; each task is a unit of work."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid, KeyturnError, Missing
from kernel.ids import new_id
from webapp.acting import acting, clock, reader, reading
from webapp.engine_room import engine_for
from webapp.inbox.bulk.choosing import Chosen, label_of
from webapp.inbox.bulk.models import BulkItem, BulkRun
from webapp.inbox.bulk.orders import Order

log = structlog.get_logger("keyturn.web")


def begin(session: Session, actor: Actor, clock: Clock, order: Order, chosen: list[Chosen], found: int) -> str:
    """Write down what is to be done; returns the run's id. Raises `Invalid` when there is nothing to do."""
    if not chosen:
        raise Invalid("bulk_nothing")
    run_id = new_id()
    session.add(
        BulkRun(
            id=run_id, person_id=actor.id, act=order.act, params=order.params(), state="running", found=found,
            begun_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()  # The items refer to the run.
    rows = [
        {"run_id": run_id, "position": number, **vars(one), "state": "waiting", "code": None, "params": None}
        for number, one in enumerate(chosen)
    ]
    session.execute(insert(BulkItem), rows)
    return run_id


def run_of(session: Session, actor: Actor, run_id: str) -> BulkRun:
    """Somebody's own run; raises `Missing` for anybody else's."""
    run = session.get(BulkRun, run_id)
    if run is None or run.person_id != actor.id:
        raise Missing("bulk_missing")
    return run


def work(run_id: str, seconds: float) -> bool:
    """Go on with a run for about so long; returns whether it has ended or stands still."""
    ends = time.monotonic() + seconds
    while True:
        position = _next(run_id)
        if position is None:
            return True
        _do(run_id, position)
        if time.monotonic() >= ends:
            return False


def stop(session: Session, actor: Actor, run_id: str) -> None:
    """Begin no further task; what is done stays done. Raises `Missing`."""
    run = run_of(session, actor, run_id)
    if run.state == "running":
        run.state = "stopped"


def go_on(session: Session, actor: Actor, run_id: str) -> None:
    """Let a stopped run go on. Raises `Missing`."""
    run = run_of(session, actor, run_id)
    if run.state == "stopped":
        run.state = "running"


def counts(session: Session, run_id: str) -> dict[str, int]:
    """How many tasks wait, are done, were refused."""
    query = (
        select(BulkItem.state, func.count().label("count"))
        .where(BulkItem.run_id == run_id)
        .group_by(BulkItem.state)
    )
    return {"waiting": 0, "done": 0, "refused": 0} | {row.state: row[1] for row in session.execute(query)}


def items(session: Session, run_id: str, state: str | None = None) -> list[BulkItem]:
    """The tasks of a run in their order, of one state or all."""
    query = select(BulkItem).where(BulkItem.run_id == run_id).order_by(BulkItem.position)
    return list(session.scalars(query.where(BulkItem.state == state) if state else query))


def forget_runs(session: Session, instant: datetime) -> None:
    """Drop runs begun before an instant."""
    old = select(BulkRun.id).where(BulkRun.begun_at < instant)
    session.execute(delete(BulkItem).where(BulkItem.run_id.in_(old)))
    session.execute(delete(BulkRun).where(BulkRun.begun_at < instant))


def _next(run_id: str) -> int | None:
    """The position of the next task; ends a run that has none."""
    with reading() as (session, actor):
        run = run_of(session, actor, run_id)
        waiting = (BulkItem.run_id == run_id) & (BulkItem.state == "waiting")
        position = session.scalar(select(func.min(BulkItem.position)).where(waiting))
        state = run.state
    if state != "running" or position is not None:
        return position if state == "running" else None
    with acting() as (session, actor):
        run_of(session, actor, run_id).state = "ended"
    return None


def _do(run_id: str, position: int) -> None:
    try:
        with acting() as (session, actor):
            # Whoever marks it first does it: the same run in two windows acts once on each task.
            if _mark(session, run_id, position, "done"):
                _act(session, actor, run_id, position)
    except OperationalError:
        raise
    except KeyturnError as refusal:
        _refuse(run_id, position, refusal.code, refusal.params)
    except Exception as fault:
        log.error("bulk item failed", run=run_id, item=position, kind=type(fault).__name__, by=reader().id)
        _refuse(run_id, position, "unexpected", {"type": type(fault).__name__})


def _act(session: Session, actor: Actor, run_id: str, position: int) -> None:
    run, item = run_of(session, actor, run_id), session.get_one(BulkItem, (run_id, position))
    engine = engine_for(session, actor, clock())
    task = engine.look_at(item.task_id)
    item.label = item.label or label_of(task)
    Order(run.act, **run.params).run(engine, task, item.revision)


def _refuse(run_id: str, position: int, code: str, params: Mapping[str, object]) -> None:
    with acting() as (session, actor):
        run_of(session, actor, run_id)
        _mark(session, run_id, position, "refused", code=code[:60], params=_plain(params))
        item = session.get_one(BulkItem, (run_id, position))
        if not item.label:
            item.label = _label(session, actor, item.task_id)


def _label(session: Session, actor: Actor, task_id: str) -> str:
    try:
        return label_of(engine_for(session, actor, clock()).look_at(task_id))
    except KeyturnError:
        return ""


def _mark(session: Session, run_id: str, position: int, state: str, **more: Any) -> bool:
    same = (BulkItem.run_id == run_id) & (BulkItem.position == position) & (BulkItem.state == "waiting")
    done = session.execute(update(BulkItem).where(same).values(state=state, **more))
    return isinstance(done, CursorResult) and done.rowcount == 1


def _plain(params: Mapping[str, object]) -> dict[str, Any]:
    """What JSON can hold of a sentence's parameters."""
    return {name: _simple(value) for name, value in params.items()}


def _simple(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)
