"""The menu of acts on a task: whom it offers what, and what comes of it on the page."""

from __future__ import annotations

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor
from tests.webapp.house import House
from tests.webapp.inbox.conftest import Desk
from webapp.engine_room import engine_for


def assignee(house: House, task_id: str) -> str | None:
    with house.database.reading() as session:
        return engine_for(session, SYSTEM, house.database.clock).get_task(task_id).task.assignee


def codes(house: House, instance_id: str) -> list[str]:
    with house.database.reading() as session:
        return [e.code for e in engine_for(session, SYSTEM, house.database.clock).history(instance_id)]


def mine(house: House, viewer: Actor) -> int:
    with house.database.reading() as session:
        return engine_for(session, viewer, house.database.clock).count_tasks(TaskFilter(box="mine"))


def test_a_task_is_handed_over_from_its_page_once_however_often_it_is_sent(desk: Desk, browser_of) -> None:
    lin = desk.house.hire("lin", "sales_manager")
    begun = desk.begin()
    task_id, browser = desk.task(begun), browser_of("sales_manager")
    page = browser.get(f"/tasks/{task_id}").text
    assert 'data-opens="act-hand_over"' in page
    sent = {"hand_over_to": lin.id, "hand_over_reason": "on leave", "once": "k1"}
    for _ in range(2):
        answer = browser.post(f"/tasks/{task_id}/hand-over", sent, page=f"/tasks/{task_id}", follow_redirects=True)
        assert "The task is handed over." in answer.text
    assert (assignee(desk.house, task_id), mine(desk.house, lin)) == (lin.id, 1)
    assert codes(desk.house, begun.id).count("task_handed_over") == 1
    told = browser.get(f"/tasks/{task_id}").text
    assert "handed “Decide” over to Lin" in told
    assert "on leave" in told
    assert "act-hand_over" not in told


def test_a_refused_act_opens_its_dialog_again_with_what_was_typed(desk: Desk, browser_of) -> None:
    clerk = desk.house.hire("clerk", "filing_clerk")
    task_id, browser = desk.task(desk.begin()), browser_of("sales_manager")
    answer = browser.post(f"/tasks/{task_id}/hand-over", {"hand_over_to": clerk.id}, page=f"/tasks/{task_id}")
    assert answer.status_code == 422
    assert "Clerk does not hold the role of this step. Say why they are to do it." in answer.text
    assert "data-open-now" in answer.text
    assert f'value="{clerk.id}"' in answer.text
    assert 'value="Clerk"' in answer.text
    assert assignee(desk.house, task_id) is None


def test_people_are_found_by_name_the_role_first_and_without_the_excluded(desk: Desk, browser_of) -> None:
    wei = desk.house.hire("wei", "sales_manager")
    desk.house.hire("weiwei", "filing_clerk")
    desk.house.hire("zweig", "sales_manager")
    task_id, browser = desk.task(desk.begin(applicants=[wei.id])), browser_of("sales_manager")
    found = browser.get(f"/tasks/{task_id}/people?q=wei").text
    assert "Wei<" not in found
    assert found.index("Zweig") < found.index("Weiwei")
    assert "Filing clerk" in found
    stranger = browser_of("legal")
    assert stranger.get(f"/tasks/{task_id}/people?q=wei").status_code == 404


def test_who_has_a_task_sets_its_priority_and_nobody_else_does(desk: Desk, browser_of) -> None:
    task = desk.task(desk.begin())
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    desk.claim(task, desk.house.actor("mei"))
    assert "act-set_priority" not in lei.get(f"/tasks/{task}").text
    assert lei.post(f"/tasks/{task}/priority", {"priority": "90"}, page=f"/tasks/{task}").status_code == 403
    for typed in ("101", "-1", "high", ""):
        refused = mei.post(f"/tasks/{task}/priority", {"priority": typed}, page=f"/tasks/{task}")
        assert refused.status_code == 422
        assert "must lie between 0 and 100" in refused.text
    mei.post(f"/tasks/{task}/priority", {"priority": "90"}, page=f"/tasks/{task}")
    assert "changed the priority of “Decide” from 50 to 90" in mei.get(f"/tasks/{task}").text
    assert f"task-{task}" in mei.get("/inbox?box=mine&priority=80").text
    assert f"task-{task}" not in mei.get("/inbox?box=mine&priority=91").text
