"""The pane is the page of a task without its frame: the same facts, the same refusals, the typed words kept."""

from __future__ import annotations

import json
import re
from html import unescape

from kernel.actor import SYSTEM
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk
from webapp.engine_room import engine_for

PANE = {"HX-Request": "true", "HX-Target": "pane", "Accept-Language": "en"}
WORDS = {"decision": "returned", "opinion": "ask for the floor plan"}


def send(browser: Browser, path: str, data: dict[str, str]):
    token = browser.token("/inbox")
    headers = {**PANE, "Referer": "http://localhost/"}
    return browser.client.post(path, data={"csrf_token": token, **data}, headers=headers)


def test_the_pane_holds_what_decides_and_no_frame(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    pane = browser_of("sales_manager").client.get(f"/tasks/{task_id}", headers=PANE).text
    assert "<html" not in pane
    assert f'data-task="{task_id}"' in pane
    for fact in ("below the floor", "−¥51,200<", "4% off"):
        assert pane.index(fact) < pane.index('name="decision"')


def test_the_diagram_comes_when_it_is_opened_and_says_who_has_the_task_and_since_when(
    desk: Desk, browser_of
) -> None:
    begun = desk.begin()
    browser = browser_of("sales_manager", "lei")
    pane = browser.client.get(f"/tasks/{desk.task(begun)}", headers=PANE).text
    assert f'hx-get="/cases/{begun.id}/diagram"' in pane
    assert "data-markers" not in pane
    desk.claim(desk.task(begun), desk.house.actor("lei"))
    part = browser.get(f"/cases/{begun.id}/diagram").text
    assert "<html" not in part
    markers = json.loads(unescape(re.findall(r'data-markers="([^"]*)"', part)[0]))
    assert (markers["current"], markers["notes"]) == (["decide"], {"decide": "Lei"})
    assert markers["hints"]["decide"].startswith("Decide · Lei · since ")
    desk.complete(desk.task(begun), desk.house.actor("lei"), decision="approved")
    page = browser.get(f"/cases/{begun.id}").text
    markers = json.loads(unescape(re.findall(r'data-markers="([^"]*)"', page)[0]))
    assert markers["notes"]["decide"].startswith("Lei · ")
    assert markers["notes"]["file"] == "nobody yet"
    assert browser_of("legal").get(f"/cases/{begun.id}/diagram").status_code == 404


def test_who_may_not_see_the_floor_reads_nothing_of_it_in_the_pane(desk: Desk, browser_of) -> None:
    begun = desk.begin(below_floor=True)
    browser = browser_of("filing_clerk")
    desk.complete(desk.task(begun), desk.house.hire("mei", "sales_manager"), decision="approved")
    pane = browser.client.get(f"/tasks/{desk.task(begun)}", headers=PANE).text
    assert "1,250,000" not in pane
    assert "below the floor" not in pane


def test_a_decision_in_the_pane_leads_to_the_pane_with_what_comes_next(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    desk.begin("RG-2")
    browser = browser_of("sales_manager")
    answer = send(browser, f"/tasks/{task_id}", {"decision": "approved"})
    assert answer.location == f"/tasks/{task_id}?done=1"
    pane = browser.client.get(answer.location, headers=PANE).text
    assert "The task is completed." in pane
    assert "data-next=" in pane


def test_a_task_that_was_taken_over_says_by_whom_and_keeps_the_words(desk: Desk, browser_of) -> None:
    """Finished, given to somebody else, or no longer needed: a second before the form was sent."""
    done, moved, cancelled = (desk.begin(f"RG-{number}") for number in range(3))
    browser = browser_of("sales_manager", "lei")
    tasks = {begun.id: desk.task(begun) for begun in (done, moved, cancelled)}
    mei = desk.house.hire("mei", "sales_manager")
    desk.complete(tasks[done.id], mei, decision="approved")
    clock = desk.house.database.clock
    with desk.house.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, clock)
        engine.assign(tasks[moved.id], mei.id)
        engine.cancel(cancelled.id, "The buyer has withdrawn")
    told = {
        done.id: "Mei closed it on",
        moved.id: "gave this task to Mei",
        cancelled.id: "cancelled the case on",
    }
    for case, sentence in told.items():
        answer = send(browser, f"/tasks/{tasks[case]}", {**WORDS, "revision": "1"})
        assert (answer.status_code, "<html" in answer.text) == (409, False)
        assert sentence in answer.text
        assert WORDS["opinion"] in answer.text
    assert "cancelled the case on" in browser.client.get(f"/tasks/{tasks[cancelled.id]}", headers=PANE).text
