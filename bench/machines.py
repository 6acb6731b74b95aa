"""What a second web process and a second worker bring: completed steps a second, two of each against one.

Clients do as a browser does: open the page of a task, send its form, see the page that follows. After each form a
worker asks a neighbour and answers, which offers the next task. A step is one of both. Each side runs with the
number of web threads that serves it best.
"""

from __future__ import annotations

import queue
import secrets
import statistics
import threading
import time
from collections.abc import Callable

from sqlalchemy import func, select

from bench import opening_day, process
from bench.measuring import Figure, at_least
from bench.processes import Installation, installation, until
from bench.sizes import FULL, Sizes
from bench.visitor import Visitor, sign_in
from engine.tables.instances import InstanceRow
from engine.tables.tasks import TaskRow
from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from ledger.staff.operations import add_staff
from webapp.engine_room import engine_for

_LOOK_SECONDS = 0.1
_CLERK = "clerk"
_ANSWERS = {"filled": "true"}
_DIAGRAM = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="https://keyturn.example/bench">
<process id="machines" isExecutable="true"><startEvent id="begin"/><exclusiveGateway id="again"/>
<userTask id="act"><extensionElements><keyturn:task form="approval/fill_vacancy"
  candidateGroups="administrator" due="P1D"/></extensionElements></userTask>
<serviceTask id="ask"><extensionElements><keyturn:handler name="{process.VERB}"/></extensionElements>
</serviceTask><endEvent id="done"/><exclusiveGateway id="more" default="back"/>
<sequenceFlow id="f1" sourceRef="begin" targetRef="again"/>
<sequenceFlow id="f2" sourceRef="again" targetRef="act"/>
<sequenceFlow id="f3" sourceRef="act" targetRef="ask"/><sequenceFlow id="f4" sourceRef="ask" targetRef="more"/>
<sequenceFlow id="back" sourceRef="more" targetRef="again"/>
<sequenceFlow id="out" sourceRef="more" targetRef="done"><conditionExpression>= round &lt; 0</conditionExpression>
</sequenceFlow></process></definitions>""".encode()


def figures(database_url: str, broker_url: str, sizes: Sizes = FULL) -> list[Figure]:
    """The ratio of throughputs on PostgreSQL, then the opening day."""
    with installation(database_url, broker_url) as one, installation(database_url, broker_url) as two:
        sides = [_Side(house, count, sizes) for house, count in ((one, 1), (two, 2))]
        for side in sides:
            side.settle()
        reached: list[list[float]] = [[], []]
        for _ in range(sizes.runs):
            for told, side in zip(reached, sides, strict=True):
                told.append(side.throughput(sizes.machine_seconds))
    ratio = statistics.median(reached[1]) / statistics.median(reached[0])
    name = "2 web processes + 2 workers / 1 + 1, completed steps a second"
    return [
        at_least(name, ratio, 1.15, "ratio", "postgresql"),
        *opening_day.figures(database_url, broker_url, sizes),
    ]


class _Side:
    """So many web processes and workers on a database of their own; while the other side works they rest."""

    def __init__(self, house: Installation, count: int, sizes: Sizes) -> None:
        self._house, self._count, self._sizes = house, count, sizes
        self._password = _prepare(house, sizes.cases)
        self._port, self._cookie = 0, ""

    def settle(self) -> None:
        """Find the number of web threads that serves best, and stay with it."""
        tried = dict.fromkeys(self._sizes.threads, 0.0)
        for threads in tried if len(tried) > 1 else ():
            self._start(threads)
            tried[threads] = self.throughput(self._sizes.try_seconds)
            self._house.rest()
        self._start(max(tried, key=lambda threads: tried[threads]))

    def throughput(self, seconds: float) -> float:
        """Steps a second, once all are warm."""
        load = _Load(self._house, lambda: Visitor(self._port, self._cookie), self._sizes.clients)
        load.begin()
        time.sleep(seconds / 3)
        before, began = _steps(self._house), time.perf_counter()
        time.sleep(seconds)
        # A machine with other work may need longer for even one step.
        until(lambda: _steps(self._house) > before)
        reached = (_steps(self._house) - before) / (time.perf_counter() - began)
        load.end()
        return reached

    def _start(self, threads: int) -> None:
        self._port = self._house.serve(PROCESSES=str(self._count), THREADS=str(threads))
        self._house.work(self._count, CONCURRENCY="1")
        self._cookie = sign_in(self._port, _CLERK, self._password)


def _prepare(house: Installation, cases: int) -> str:
    """The diagram with cases that stand at their task; returns the password of who completes them."""
    password = secrets.token_urlsafe(12)
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, clock, parent="/", kind="group", code="kt", name="KT")
        add_staff(
            session, SYSTEM, clock, username=_CLERK, display_name="Clerk", password=password,
            roles=[("administrator", "/")], must_change_password=False,
        )  # fmt: skip
        engine = engine_for(session, SYSTEM, clock)
        engine.deploy({"machines.bpmn": _DIAGRAM})
        for _ in range(cases):
            engine.start("machines", {"round": 1}, scope="/kt/")
    return password


def _steps(house: Installation) -> int:
    """Each step raises its case's revision by one."""
    with house.database.reading() as session:
        return int(session.scalar(select(func.sum(InstanceRow.revision))) or 0)


class _Load:
    """Clients that complete whatever task is offered; one looks for tasks in the database, not by requests."""

    def __init__(self, house: Installation, visit: Callable[[], Visitor], clients: int) -> None:
        self._house, self._clients = house, clients
        self._offered: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._look)]
        self._threads += [threading.Thread(target=self._complete, args=(visit(),)) for _ in range(clients)]

    def begin(self) -> None:
        """Let them come."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let them finish what they ask for."""
        self._over.set()
        for _ in range(self._clients):
            self._offered.put(None)
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        seen: set[str] = set()
        while not self._over.wait(_LOOK_SECONDS):
            with self._house.database.reading() as session:
                open_now = set(session.scalars(select(TaskRow.id).where(TaskRow.state == "open")))
            for task in open_now - seen:
                self._offered.put(task)
            seen = open_now

    def _complete(self, visitor: Visitor) -> None:
        while not self._over.is_set() and (task := self._offered.get()):
            visitor.complete(task, _ANSWERS)
        visitor.leave()
