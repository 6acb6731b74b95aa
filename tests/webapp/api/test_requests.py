"""Taking back what one began, and offering tasks to others, over the API."""

from __future__ import annotations

import pytest

from engine.api import Instance
from kernel.actor import SYSTEM, Actor
from tests.webapp.house import House
from tests.webapp.inbox.conftest import CASE
from tests.webapp.inbox.test_requests import DIAGRAM
from webapp.engine_room import engine_for


@pytest.fixture
def deployed(house: House) -> House:
    """The process is there."""
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).deploy({"ask_for_it.bpmn": DIAGRAM})
    return house


def begun_by(house: House, person: Actor) -> Instance:
    starter = Actor(person.id, person.name, is_system=True)  # No role may start a process of the test's own.
    with house.database.unit_of_work(starter) as session:
        engine = engine_for(session, starter, house.database.clock)
        return engine.start("ask_for_it", CASE, scope=house.project.path)


def test_who_began_it_finds_it_and_takes_it_back(deployed: House, caller_of) -> None:
    caller = caller_of("sales_consultant")
    case = begun_by(deployed, deployed.actor("sales-consultant"))
    other = begun_by(deployed, deployed.hire("wei", "sales_consultant"))
    assert caller.get(f"/instances/{case.id}/withdrawal")["act"] == "withdraw"
    assert [row["id"] for row in caller.get("/instances?began=true")["rows"]] == [case.id]
    assert caller.post(f"/instances/{other.id}/withdraw", {"reason": "Not mine"}).status_code == 404
    early = caller.post(f"/instances/{case.id}/withdrawal", {"reason": "Another unit"})
    assert (early.status_code, early.json["code"]) == (422, "withdraw_without_asking")
    answer = caller.post(f"/instances/{case.id}/withdraw", {"reason": "Another unit"})
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")


def test_a_task_is_offered_to_others_by_who_oversees_it(deployed: House, caller_of) -> None:
    gm, clerk = caller_of("project_gm"), caller_of("finance_clerk")
    case = begun_by(deployed, deployed.hire("wei", "sales_consultant"))
    ann = deployed.hire("ann", "legal")
    deployed.hire("lei", "sales_manager")
    body = {"groups": ["sales_manager"], "people": [ann.id], "reason": "Nobody is there"}
    address = f"/tasks/{case.open_tasks[0]}/candidates"
    assert clerk.post(address, body).status_code == 403
    offered = gm.post(address, body)
    assert offered.status_code == 200, offered.text
    assert offered.json["candidates"] == [f"sales_manager@{deployed.project.path}", f"user:{ann.id}"]
    assert gm.post(address, {"people": [ann.id], "reason": ""}).status_code == 422
