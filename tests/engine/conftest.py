"""What engine stories need: an engine over a real database, a registry of their own, small diagrams."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import jobs
from engine.api import (
    Engine,
    HandlerRegistry,
    HistoryEvent,
    Instance,
    RoleChecker,
    StepFailed,
    Task,
    TaskFilter,
    Vacant,
)
from kernel.actor import SYSTEM, Actor
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock, MovedClock
from webapp.db import Database

WORKER = Actor("worker", "Worker", is_system=True)
LEASE = timedelta(minutes=5)
DIAGRAMS = Path(__file__).parent / "diagrams"


class FreeForms:
    """Forms that let every answer through."""

    def validate(
        self, form_key: str, answers: dict[str, Any], variables: dict[str, Any], clock: Clock
    ) -> dict[str, Any]:
        """The answers as they are."""
        return answers

    def exists(self, form_key: str) -> bool:
        """Every form exists."""
        return True

    def fields(self, form_key: str) -> dict[str, str]:
        """No form has fields."""
        return {}

    def opens_with_data(self, form_key: str) -> bool:
        """Every form begins blank."""
        return False


class NoDirectory:
    """Nobody holds anything; those whom a test names may be given tasks."""

    def __init__(self, *people: Actor) -> None:
        self.people = {person.id: person for person in people}

    def above(self, role: str, path: str) -> str | None:
        """No role stands above another."""
        return None

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Nobody stands above anybody."""
        return None

    def vacancy(self, candidates: Sequence[str], path: str, excluded: Collection[str]) -> Vacant | None:
        """The chief's role does what nobody was named for; whoever is named is there."""
        return None if candidates else Vacant((), (f"chief@{path}",))

    def waits_for_work(self, path: str) -> bool:
        """No task waits for what was asked for under it."""
        return False

    def holders(self, role: str, path: str) -> list[str]:
        """Nobody."""
        return []

    def name(self, staff_id: str) -> str:
        """The id itself."""
        return staff_id

    def person(self, staff_id: str) -> Actor | None:
        """Whom the test named."""
        return self.people.get(staff_id)


class House:
    """A database with an engine on it: every command is a unit of work of its own, saved and loaded again."""

    def __init__(self, database: Database, clock: MovedClock, admin: Actor, registry: HandlerRegistry) -> None:
        self.database = database
        self.clock = clock
        self.admin = admin
        self.registry = registry
        self.forms: Any = FreeForms()
        self.directory = NoDirectory()
        self.substitutions: Any = None
        self.veils: Any = None

    def engine(self, session: Any, actor: Actor | None = None) -> Engine:
        """An engine in a session."""
        return Engine(
            session,
            actor or self.admin,
            clock=self.clock,
            checker=RoleChecker(),
            forms=self.forms,
            directory=self.directory,
            calendar=ChineseCalendar(),
            registry=self.registry,
            veils=self.veils,
            substitutions=self.substitutions,
        )

    def act(self, do: Callable[[Engine], Any], actor: Actor | None = None) -> Any:
        """Run one command and commit."""
        with self.database.unit_of_work(actor or self.admin) as session:
            return do(self.engine(session, actor))

    def ask(self, do: Callable[[Engine], Any], actor: Actor | None = None) -> Any:
        """Run one query."""
        with self.database.reading() as session:
            return do(self.engine(session, actor))

    def deploy(self, *names: str, note: str = "") -> None:
        """Deploy diagrams by file name."""
        resources = {name: (DIAGRAMS / name).read_bytes() for name in names}
        self.act(lambda e: e.deploy(resources, note=note))

    def start(self, key: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Story:
        """Deploy ``<key>.bpmn`` and start it."""
        self.deploy(f"{key}.bpmn")
        return Story(self, self.act(lambda e: e.start(key, variables, **more)))

    def run_due(self) -> int:
        """Run everything due, one unit of work each."""
        done = 0
        while self.act(lambda e: e.run_due(self.clock.now()), SYSTEM):
            done += 1
        return done

    def pass_time(self, **by: float) -> int:
        """Move the clock and run what became due."""
        self.clock.advance(timedelta(**by))
        return self.run_due()


def work(house: House) -> bool:
    """What a worker does with one job."""
    with house.database.unit_of_work() as session:
        job = jobs.lease_next(session, house.clock.now(), LEASE, worker="w1")
    if job is None:
        return False
    try:
        outcome = jobs.run(job, house.registry, house.clock)
    except Exception as fault:
        with house.database.unit_of_work() as session:
            jobs.fail(session, house.clock, job, fault)
        return True
    with house.database.unit_of_work() as session:
        jobs.finish(house.engine(session, SYSTEM).host, job, outcome)
    return True


class Story:
    """One instance."""

    def __init__(self, house: House, instance: Instance) -> None:
        self.house = house
        self.id = instance.id

    @property
    def instance(self) -> Instance:
        """As it is now."""
        found: Instance = self.house.ask(lambda e: e.get_instance(self.id))
        return found

    @property
    def state(self) -> str:
        """The instance's state."""
        return self.instance.state

    @property
    def data(self) -> dict[str, Any]:
        """The process data."""
        found: dict[str, Any] = self.house.ask(lambda e: e.variables(self.id))
        return found

    @property
    def tasks(self) -> list[Task]:
        """Open tasks, oldest first."""
        wanted = TaskFilter(box="all", instance_id=self.id, sort=("created",))
        return [t for t in self.house.ask(lambda e: e.find_tasks(wanted)).rows if t.state == "open"]

    @property
    def waiting_at(self) -> list[str]:
        """Elements of open tasks, sorted."""
        return sorted(task.element_id for task in self.tasks)

    @property
    def waits(self) -> list[tuple[str, str]]:
        """Everything waited for as (kind, element), sorted."""
        return sorted((w.kind, w.element_id) for w in self.house.ask(lambda e: e.waiting(self.id)))

    @property
    def history(self) -> list[HistoryEvent]:
        """What happened."""
        found: list[HistoryEvent] = self.house.ask(lambda e: e.history(self.id))
        return found

    def done(self) -> list[str]:
        """Elements in the order they were done."""
        codes = ("element_done", "task_completed")
        return [e.element_id or "" for e in self.history if e.code in codes]

    def task(self, element_id: str) -> Task:
        """The first open task at an element."""
        return next(t for t in self.tasks if t.element_id == element_id)

    def complete(self, element_id: str, actor: Actor | None = None, **answers: Any) -> Instance:
        """Complete the first open task at an element."""
        task = self.task(element_id)
        found: Instance = self.house.act(lambda e: e.complete(task.id, answers), actor or WORKER)
        return found


@pytest.fixture
def registry() -> HandlerRegistry:
    """Handlers of this test alone."""
    return HandlerRegistry()


@pytest.fixture
def house(database: Database, clock: MovedClock, admin: Actor, registry: HandlerRegistry) -> House:
    """An engine on a database of the test's own."""
    return House(database, clock, admin, registry)


__all__ = ["DIAGRAMS", "House", "StepFailed", "Story", "datetime"]
