"""Rounds of killing: a company is served, people work in it, a process dies at a random moment, again and again."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, text

from engine.tables.instances import InstanceRow
from engine.tables.work import JobRow
from tests.faults import oracles
from tests.faults.brokers import Broker
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.load import Load
from tests.faults.serving import Server
from tests.waiting import NeverCame, wait_for

LEASE_RUNS_OUT = timedelta(minutes=6)
A_MORNING = timedelta(hours=4)
ALL_TIME = timedelta(days=400)
LONGEST_LIFE_SECONDS = 3.0
ACT_SECONDS = 0.1
STALLS = 0.3


class Round:
    """One company and its processes; ``kill`` ends one of them and looks at what it leaves behind."""

    def __init__(
        self,
        house: House,
        gateway: Gateway,
        servers: Sequence[Server],
        seed: int,
        *,
        filed: int = 4,
        broker: Broker | None = None,
    ) -> None:
        self.house, self.gateway, self.servers, self.broker = house, gateway, servers, broker
        self.dice = random.Random(seed)  # noqa: S311 - where to kill, not a secret.
        ports = [server.port for server in servers if server.answers_requests]
        self.load = Load(house, seed, ports=ports, filed=filed)
        self.kills = 0

    def run(self, kills: int) -> list[str]:
        """The whole round; returns what is wrong after the first fault that did harm, or at the end."""
        self.begin()
        for number in range(1, kills + 1):
            if wrong := self.kill():
                return [f"after kill {number}:", *wrong]
        wrong = self.settle()
        return ["when all had settled:", *wrong] if wrong else []

    def end(self) -> None:
        """End whatever still runs."""
        for server in self.servers:
            server.kill()

    def figures(self) -> dict[str, int]:
        """What the round came to, as `record` keeps it."""
        answers = self.load.diary.answers
        return {
            "kills": self.kills,
            "acknowledged": len(self.load.diary.acts),
            "cases": self.begun(),
            "broken": sum(
                n for name, n in answers.items() if not name.isdigit() and name != "ConnectionRefusedError"
            ),
            "repeated": self.gateway.repetitions,
        }

    def begin(self) -> None:
        """Start all processes and the people."""
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.wait_ready()
        self.load.start()

    def kill(self) -> list[str]:
        """Let all live for a moment, kill one, look, start it again; returns what is wrong."""
        self._await_random_moment()
        if self.broker and self.dice.random() < STALLS:
            self._stall()
        victim = self.dice.choice([*self.servers, *([self.broker] if self.broker else [])])
        self.kills += 1
        if isinstance(victim, Broker):
            victim.strike(self.dice)
            return self._look()
        if self.broker and self.dice.random() < 0.5:
            victim.kill_part(self.dice)
        else:
            victim.kill()
        if len(self.servers) == 1:
            self._await_rollback()
        wrong = self._look()
        if not victim.is_alive():
            victim.kill()
            victim.start()
        victim.wait_ready()
        return wrong

    def _stall(self) -> None:
        """A process stands still past its lease while the others go on, and wakes up knowing nothing of it."""
        sleeper = self.dice.choice(self.servers)
        sleeper.hold()
        self.house.clock.advance(LEASE_RUNS_OUT)
        self._await_random_moment()
        sleeper.go_on()

    def _look(self) -> list[str]:
        wrong = oracles.at_rest(self.house, self.load.diary, self.gateway)
        # Whoever died may have held a job; in life the lease runs out by itself.
        self.house.clock.advance(LEASE_RUNS_OUT)
        return wrong

    def settle(self) -> list[str]:
        """Let everybody finish and all time pass; returns what is wrong."""
        self.load.finish()
        # Words are kept for twenty days and lapse for good: relays get there before all time passes.
        for time in (LEASE_RUNS_OUT, A_MORNING):
            self.house.clock.advance(time)
            self._await_idle()
            self._retry_what_workers_died_of()
            self._await_idle()
        if wrong := oracles.at_rest(self.house, self.load.diary, self.gateway):
            return wrong
        self.house.clock.advance(ALL_TIME)
        self._await_idle()
        for server in self.servers:
            server.stop()
        return oracles.settled(self.house, self.load.diary, self.gateway)

    def _retry_what_workers_died_of(self) -> None:
        """A job that lost its worker with every try waits for a person, who looks and retries it."""
        for incident in self.house.act(lambda engine: engine.incidents()):
            if incident.message_code == "worker_lost":
                self.house.act(lambda engine, it=incident: engine.retry(it.id))  # type: ignore[misc]

    def _await_random_moment(self) -> None:
        """A few acts later, and somewhere within what is then under way."""
        wanted = len(self.load.diary.acts) + self.dice.randint(0, 5)
        with contextlib.suppress(NeverCame):
            wait_for(lambda: len(self.load.diary.acts) >= wanted, "some acts", patience=LONGEST_LIFE_SECONDS)
        threading.Event().wait(self.dice.uniform(0.0, ACT_SECONDS))

    def _await_rollback(self) -> None:
        """PostgreSQL needs a moment to see that a client has died."""
        if self.house.database.engine.dialect.name != "postgresql":
            return
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name <> 'faults' AND state LIKE '%transaction%'"
        )
        wait_for(lambda: self.house.read(lambda s: s.scalar(others)) == 0, "the dead leave the database")

    def _await_idle(self) -> None:
        """Wait until no job is due any more."""
        wait_for(lambda: self._due() == 0, "all that is due is done", patience=100)

    def _due(self) -> int:
        query = select(func.count()).select_from(JobRow)
        now = self.house.clock.now()
        return self.house.read(
            lambda s: s.scalar(query.where(JobRow.state == "waiting", JobRow.due_at <= now)) or 0
        )

    def begun(self) -> int:
        """How many cases were begun."""
        return self.house.read(lambda s: s.scalar(select(func.count()).select_from(InstanceRow)) or 0)
