"""Operations: finding cases, mending and retrying what failed, halting and ending cases."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from engine.api import Context, HandlerRegistry, Instance, StepFailed, default_registry
from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from tests.webapp.inbox.conftest import Desk, desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for

__all__ = ["desk"]

DIAGRAM = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended(
        "userTask",
        'id="ask" name="Ask"',
        '<keyturn:task form="approval/fill_vacancy" candidateGroups="sales_manager" due="P1D"/>',
    ),
    extended("serviceTask", 'id="work" name="Work"', '<keyturn:handler name="operations_story.work"/>'),
    flow("f1", "begin", "ask"),
    flow("f2", "ask", "work"),
    flow("f3", "work", "done"),
    key="operations_story",
)


TIMER = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    '<bpmn:intermediateCatchEvent id="pause" name="Rest"><bpmn:timerEventDefinition><bpmn:timeDuration>P7D'
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    flow("f1", "begin", "pause"),
    flow("f2", "pause", "done"),
    key="operations_timer",
)


@dataclass
class Machine:
    """What the story's handler depends on."""

    broken: bool = True


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine, story = Machine(), HandlerRegistry()

    @story.handler("operations_story.work")
    def work(data: None, ctx: Context) -> None:
        """Works unless the machine is broken."""
        if machine.broken:
            raise ZeroDivisionError

    monkeypatch.setitem(
        default_registry.handlers, "operations_story.work", story.handlers["operations_story.work"]
    )
    return machine


def fail_once(house: House) -> Instance:
    """A case whose second step has failed."""
    database = house.database
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        engine.deploy({"operations_story.bpmn": DIAGRAM})
        begun = engine.start("operations_story", {}, scope=house.project.path, business_key="ST-7")
    with pytest.raises(StepFailed), database.unit_of_work() as session:
        engine_for(session, SYSTEM, database.clock).complete(begun.open_tasks[0], {"filled": True})
    return begun


ADDRESSES = ("/operations/cases", "/operations/incidents", "/operations/jobs")


def test_the_desk_does_not_exist_for_who_may_not_view_the_engine(browser_of) -> None:
    manager = browser_of("sales_manager")
    for address in ADDRESSES:
        assert manager.get(address).status_code == 404
    assert "/operations/" not in manager.get("/inbox").text
    assert manager.post("/operations/incidents/x/retry", page="/inbox").status_code == 404
    assert manager.post("/operations/cases/x/cancel", {"reason": "r"}, page="/inbox").status_code == 404


def test_empty_lists_say_what_will_be_there(browser_of) -> None:
    analyst = browser_of("business_analyst")
    for address, words in zip(ADDRESSES, ("No cases yet", "No open incidents", "Nothing waits"), strict=True):
        assert words in analyst.get(address).text


WEEKLY = process(
    '<bpmn:startEvent id="weekly" name="Every week"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1W</bpmn:timeCycle>'
    '</bpmn:timerEventDefinition></bpmn:startEvent><bpmn:endEvent id="done"/>',
    flow("f1", "weekly", "done"),
    key="weekly_story",
)


def test_the_jobs_show_when_a_process_begins_by_itself(house: House, browser_of) -> None:
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).deploy({"weekly_story.bpmn": WEEKLY})
    page = browser_of("business_analyst", path="/").get("/operations/jobs").text
    assert "Every week" in page
    assert "Start by time" in page


def test_a_case_is_found_by_its_key_its_unit_and_its_state(desk: Desk, browser_of) -> None:
    desk.begin("RG-1", unit="1栋 101")
    desk.begin("RG-2", unit="1栋 102")
    analyst = browser_of("business_analyst")
    for query in ("q=rg-2", "q=102", "q=1栋+102"):
        page = analyst.get(f"/operations/cases?{query}").text
        assert "RG-2" in page
        assert "RG-1" not in page
    assert "RG-1" in analyst.get("/operations/cases?state=active&process=booking_to_contract").text
    assert "No case fits" in analyst.get("/operations/cases?state=completed").text
    assert "No case fits" in analyst.get("/operations/cases?failing=1").text
    assert "No case fits" in analyst.get("/operations/cases?q=100%25").text


def test_an_incident_says_what_failed_and_runs_again_when_it_is_mended(
    machine: Machine, house: House, browser_of
) -> None:
    begun = fail_once(house)
    analyst = browser_of("business_analyst")
    page = analyst.get("/operations/incidents").text
    assert "Work" in page
    assert "ZeroDivisionError" in page
    assert "incident" in analyst.get("/operations/cases").text
    address = re.search(r'action="(/operations/incidents/[^"]+/retry)"', page)
    assert address
    again = analyst.post(address.group(1), page="/operations/incidents", follow_redirects=True)
    assert "could not be carried out" in again.text
    machine.broken = False
    fresh = re.search(r'action="(/operations/incidents/[^"]+/retry)"', analyst.get("/operations/incidents").text)
    assert fresh
    done = analyst.post(fresh.group(1), page="/operations/incidents", follow_redirects=True)
    assert "It is being run again." in done.text
    assert "No open incidents" in done.text
    twice = analyst.post(fresh.group(1), page="/operations/incidents", follow_redirects=True)
    assert "resolved this incident" in twice.text
    assert "Ended" in analyst.get(f"/cases/{begun.id}").text


def test_a_case_is_suspended_resumed_and_cancelled_with_a_reason(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    analyst = browser_of("business_analyst")
    page = f"/cases/{begun.id}"
    refused = analyst.post(f"/operations/cases/{begun.id}/cancel", {"reason": " "}, page=page)
    assert refused.status_code == 422
    for act, state in (("suspend", "Suspended"), ("resume", "Running"), ("cancel", "Cancelled")):
        answer = analyst.post(
            f"/operations/cases/{begun.id}/{act}", {"reason": f"why {act}", "once": act}, page=page, follow_redirects=True
        )  # fmt: skip
        assert state in answer.text
        assert f"why {act}" in answer.text
    assert analyst.post(f"/operations/cases/{begun.id}/explode", {"reason": "x"}, page=page).status_code == 404


def test_operating_needs_its_own_right_at_the_place(desk: Desk, browser_of, house: House) -> None:
    begun = desk.begin()
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/", kind="company", code="west", name="West")
    elsewhere = browser_of("business_analyst", path="/kt/west/")
    assert "RG-1" not in elsewhere.get("/operations/cases").text
    answer = elsewhere.post(f"/operations/cases/{begun.id}/cancel", {"reason": "mine"}, page="/operations/cases")
    assert answer.status_code in (403, 404)


def test_lists_ask_no_more_questions_when_they_are_longer(desk: Desk, browser_of, house: House) -> None:
    analyst = browser_of("business_analyst")
    desk.begin("RG-0")
    analyst.get("/operations/cases")
    short = count_statements(house, lambda: analyst.get("/operations/cases"))
    for number in range(1, 9):
        desk.begin(f"RG-{number}")
    assert count_statements(house, lambda: analyst.get("/operations/cases")) == short


def test_an_incidents_page_shows_its_input_and_lets_it_be_noted_edited_and_run_again(
    machine: Machine, house: House, browser_of
) -> None:
    begun = fail_once(house)
    database = house.database
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        engine.set_variables(begun.id, {"floor": 3, "colour": "red"}, "at first", force=True)
    with pytest.raises(StepFailed), database.unit_of_work() as session:
        (task,) = engine_for(session, SYSTEM, database.clock).get_instance(begun.id).open_tasks
        engine_for(session, SYSTEM, database.clock).complete(task, {"filled": True})
    with database.reading() as session:
        (incident,) = engine_for(session, SYSTEM, database.clock).incidents()
    analyst = browser_of("business_analyst")
    address = f"/operations/incidents/{incident.id}"
    page = analyst.get(address).text
    assert "ZeroDivisionError" in page
    assert re.search(r'name="value.floor" value="3"[^>]*>', page)
    assert "readonly" in (re.search(r'name="value.filled"[^>]*>', page) or [""])[0]
    assert "asked the vendor" in analyst.post(
        f"{address}/note", {"text": "asked the vendor"}, page=address, follow_redirects=True
    ).text  # fmt: skip
    for typed, told in (("four", "cannot be stored"), ('"four"', "holds a whole number")):
        form = {"value.floor": typed, "value.colour": "red", "reason": "mistyped"}
        assert told in analyst.post(f"{address}/input", form, page=address, follow_redirects=True).text
    form = {"value.floor": "4", "value.colour": "blue", "reason": "mistyped"}
    assert "Done." in analyst.post(f"{address}/input", form, page=address, follow_redirects=True).text
    with database.reading() as session:
        data = engine_for(session, SYSTEM, database.clock).variables(begun.id)
    assert data == {"floor": 4, "colour": "blue"}
    machine.broken = False
    answer = analyst.post(f"{address}/again", {"reason": "mended"}, page=address, follow_redirects=True)
    assert "Resolved" in answer.text


def test_many_incidents_are_run_again_and_what_fails_is_told(machine: Machine, house: House, browser_of) -> None:
    fail_once(house)
    with house.database.reading() as session:
        (incident,) = engine_for(session, SYSTEM, house.database.clock).incidents()
    analyst = browser_of("business_analyst")
    form = {"id": [incident.id, "gone"], "reason": "mended"}
    answer = analyst.post("/operations/incidents/retry", form, page="/operations/incidents", follow_redirects=True)
    assert "could not be carried out" in answer.text
    machine.broken = False
    with house.database.reading() as session:
        (again,) = engine_for(session, SYSTEM, house.database.clock).incidents()
    form = {"id": [again.id, "gone"], "reason": "mended"}
    answer = analyst.post("/operations/incidents/retry", form, page="/operations/incidents", follow_redirects=True)
    assert "1 is being run again." in answer.text
    assert "This incident does not exist" in answer.text


def test_a_timer_is_run_now_or_at_another_time_from_its_page(desk: Desk, house: House, browser_of) -> None:
    database = house.database
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        engine.deploy({"operations_timer.bpmn": TIMER})
        begun = engine.start("operations_timer", {}, scope=house.project.path)
    with database.reading() as session:
        (job,) = engine_for(session, SYSTEM, database.clock).jobs().rows
    analyst = browser_of("business_analyst")
    address = f"/operations/jobs/{job.id}"
    assert address in analyst.get("/operations/jobs").text
    form = {"due_at": "2026-03-20T09:00", "reason": "agreed"}
    assert "Done." in analyst.post(f"{address}/due", form, page=address, follow_redirects=True).text
    with database.reading() as session:
        moved = engine_for(session, SYSTEM, database.clock).get_job(job.id)
    assert moved.due_at.isoformat() == "2026-03-20T01:00:00+00:00"
    told = analyst.post(
        f"{address}/due", {"due_at": "soon", "reason": "x"}, page=address, follow_redirects=True
    ).text
    assert "is no time" in told
    assert "Done." in analyst.post(f"{address}/fire", {"reason": "now"}, page=address, follow_redirects=True).text
    with database.unit_of_work() as session:
        assert engine_for(session, SYSTEM, database.clock).run_due() == 1
        assert engine_for(session, SYSTEM, database.clock).get_instance(begun.id).state == "completed"
    assert "over already" in analyst.get(address).text
    assert analyst.post(f"{address}/explode", {"reason": "x"}, page="/operations/jobs").status_code == 404
