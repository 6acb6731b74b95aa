"""What somebody types is kept on the server: on another device, after signing out, and when others are quicker."""

from __future__ import annotations

from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk

HALF = {"decision": "returned", "opinion": "ask for the floor plan"}


def test_a_half_filled_form_survives_signing_out_and_another_device(desk: Desk, browser_of, office) -> None:
    task_id = desk.task(desk.begin())
    first = browser_of("sales_manager", "mei")
    answer = first.post(f"/tasks/{task_id}/draft", HALF, page=f"/tasks/{task_id}")
    assert answer.status_code == 200
    assert "Saved 09:00" in answer.text
    first.post("/sign-out", page="/inbox")
    second = Browser(office.test_client())
    second.sign_in("mei")
    page = second.get(f"/tasks/{task_id}").text
    assert "ask for the floor plan" in page
    assert "Saved 09:00" in page
    second.post(f"/tasks/{task_id}/draft/drop", page=f"/tasks/{task_id}")
    assert "ask for the floor plan" not in second.get(f"/tasks/{task_id}").text


def test_two_on_one_task_of_a_group_do_not_see_each_others_drafts(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    mei.post(f"/tasks/{task_id}/draft", HALF, page=f"/tasks/{task_id}")
    lei.post(f"/tasks/{task_id}/draft", {**HALF, "opinion": "too low"}, page=f"/tasks/{task_id}")
    assert "ask for the floor plan" in mei.get(f"/tasks/{task_id}").text
    assert "too low" in lei.get(f"/tasks/{task_id}").text


def test_an_empty_form_keeps_nothing(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    browser.post(f"/tasks/{task_id}/draft", HALF, page=f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/draft", {"opinion": ""}, page=f"/tasks/{task_id}")
    assert "Saved" not in browser.get(f"/tasks/{task_id}").text


def test_who_types_into_a_task_that_is_done_is_told_by_whom_and_finds_the_words_again(
    desk: Desk, browser_of
) -> None:
    task_id = desk.task(desk.begin())
    late = browser_of("sales_manager", "lei")
    late.post(f"/tasks/{task_id}/draft", HALF, page=f"/tasks/{task_id}")
    browser_of("sales_manager", "mei")
    desk.complete(task_id, desk.house.actor("mei"), decision="approved")
    answer = late.post(f"/tasks/{task_id}/draft", HALF, page="/inbox")
    assert answer.status_code == 409
    assert "Mei closed it" in answer.text
    page = late.get(f"/tasks/{task_id}").text
    assert "ask for the floor plan" in page
    assert "Copy what you still need" in page
