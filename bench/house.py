"""The product's engine on a database, driven as the product drives it: each command a unit of work of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import webapp.models
from engine.api import Engine, HandlerRegistry, Instance, RoleChecker, Vacant
from kernel.actor import Actor, Grant
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock, SystemClock
from kernel.vault import new_vault
from webapp.db import Database

SCOPE = "/company/"
RIGHTS = frozenset({"engine:deploy", "linear:start", "rework:start", "fan_outs:start", "receipt:start"})
CLERK = Actor("clerk", "Clerk", (Grant("clerk", SCOPE, RIGHTS),))


class House:
    """A database with the engine's tables in it; close it when done."""

    def __init__(self, url: str, diagrams: Mapping[str, bytes], actor: Actor = CLERK) -> None:
        self.database = Database(url, new_vault(), SystemClock())
        self.actor = actor
        self._registry = HandlerRegistry()
        webapp.models.metadata.create_all(self.database.engine)
        if diagrams:
            with self.database.unit_of_work(actor) as session:
                self.engine(session).deploy({f"{name}.bpmn": content for name, content in diagrams.items()})

    def close(self) -> None:
        """Let go of the connections."""
        self.database.engine.dispose()

    def engine(self, session: Any, actor: Actor | None = None) -> Engine:
        """The engine in a transaction."""
        return Engine(
            session,
            actor or self.actor,
            clock=SystemClock(),
            checker=RoleChecker(),
            forms=_OneNumber(),
            directory=_Nobody(),
            calendar=ChineseCalendar(),
            registry=self._registry,
        )

    def start(self, key: str, variables: Mapping[str, Any]) -> Instance:
        """Start an instance."""
        with self.database.unit_of_work(self.actor) as session:
            return self.engine(session).start(key, variables, scope=SCOPE)

    def step(self, instance: Instance, amount: int = 5) -> Instance:
        """Complete the first open task."""
        with self.database.unit_of_work(self.actor) as session:
            return self.engine(session).complete(instance.open_tasks[0], {"amount": amount})

    def variables(self, instance: Instance) -> dict[str, Any]:
        """The process data."""
        with self.database.reading() as session:
            return self.engine(session).variables(instance.id)


class _OneNumber:
    """A form with one amount."""

    def validate(
        self, form_key: str, answers: dict[str, Any], variables: dict[str, Any], clock: Clock
    ) -> dict[str, Any]:
        return {"amount": int(answers["amount"])}

    def exists(self, form_key: str) -> bool:
        return form_key == "linear"

    def fields(self, form_key: str) -> dict[str, str]:
        return {"amount": "number"}

    def opens_with_data(self, form_key: str) -> bool:
        return False


class _Nobody:
    def holders(self, role: str, path: str) -> list[str]:
        return []

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Nobody stands above anybody."""
        return None

    def waits_for_work(self, path: str) -> bool:
        """No task waits for what was asked for under it."""
        return False

    def vacancy(self, candidates: Sequence[str], path: str, excluded: Collection[str]) -> Vacant | None:
        """Whoever is named is there."""
        return None

    def above(self, role: str, path: str) -> str | None:
        return None

    def name(self, staff_id: str) -> str:
        return staff_id

    def person(self, staff_id: str) -> Actor | None:
        return None
