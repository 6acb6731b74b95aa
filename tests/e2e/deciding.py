"""Discounts that wait for a decision: a short process, as many cases of it as a test needs, and what came of them."""

from __future__ import annotations

from collections import Counter

from engine.api import Page as Slice
from engine.api import TaskFilter
from kernel.actor import SYSTEM
from tests.e2e.office import Office
from tests.engine.definitions.drawing import extended, flow, process
from tests.stories.company import PROJECT
from tests.webapp.inbox.conftest import BROUGHT, CASE, DECIDE

KEY = "decide_many"
DRAWN = f"""
<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="drawn">
<bpmndi:BPMNPlane id="plane" bpmnElement="{KEY}">
<bpmndi:BPMNShape id="begin_di" bpmnElement="begin"><dc:Bounds x="100" y="102" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="decide_di" bpmnElement="decide"><dc:Bounds x="190" y="80" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="done_di" bpmnElement="done"><dc:Bounds x="342" y="102" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="f1_di" bpmnElement="f1"><di:waypoint x="136" y="120"/><di:waypoint x="190" y="120"/></bpmndi:BPMNEdge>
<bpmndi:BPMNEdge id="f2_di" bpmnElement="f2"><di:waypoint x="290" y="120"/><di:waypoint x="342" y="120"/></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>""".encode()
DIAGRAM = process(
    '<bpmn:extensionElements><keyturn:label lang="zh">折扣审批</keyturn:label>'
    + "".join(f'<keyturn:variable name="{name}"/>' for name in BROUGHT)
    + "</bpmn:extensionElements>",
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done" name="Decided"/>',
    extended("userTask", 'id="decide" name="Decide"', DECIDE),
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "done"),
    key=KEY,
).replace(b"</bpmn:definitions>", DRAWN + b"</bpmn:definitions>")


def bring(office: Office, count: int) -> list[str]:
    """Let so many discounts wait; gives the ids of their tasks in the order of the list."""
    company = office.company
    with company.database.unit_of_work() as session:
        engine = company.engine(session, SYSTEM)
        engine.deploy({f"{KEY}.bpmn": DIAGRAM})
        for number in range(count):
            case = {**CASE, "unit": f"3栋 {1001 + number}"}
            engine.start(KEY, case, business_key=f"RG-{number:03}", scope=PROJECT)
    return [task for task, _ in _tasks(office, "open")]


def decisions(office: Office) -> Counter[str]:
    """How many were decided how, as the database has it."""
    with office.company.database.reading() as session:
        engine = office.company.engine(session, SYSTEM)
        details = [engine.get_task(task) for task, _ in _tasks(office, "completed")]
        return Counter(str(detail.draft["decision"]) for detail in details)


def decision_of(office: Office, task_id: str) -> tuple[str, str | None, str | None]:
    """The state of a task, what was decided, and why."""
    with office.company.database.reading() as session:
        found = office.company.engine(session, SYSTEM).get_task(task_id)
        return found.task.state, found.draft.get("decision"), found.draft.get("opinion")


def _tasks(office: Office, state: str) -> list[tuple[str, str]]:
    with office.company.database.reading() as session:
        wanted = TaskFilter(
            box="all", definition_keys=(KEY,), states=(state,), sort=("due", "-priority", "created")
        )
        rows = office.company.engine(session, SYSTEM).find_tasks(wanted, Slice(1, 200)).rows
        return [(task.id, task.state) for task in rows]
