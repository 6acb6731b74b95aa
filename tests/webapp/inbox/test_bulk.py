"""Many tasks at once: each by itself with the checks of a single act; what is refused says why and stays ticked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.api import TaskFilter
from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from webapp.engine_room import engine_for
from webapp.inbox.bulk import choosing, reporting, running, views
from webapp.inbox.bulk.models import BulkItem, BulkRun

GROUP = "/inbox?box=group"


def several(desk: Desk, count: int, **changes: Any) -> list[str]:
    return [desk.task(desk.begin(f"RG-{number}", **changes)) for number in range(count)]


def bulk(browser: Browser, **form: Any):
    return browser.post("/inbox/bulk", {"next": GROUP, **form}, page="/inbox", follow_redirects=True)


def state_of(house: House, task_id: str) -> tuple[str, str | None]:
    """Whether a task is open, and what was decided."""
    with house.database.reading() as session:
        found = engine_for(session, SYSTEM, house.database.clock).get_task(task_id)
        return found.task.state, found.draft.get("decision")


def assignee_of(house: House, task_id: str) -> str | None:
    with house.database.reading() as session:
        return engine_for(session, SYSTEM, house.database.clock).look_at(task_id).assignee


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="id" value="([^"]+)"[^>]*checked', page))


def test_several_are_taken_at_once_and_each_refusal_has_its_reason(desk: Desk, browser_of) -> None:
    first, second = several(desk, 2)
    browser_of("sales_manager", "mei")
    desk.claim(first, desk.house.actor("mei"))
    browser = browser_of("sales_manager", "lei")
    nobody = "00000000-0000-7000-8000-000000000000"
    answer = bulk(browser, act="claim", id=[first, second, nobody])
    assert "1 task is yours now." in answer.text
    assert "2 were refused and are still ticked." in answer.text
    assert "Mei has taken this task" in answer.text
    assert "not yours to see" in answer.text
    assert "still ticked" not in browser.get(GROUP).text


def test_what_is_approved_and_what_is_returned_is_so_in_the_database_with_the_one_opinion(
    desk: Desk, browser_of, house: House
) -> None:
    tasks = several(desk, 4)
    browser = browser_of("sales_manager")
    assert "3 tasks were approved." in bulk(browser, act="approve", id=tasks[:3], **{"words-approve": "fair"}).text
    assert "1 task was returned." in bulk(browser, act="return", id=tasks[3], **{"words-return": "mend it"}).text
    assert [state_of(house, task) for task in tasks] == [("completed", "approved")] * 3 + [
        ("completed", "returned")
    ]
    with house.database.reading() as session:
        found = engine_for(session, SYSTEM, house.database.clock)
        assert [found.get_task(task).draft.get("remark") for task in tasks[:3]] == ["fair"] * 3
        assert found.get_task(tasks[3]).draft["opinion"] == "mend it"


def test_what_is_refused_says_why_stays_ticked_and_holds_nothing_else_up(
    desk: Desk, browser_of, house: House
) -> None:
    """The applicant's own, one without a decision, one that is done already, and one whose facts have changed."""
    browser = browser_of("sales_manager", "mei")
    mine = desk.task(desk.begin("RG-own", applicants=[house.actor("mei").id]))
    without = desk.begin("RG-file")
    lei = house.hire("lei", "sales_manager")
    desk.complete(desk.task(without), lei, decision="approved")
    gone, changed, good = several(desk, 3)
    desk.complete(gone, lei, decision="rejected", opinion="no")
    page = browser.get(GROUP).text
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    case = desk.begin("RG-x")
    with house.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, house.database.clock)
        engine.set_instance_facts(engine.look_at(changed).instance_id, {"amount_fen": 1})
    ids = [mine, desk.task(without), gone, changed, good]
    answer = bulk(browser, act="approve", id=ids, seen=seen)
    assert "1 task was approved." in answer.text
    for reason in ("You may not decide here", "asks for no such decision", "Lei closed it", "has changed since"):
        assert reason in answer.text
    assert ticked(answer.text) == {mine, desk.task(without), changed}
    assert state_of(house, good) == ("completed", "approved")
    assert state_of(house, changed) == ("open", None)
    assert state_of(house, desk.task(case))[0] == "open"


def test_sent_twice_it_acts_once(desk: Desk, browser_of, house: House) -> None:
    tasks = several(desk, 3)
    browser = browser_of("sales_manager")
    for _ in range(2):
        answer = bulk(browser, act="approve", id=tasks, once="the same form")
        assert "3 tasks were approved." in answer.text
        assert "still ticked" not in answer.text
    with house.database.reading() as session:
        assert len(session.scalars(select(BulkRun)).all()) == 1
        history = engine_for(session, SYSTEM, house.database.clock)
        case = history.look_at(tasks[0]).instance_id
        assert [event.code for event in history.history(case)].count("task_completed") == 1


def test_select_all_takes_what_the_list_finds_and_never_more_than_its_viewer_sees(
    desk: Desk, browser_of, house: House
) -> None:
    """viewflow #422: “select all” acted outside the viewer's scope."""
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/", kind="company", code="west", name="West")
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).start(
            "booking_to_contract", {"applicants": [], "unit": "9栋 901"}, business_key="W-1", scope="/kt/west/"
        )
    here = several(desk, 3, unit="1栋 101")
    other = desk.task(desk.begin("RG-o", unit="2栋 202"))
    browser = browser_of("sales_manager", "mei")
    own = desk.task(desk.begin("RG-own", unit="1栋 101", applicants=[house.actor("mei").id]))
    answer = bulk(browser, act="approve", all="1", where="box=group&q=1栋", id="x")
    assert "3 tasks were approved." in answer.text
    assert "still ticked" not in answer.text
    assert {state_of(house, task)[0] for task in here} == {"completed"}
    assert state_of(house, other)[0] == state_of(house, own)[0] == "open"
    for where in ("box=all", "box=group&project=/kt/west/", "box=everything&q=9栋"):
        bulk(browser, act="claim", all="1", where=where)
    with house.database.reading() as session:
        rows = engine_for(session, SYSTEM, house.database.clock).find_tasks(
            TaskFilter(box="all", path="/kt/west/")
        )
        assert [(task.state, task.assignee) for task in rows.rows] == [("open", None)]


def test_select_all_is_capped_and_says_so(desk: Desk, browser_of, house: House, monkeypatch) -> None:
    for module in (choosing, reporting):
        monkeypatch.setattr(module, "MOST", 2)
    tasks = several(desk, 3)
    answer = bulk(browser_of("sales_manager"), act="approve", all="1", where="box=group")
    assert "2 tasks were approved." in answer.text
    assert "The list finds more than one run takes" in answer.text
    assert sorted(state_of(house, task)[0] for task in tasks) == ["completed", "completed", "open"]


def test_a_long_run_shows_how_far_it_is_is_stopped_and_goes_on(
    desk: Desk, browser_of, house: House, monkeypatch
) -> None:
    monkeypatch.setattr(views, "_SECONDS", 0)
    tasks = several(desk, 3)
    browser = browser_of("sales_manager")
    first = browser.post("/inbox/bulk", {"act": "approve", "id": tasks}, page="/inbox")
    run = first.location
    assert "1 of 3" in browser.get(run).text
    browser.post(f"{run}/stop", page="/inbox")
    browser.post(f"{run}/go", page="/inbox")
    assert [state_of(house, task)[0] for task in tasks] == ["completed", "open", "open"]
    page = browser.get("/inbox?box=group").text
    assert "2 were not begun." in page
    for _ in range(3):
        browser.post(f"{run}/go", {"again": "1"}, page="/inbox")
    assert [state_of(house, task)[0] for task in tasks] == ["completed"] * 3
    assert "3 tasks were approved." in browser.get(run).text


def test_a_run_is_its_persons_alone(desk: Desk, browser_of, house: House, monkeypatch) -> None:
    monkeypatch.setattr(views, "_SECONDS", 0)
    tasks = several(desk, 2)
    run = (
        browser_of("sales_manager", "mei")
        .post("/inbox/bulk", {"act": "claim", "id": tasks}, page="/inbox")
        .location
    )
    other = browser_of("sales_manager", "lei")
    assert other.get(run).status_code == 404
    for act in ("go", "stop"):
        assert other.post(f"{run}/{act}", page="/inbox").status_code == 404
    assert assignee_of(house, tasks[1]) is None


def test_a_return_needs_words_and_an_unknown_act_is_refused(desk: Desk, browser_of, house: House) -> None:
    (task,) = several(desk, 1)
    browser = browser_of("sales_manager")
    assert bulk(browser, act="return", id=task).status_code == 422
    assert bulk(browser, act="burn", id=task).status_code == 422
    assert bulk(browser, act="approve").status_code == 422
    assert state_of(house, task)[0] == "open"


def test_tasks_are_assigned_by_who_operates_and_by_nobody_else(desk: Desk, browser_of, house: House) -> None:
    tasks = several(desk, 2)
    lei = house.hire("lei", "sales_manager")
    refused = bulk(browser_of("sales_consultant", "mei"), act="assign", id=tasks, assignee=lei.id)
    assert "2 were refused" in refused.text
    chief = browser_of("administrator", path="/")
    answer = bulk(chief, act="assign", id=tasks, assignee=lei.id, **{"words-assign": "Mei is away"})
    assert "2 tasks were assigned." in answer.text
    assert {assignee_of(house, task) for task in tasks} == {lei.id}


def test_old_runs_are_forgotten(desk: Desk, browser_of, house: House) -> None:
    bulk(browser_of("sales_manager"), act="claim", id=several(desk, 1))
    with house.database.unit_of_work() as session:
        running.forget_runs(session, house.database.clock.now())
        assert session.scalars(select(BulkItem)).all() != []
    house.database.clock.advance(timedelta(days=1))
    with house.database.unit_of_work() as session:
        running.forget_runs(session, house.database.clock.now())
        assert session.scalars(select(BulkItem)).all() == []
