"""The engine against the library it hosts: a persisted step against bare SpiffWorkflow in memory.

Both run the same linear diagram of 40 user tasks with five engine tasks each, with the same data. Ours is the
command as the product runs it: rights, form check, load, restore, act, state, task, history and audit rows, one
commit. The bare side saves nothing. Runs alternate and the medians are compared.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

import webapp.models
from engine.api import Engine, HandlerRegistry, Instance, RoleChecker
from kernel.actor import Actor, Grant
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock, SystemClock
from kernel.vault import new_vault
from webapp.db import Database

USER_TASKS = 40
ENGINE_TASKS = 5
RUNS = 7
SCOPE = "/company/"
CLERK = Actor("clerk", "Clerk", (Grant("clerk", SCOPE, frozenset({"linear:start", "engine:deploy"})),))

_TASK = """<userTask id="u{0}"><extensionElements>
<keyturn:task form="linear" candidateGroups="clerk" due="P1D"/></extensionElements></userTask>"""
_SCRIPT = """<scriptTask id="s{0}_{1}" scriptFormat="feel"><extensionElements>
<keyturn:assign name="step" value="= step + 1"/></extensionElements></scriptTask>"""


def figures(database_urls: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One figure per database; without URLs a SQLite file of its own."""
    with contextlib.ExitStack() as stack:
        urls = list(database_urls) or ["sqlite://"]
        return [_figure(stack.enter_context(_fresh(url)), url.partition(":")[0]) for url in urls]


def linear_diagram() -> bytes:
    """A row of user tasks with engine tasks after each."""
    names = ["start"]
    nodes = ['<startEvent id="start"/>']
    for number in range(USER_TASKS):
        nodes.append(_TASK.format(number))
        names.append(f"u{number}")
        for step in range(ENGINE_TASKS):
            nodes.append(_SCRIPT.format(number, step))
            names.append(f"s{number}_{step}")
    names.append("end")
    pairs = itertools.pairwise(names)
    flows = [f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs)]
    inside = "\n".join([*nodes, '<endEvent id="end"/>', *flows])
    return f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" targetNamespace="https://keyturn.example/bench">
<process id="linear" isExecutable="true">{inside}</process></definitions>""".encode()


def _figure(url: str, database: str) -> dict[str, Any]:
    house = _House(url)
    bare, ours = [], []
    specification = _bare_specification()
    house.run()
    for _ in range(RUNS):
        bare.append(_timed(lambda: _run_bare(specification)))
        ours.append(_timed(house.run))
    house.database.engine.dispose()
    ratio = statistics.median(ours) / statistics.median(bare)
    return {
        "figure": "one persisted user-task step / bare in-memory SpiffWorkflow",
        "value": round(ratio, 3),
        "limit": None,
        "holds": True,
        "unit": "ratio",
        "database": database,
    }


def _timed(run: Any) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _bare_specification() -> Any:
    root = etree.parse(BytesIO(linear_diagram())).getroot()
    namespace = root.nsmap[None]
    for task in root.iter(f"{{{namespace}}}scriptTask"):
        etree.SubElement(task, f"{{{namespace}}}script").text = "step = step + 1"
    parser = BpmnParser()
    parser.add_bpmn_xml(root)
    return parser.get_spec("linear")


def _run_bare(specification: Any) -> None:
    workflow = BpmnWorkflow(specification)
    workflow.task_tree.data["step"] = 0
    workflow.do_engine_steps()
    for _ in range(USER_TASKS):
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data["amount"] = 5
        task.run()
        workflow.do_engine_steps()
    if not workflow.completed or workflow.data["step"] != USER_TASKS * ENGINE_TASKS:
        raise RuntimeError("the bare run did not finish")


class _House:
    """The product's engine on a database, driven by commands of their own."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, new_vault(), SystemClock())
        webapp.models.metadata.create_all(self.database.engine)
        self.registry = HandlerRegistry()
        with self.database.unit_of_work(CLERK) as session:
            self._engine(session).deploy({"linear.bpmn": linear_diagram()})

    def _engine(self, session: Any) -> Engine:
        return Engine(
            session,
            CLERK,
            clock=SystemClock(),
            checker=RoleChecker(),
            forms=_OneNumber(),
            directory=_Nobody(),
            calendar=ChineseCalendar(),
            registry=self.registry,
        )

    def run(self) -> None:
        """One instance from start to end, a unit of work for every step."""
        with self.database.unit_of_work(CLERK) as session:
            instance = self._engine(session).start("linear", {"step": 0}, scope=SCOPE)
        while instance.state == "active":
            instance = self._step(instance)
        with self.database.reading() as session:
            if self._engine(session).variables(instance.id)["step"] != USER_TASKS * ENGINE_TASKS:
                raise RuntimeError("our run did not finish")

    def _step(self, instance: Instance) -> Instance:
        (task,) = instance.open_tasks
        with self.database.unit_of_work(CLERK) as session:
            return self._engine(session).complete(task, {"amount": 5})


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


class _Nobody:
    def holders(self, role: str, path: str) -> list[str]:
        return []

    def name(self, staff_id: str) -> str:
        return staff_id


@contextlib.contextmanager
def _fresh(url: str) -> Iterator[str]:
    """An empty database beside the one named, gone afterwards."""
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    server, _, _ = url.replace("+psycopg", "").rpartition("/")
    name = f"keyturn_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]
