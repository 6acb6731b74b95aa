"""Pieces of work asked for under a task: from its page, with the form of the process, shown there until they are done."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.organisation.operations import set_parameter
from tests.webapp.house import House
from tests.webapp.inbox.conftest import Desk
from webapp.engine_room import engine_for

ROOT = Path(__file__).parents[3]
ASKED = {"title": "Read the contract", "to": "role", "role": "legal", "due_on": "2026-10-20"}


@pytest.fixture
def stocked(desk: Desk) -> House:
    """The process of tasks given by hand is there."""
    drawn = (ROOT / "processes/ad_hoc_task/ad_hoc_task.bpmn").read_bytes()
    with desk.house.database.unit_of_work() as session:
        engine_for(session, SYSTEM, desk.house.database.clock).deploy({"ad_hoc_task.bpmn": drawn})
    return desk.house


def test_it_is_asked_for_from_the_page_and_shown_there(stocked: House, desk: Desk, browser_of) -> None:
    lei, lex = browser_of("sales_manager", "lei"), browser_of("legal", "lex")
    task = desk.task(desk.begin())
    page = lei.get(f"/tasks/{task}").text
    assert f"under={task}" in page
    assert "under=" not in lex.get(f"/tasks/{task}").text
    address = f"/start/ad_hoc_task?under={task}"
    form = lei.get(address).text
    assert f'name="under" value="{task}"' in form
    sent = {**ASKED, "under": task, "at": stocked.project.path, "once": "k1"}
    for _ in range(2):
        answer = lei.post("/start/ad_hoc_task", sent, page=address)
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].endswith(f"/tasks/{task}#work")
    page = lei.get(f"/tasks/{task}").text
    assert page.count("Read the contract") == 1
    assert "1 sub-task is still open" in page
    assert "asked for a piece of work under" in page
    assert "Read the contract" in lex.get("/inbox?box=group").text
    assert f"under={task}" not in lei.get("/start/ad_hoc_task").text


def test_the_task_waits_where_the_house_says_so(stocked: House, desk: Desk, browser_of) -> None:
    lei = browser_of("sales_manager", "lei")
    task = desk.task(desk.begin())
    sent = {**ASKED, "under": task, "at": stocked.project.path}
    stocked.hire("lex", "legal")
    lei.post("/start/ad_hoc_task", sent, page=f"/start/ad_hoc_task?under={task}")
    clock, today = stocked.database.clock, business_date(stocked.database.clock)

    def say(value: str) -> None:
        with stocked.database.unit_of_work() as session:
            place = stocked.project.path
            set_parameter(session, SYSTEM, clock, path=place, name="open_work", value=value, effective_from=today)

    say("wait")
    refused = lei.post(f"/tasks/{task}", {"decision": "approved", "remark": "fine"}, page=f"/tasks/{task}")
    assert refused.status_code == 422
    assert "still open (1)" in refused.text
    say("warn")
    done = lei.post(f"/tasks/{task}", {"decision": "approved", "remark": "fine"}, page=f"/tasks/{task}")
    assert done.status_code == 302


def test_nobody_asks_under_the_task_of_another(stocked: House, desk: Desk, browser_of) -> None:
    lex = browser_of("legal", "lex")
    begun = desk.begin()
    task = desk.task(begun)
    sent = {**ASKED, "under": task, "at": stocked.project.path}
    assert lex.post("/start/ad_hoc_task", sent, page="/start/ad_hoc_task").status_code in (403, 404)
    with stocked.database.reading() as session:
        assert engine_for(session, SYSTEM, stocked.database.clock).sub_tasks(task) == []
