"""A process with an approval, deployed in a company, and tasks in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from engine.api import Instance, TaskFilter
from kernel.actor import SYSTEM, Actor
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from webapp.engine_room import engine_for

KEY = "booking_to_contract"
DECIDE = (
    '<keyturn:label lang="zh">审批</keyturn:label>'
    '<keyturn:task form="approval/decide" candidateGroups="sales_manager" excluded="= applicants" due="P2D"/>'
    '<keyturn:fact name="project" value="= project"/><keyturn:fact name="unit" value="= unit"/>'
    '<keyturn:fact name="customer" value="= customer"/><keyturn:fact name="amount_fen" value="= amount_fen"/>'
    '<keyturn:fact name="effective_discount_bp" value="= effective_discount_bp"/>'
    '<keyturn:fact name="below_floor" value="= below_floor"/><keyturn:fact name="kind" value="= kind"/>'
)
FILE = '<keyturn:label lang="zh">提交网签</keyturn:label><keyturn:task form="approval/fill_vacancy" candidateGroups="sales_manager, filing_clerk" due="P5D"/>'
BROUGHT = (
    "applicants",
    "project",
    "unit",
    "customer",
    "kind",
    "list_price_fen",
    "amount_fen",
    "effective_discount_bp",
    "floor_price_fen",
    "below_floor",
    "opinions",
)
DIAGRAM = process(
    '<bpmn:extensionElements><keyturn:label lang="zh">认购到签约</keyturn:label>'
    '<keyturn:start form="booking_to_contract/start"/>'
    + "".join(f'<keyturn:variable name="{name}"/>' for name in BROUGHT)
    + "</bpmn:extensionElements>",
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done" name="Filed"/>',
    extended("userTask", 'id="decide" name="Decide"', DECIDE),
    extended("userTask", 'id="file" name="File"', FILE),
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "file"),
    flow("f3", "file", "done"),
    key=KEY,
)
CASE = {
    "applicants": ["somebody"],
    "project": "云栖",
    "unit": "3栋 1201",
    "customer": "王磊",
    "kind": "discount",
    "list_price_fen": 1_280_000_00,
    "amount_fen": 1_228_800_00,
    "effective_discount_bp": 400,
    "floor_price_fen": 1_250_000_00,
    "below_floor": True,
    "opinions": [],
}


@dataclass(frozen=True)
class Desk:
    """The company with its process."""

    house: House

    def begin(self, key: str = "RG-1", **changes: Any) -> Instance:
        """Start a case at the project, as the system."""
        database = self.house.database
        with database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, database.clock)
            return engine.start(KEY, {**CASE, **changes}, business_key=key, scope=self.house.project.path)

    def task(self, begun: Instance) -> str:
        """The open task of a case."""
        with self.house.database.reading() as session:
            engine = engine_for(session, SYSTEM, self.house.database.clock)
            wanted = TaskFilter(box="all", instance_id=begun.id)
            (found,) = [task for task in engine.find_tasks(wanted).rows if task.state == "open"]
            return found.id

    def complete(self, task_id: str, actor: Actor, **answers: Any) -> None:
        """Somebody completes a task."""
        database = self.house.database
        with database.unit_of_work(actor) as session:
            engine_for(session, actor, database.clock).complete(task_id, answers)

    def claim(self, task_id: str, actor: Actor) -> None:
        """Somebody takes a task."""
        database = self.house.database
        with database.unit_of_work(actor) as session:
            engine_for(session, actor, database.clock).claim(task_id)


@pytest.fixture
def desk(house: House) -> Desk:
    """The process is deployed."""
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).deploy({f"{KEY}.bpmn": DIAGRAM})
    return Desk(house)
