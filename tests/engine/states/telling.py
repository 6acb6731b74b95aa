"""Tells a story through the engine's commands, keeps its rows as they stand, and takes rows up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

import engine.models
from engine import jobs
from engine.api import BusinessError, HandlerRegistry, Instance, TaskFilter
from kernel.actor import ROOT, SYSTEM, Actor, Grant
from kernel.database import Base
from tests.engine.conftest import WORKER, House, NoDirectory

assert engine.models.__name__  # It completes the metadata.
# Parents first, so that rows can be written in this order.
TABLES = (
    "engine_resource", "engine_definition", "engine_instance", "engine_history", "engine_task",
    "engine_task_candidate", "engine_job", "engine_subscription", "engine_signing",
)  # fmt: skip


SIGNERS = {name: Actor(name, name, (Grant("signer", ROOT),)) for name in ("an", "bo")}


@dataclass(frozen=True)
class Asked:
    """What the external step takes."""

    amount: int


@dataclass(frozen=True)
class Answered:
    """What it gives."""

    seats: int


def register(registry: HandlerRegistry) -> None:
    """The external step of the stories: it refuses above five."""

    @registry.handler("desk.ask", errors={"desk.full"}, external=True)
    def ask(data: Asked, _ctx: Any) -> Answered:
        if data.amount > 5:
            raise BusinessError("desk.full")
        return Answered(data.amount * 2)


class Teller:
    """One instance that goes its steps."""

    def __init__(self, house: House, instance_id: str, no: Any) -> None:
        self.house = house
        self.id = instance_id
        self.no = no
        house.directory = NoDirectory(*SIGNERS.values())

    def go(self, step: tuple[Any, ...]) -> None:
        """One step of a story."""
        kind, *rest = step
        getattr(self, f"_{kind}")(*rest)

    def seen(self) -> dict[str, Any]:
        """What can be seen of the instance from outside."""
        ask = self.house.ask
        found: Instance = ask(lambda e: e.get_instance(self.id))
        waits = ask(lambda e: e.waiting(self.id))
        events = ask(lambda e: e.history(self.id))
        return {
            "state": found.state,
            "data": ask(lambda e: e.variables(self.id)),
            "waits": sorted([w.kind, w.element_id, _due(w)] for w in waits),
            "done": sorted(e.element_id for e in events if e.code in ("element_done", "task_completed")),
        }

    def _complete(self, element: str, answers: dict[str, Any]) -> None:
        waits = self.house.ask(lambda e: e.waiting(self.id))
        task = next(w.task_id for w in waits if w.kind == "user" and w.element_id == element)
        self.house.act(lambda e: e.complete(task, answers), WORKER)

    def _ask_along(self, element: str, people: list[str], part: str) -> None:
        """Have people decide before or after who has a task."""
        waits = self.house.ask(lambda e: e.waiting(self.id))
        task = next(w.task_id for w in waits if w.element_id == element)
        self.house.act(lambda e: e.add_signers(task, people, part=part), WORKER)

    def _decide(self, person: str, answers: dict[str, Any]) -> None:
        """Somebody who was asked along decides."""
        signer = SIGNERS[person]
        (task,) = self.house.ask(lambda e: e.find_tasks(TaskFilter(box="mine")), signer).rows
        self.house.act(lambda e: e.complete(task.id, answers), signer)

    def _message(self, name: str, payload: dict[str, Any]) -> None:
        assert self.house.act(lambda e: e.publish(name, {"no": self.no}, payload), SYSTEM) == 1

    def _time(self, by: dict[str, float]) -> None:
        self.house.clock.advance(timedelta(**by))
        self.house.run_due()

    def _suspend(self) -> None:
        self.house.act(lambda e: e.suspend(self.id, "under inquiry"))

    def _resume(self) -> None:
        self.house.act(lambda e: e.resume(self.id, "cleared"))

    def _work(self) -> None:
        lease = timedelta(minutes=1)
        job = self.house.act(lambda e: jobs.lease_next(e.host.session, e.host.clock.now(), lease, worker="one"))
        outcome = jobs.run(job, self.house.registry, self.house.clock)
        self.house.act(lambda e: jobs.finish(e.host, job, outcome))


def keep(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All rows of an engine, as JSON values."""
    return {name: [_written(row) for row in session.execute(select(_table(name))).mappings()] for name in TABLES}


def take_up(session: Session, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write kept rows into the tables of today; columns that are new since then take their defaults."""
    for name in TABLES:
        for row in rows.get(name, []):  # What is newer than the kept rows was empty then.
            session.execute(insert(_table(name)).values(_read(row)))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _written(row: Any) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    return {"bytes": value.decode()} if isinstance(value, bytes) else value


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _from_json(value) for name, value in row.items()}


def _from_json(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"instant"}:
        return datetime.fromisoformat(value["instant"])
    return value["bytes"].encode() if isinstance(value, dict) and value.keys() == {"bytes"} else value


def _due(wait: Any) -> str:
    return wait.due_at.isoformat() if wait.due_at else ""
