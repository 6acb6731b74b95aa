"""The board of managers: what it counts, where its numbers lead, and who may give whose task to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.api import Invalid, Missing, NotAllowed, TaskFilter
from kernel.actor import SYSTEM
from tests.webapp.house import House
from tests.webapp.inbox.conftest import KEY, Desk, desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for

__all__ = ["desk"]


def assignee_of(house: House, task_id: str) -> str | None:
    """Who has a task."""
    with house.database.reading() as session:
        return engine_for(session, SYSTEM, house.database.clock).get_task(task_id).task.assignee


def assign(house: House, actor, task_id: str, to: str | None, reason: str = "holiday"):
    """Somebody re-assigns a task."""
    with house.database.unit_of_work(actor) as session:
        return engine_for(session, actor, house.database.clock).assign(task_id, to, reason=reason)


def test_the_board_counts_and_every_number_leads_to_its_tasks(desk: Desk, browser_of) -> None:
    house = desk.house
    gao = house.hire("gao", "sales_manager")
    old = desk.task(desk.begin("RG-1", unit="1-101"))
    desk.claim(old, gao)
    house.database.clock.advance(timedelta(days=3))  # Due after two.
    desk.begin("RG-2", unit="2-202")
    board = browser_of("project_gm")
    with house.database.reading() as session:
        found = engine_for(session, house.actor("project-gm"), house.database.clock).workload()
    whole = found.whole
    assert (whole.open, whole.unassigned, whole.overdue) == (2, 1, 1)
    (group,) = found.groups
    assert (group.role, group.path) == ("sales_manager", house.project.path)
    assert (group.load.open, group.load.unassigned, group.load.overdue) == (2, 1, 1)
    assert [(one.person, one.load.open) for one in found.people] == [(gao.id, 1)]
    page = board.get("/workload/").text
    assert "Sales manager" in page
    assert "Gao" in page
    for query, shown, hidden in (
        ("only=late", "1-101", "2-202"),
        ("only=nobody", "2-202", "1-101"),
        (f"person={gao.id}", "1-101", "2-202"),
        (f"role=sales_manager&at={house.project.path}&only=late", "1-101", "2-202"),
    ):
        rows = board.get(f"/workload/tasks?{query}").text
        assert shown in rows
        assert hidden not in rows


def numbers_of(page: str) -> list[tuple[str, int]]:
    """Each number of a board with the address behind it."""
    found = re.findall(r'<a class="[^"]*" href="(/workload/tasks[^"]*)">(\d+)</a>', page)
    return [(unescape(address), int(number)) for address, number in found]


def test_behind_each_number_lie_as_many_tasks(desk: Desk, browser_of) -> None:
    house = desk.house
    gao, mei = (house.hire(name, "sales_manager") for name in ("gao", "mei"))
    board = browser_of("project_gm")
    assert "Nothing is open" in board.get("/workload/").text
    for number in range(7):
        begun = desk.begin(f"RG-{number}")
        task_id = desk.task(begun)
        if number < 3:  # Filing is offered to two groups.
            desk.complete(task_id, gao, decision="approved")
            task_id = desk.task(begun)
        if number % 3:
            desk.claim(task_id, mei if number % 2 else gao)
        house.database.clock.advance(timedelta(hours=20))
    for narrowed in ("", f"?process={KEY}", f"?path={house.project.path}&process={KEY}"):
        numbers = numbers_of(board.get(f"/workload/{narrowed}").text)
        assert {number for _, number in numbers} >= {2, 7}
        assert {"role", "person", "only"} <= {
            name for address, _ in numbers for name in parse_qs(urlsplit(address).query)
        }
        for address, number in numbers:
            assert board.get(address).text.count("data-row=") == number, address


def test_the_board_ends_where_the_scope_ends(desk: Desk, browser_of) -> None:
    house = desk.house
    begun = desk.begin()
    elsewhere = house.hire("far", "project_gm", "/kt/east/sh/")
    with house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, house.database.clock).start(
            "booking_to_contract", {"unit": "9-909"}, business_key="RG-9", scope="/kt/"
        )
    with house.database.reading() as session:
        engine = engine_for(session, elsewhere, house.database.clock)
        assert engine.workload().whole.open == 1
        assert engine.workload("/kt/").whole.open == 1
        assert [task.instance_id for task in engine.find_tasks(TaskFilter(box="overseen")).rows] == [begun.id]
    for role in ("sales_consultant", "filing_clerk", "legal"):
        browser = browser_of(role)
        assert browser.get("/workload/").status_code == 403
        assert browser.get("/workload/tasks").status_code == 403
        assert "/workload/" not in browser.get("/inbox").text


def test_several_are_given_at_once_and_what_is_refused_stays_with_its_reason(desk: Desk, browser_of) -> None:
    house = desk.house
    gao, wei = house.hire("gao", "sales_manager"), house.hire("wei", "sales_manager")
    mine = desk.task(desk.begin("RG-1", unit="1-101"))
    applied = desk.task(desk.begin("RG-2", unit="2-202", applicants=[wei.id]))
    done = desk.task(desk.begin("RG-3", unit="3-303"))
    desk.complete(done, gao, decision="approved")
    manager = browser_of("project_gm")
    page = f"/workload/give?id={mine}&id={applied}&id={done}"
    text = manager.get(page).text
    assert "2 tasks" in text  # The one that is done is no longer to be given.
    sent = {"id": [mine, applied, done], "staff_id": wei.id, "reason": "Gao is on holiday"}
    answer = manager.post("/workload/give", sent, page=page)
    assert answer.status_code == 409
    assert "1 task was re-assigned." in answer.text
    assert "Wei may not take part here" in answer.text
    assert "Gao closed it" in answer.text
    assert [assignee_of(house, one) for one in (mine, applied)] == [wei.id, None]
    again = manager.post("/workload/give", {**sent, "id": [mine]}, page=page)  # A double click acts once.
    assert again.status_code == 302
    history = manager.get(f"/tasks/{mine}").text
    assert history.count("gave “Decide” to Wei") == 1
    assert "Gao is on holiday" in history


def test_who_and_why_are_asked_for(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    manager = browser_of("project_gm")
    answer = manager.post("/workload/give", {"id": task_id}, page=f"/workload/give?id={task_id}")
    assert answer.status_code == 422
    assert "Choose a person from the list." in answer.text
    gao = desk.house.hire("gao", "sales_manager")
    desk.claim(task_id, gao)
    sent = {"id": task_id, "reason": "whoever is free", "back": "1"}
    assert manager.post("/workload/give", sent, page=f"/workload/give?id={task_id}").status_code == 302
    assert assignee_of(desk.house, task_id) is None


def test_overseeing_hands_out_no_rights(desk: Desk) -> None:
    house = desk.house
    task_id = desk.task(desk.begin(applicants=[house.hire("asks", "sales_manager").id]))
    manager, wei = house.hire("boss", "project_gm"), house.hire("wei", "sales_manager")
    clerk, far = house.hire("clerk", "filing_clerk"), house.hire("far", "sales_manager", "/kt/east/")
    for person, refusal in (
        (clerk.id, Invalid),  # Not of the role.
        (manager.id, Invalid),  # Nor is the manager himself.
        (house.actor("asks").id, NotAllowed),  # Four eyes.
        ("nobody", Invalid),
    ):
        with pytest.raises(refusal):
            assign(house, manager, task_id, person)
    for stranger in (clerk, house.hire("cashier", "finance_clerk")):
        with pytest.raises((NotAllowed, Missing)):
            assign(house, stranger, task_id, wei.id)
    assert assign(house, manager, task_id, far.id).assignee == far.id
    operator = house.hire("ops", "administrator")
    assert assign(house, operator, task_id, clerk.id).assignee == clerk.id


def test_the_board_asks_four_questions_however_long_it_is(desk: Desk, browser_of) -> None:
    house = desk.house
    board = browser_of("project_gm")
    desk.claim(desk.task(desk.begin("RG-0")), house.hire("gao", "sales_manager"))
    for page in ("/workload/", "/workload/tasks"):
        board.get(page)
    few = [count_statements(house, lambda p=page: board.get(p)) for page in ("/workload/", "/workload/tasks")]
    for number in range(1, 8):
        task_id = desk.task(desk.begin(f"RG-{number}"))
        desk.claim(task_id, house.hire(f"m{number}", "sales_manager"))
    assert [
        count_statements(house, lambda p=page: board.get(p)) for page in ("/workload/", "/workload/tasks")
    ] == few
