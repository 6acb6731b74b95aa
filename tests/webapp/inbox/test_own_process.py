"""A process that an analyst drew himself: who may start it, once under one key, and whom it names."""

from __future__ import annotations

from kernel.actor import SYSTEM
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from webapp.engine_room import engine_for

KEY = "ask_a_person"
SETTINGS = (
    '<bpmn:extensionElements><keyturn:process startPermission="ad_hoc_task:start" businessKey="= title"/>'
    '<keyturn:start form="ad_hoc_task/start"/></bpmn:extensionElements>'
)
ANSWER = '<keyturn:task form="approval/decide" candidateUsers="= [colleague_id]" due="P1D"/>'
DIAGRAM = process(
    SETTINGS,
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="answer" name="Answer"', ANSWER),
    flow("f1", "begin", "answer"),
    flow("f2", "answer", "done"),
    key=KEY,
)


def test_it_is_offered_by_its_right_started_once_and_its_task_says_whom_it_waits_for(
    house: House, browser_of
) -> None:
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).deploy({f"{KEY}.bpmn": DIAGRAM})
    wei, gao = browser_of("sales_consultant", "wei"), browser_of("sales_manager", "gao")
    person, page = house.actor("gao").id, f"/start/{KEY}"
    sent = {
        "at": house.project.path,
        "title": "TB-7",
        "to": "person",
        "colleague_id": person,
        "due_on": "2027-01-04",
    }
    begun = wei.post(page, sent, page=page).location
    again = wei.post(page, sent, page=page)
    assert again.status_code == 409
    assert f'href="{begun}"' in again.text, "the refusal leads to the case"
    task = gao.get("/inbox?box=group").text.partition('data-task="')[2].partition('"')[0]
    assert "<dt>For</dt><dd>Gao</dd>" in gao.get(f"/tasks/{task}").text
