"""What happens around a late task: who is told, what the case's history says, in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

import handlers
from engine.api import TaskFilter
from kernel.actor import SYSTEM
from ledger.messages.models import Message
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import Browser, House
from webapp.engine_room import engine_for
from webapp.jobs import JobRunner

LATE = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended(
        "userTask",
        'id="answer" name="Answer"',
        '<keyturn:task form="approval/decide" candidateGroups="sales_consultant" due="8 working hours"'
        ' warn="2 working hours"/>'
        '<keyturn:escalation at="warning" notify="candidates"/>'
        '<keyturn:escalation at="breach" notify="role:sales_manager, candidates" priority="90"'
        ' handTo="sales_manager"/>',
    ),
    flow("f1", "begin", "answer"),
    flow("f2", "answer", "done"),
    key="answering",
)


def begin(house: House) -> str:
    """Start a case at the project; its task."""
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, clock)
        engine.deploy({"answering.bpmn": LATE})
        begun = engine.start("answering", {}, business_key="RG-7", scope=house.project.path)
        (task,) = engine.find_tasks(TaskFilter(box="all", instance_id=begun.id)).rows
        return task.id


def told(house: House) -> list[tuple[str, str]]:
    """Templates and people of the messages, by template."""
    with house.database.reading() as session:
        rows = session.scalars(select(Message).order_by(Message.template, Message.recipient_id))
        return [(row.template, row.recipient_id) for row in rows if row.template.startswith("task_")]


def test_people_are_told_once_before_and_at_the_breach(browser: Browser, house: House) -> None:
    consultant = house.hire("cora", "sales_consultant")
    manager = house.hire("max", "sales_manager")
    task = begin(house)
    runner = JobRunner(house.database, handlers.registry(), name="test")
    clock = house.database.clock
    clock.set(datetime.fromisoformat("2026-03-02T16:30+08:00"))
    runner.run_due()
    assert told(house) == [("task_warned", consultant.id)]
    clock.advance(timedelta(days=2))
    runner.run_due()
    runner.run_due()
    overdue = sorted((consultant.id, manager.id))
    assert told(house) == [*[("task_overdue", person) for person in overdue], ("task_warned", consultant.id)]
    browser.sign_in("max")
    page = browser.get(f"/tasks/{task}").text
    assert "Warning: “Answer” is due 3 Mar 2026" in page
    assert "“Answer” now goes to: Sales manager" in page
    assert "The priority of “Answer” rose from 50 to 90" in page
    browser.post("/language", {"language": "zh"}, page=f"/tasks/{task}")
    assert "“Answer”已升级至：销售经理" in browser.get(f"/tasks/{task}").text
