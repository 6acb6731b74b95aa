"""Arranging the list: columns of one's own, several sort keys, criteria, stars, snoozing, unread marks, who looks."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk


def heads(page: str) -> list[str]:
    """The names of the columns, in order."""
    return re.findall(r'<a class="kt-sort"[^>]*>([^<]+)<|<th scope="col" class="[^"]*">([^<]+)<', page)


def columns(browser: Browser, box: str = "group") -> list[str]:
    return [one or other for one, other in heads(browser.get(f"/inbox?box={box}").text)]


def order(page: str, *facts: str) -> list[str]:
    """The facts in the order in which they stand on a page, outside its tokens, which may hold any letters."""
    return sorted(facts, key=lambda fact: page.index(f"{fact}<"))


def test_everybody_chooses_columns_for_each_box_and_keeps_them(desk: Desk, browser_of) -> None:
    desk.begin()
    mei = browser_of("sales_manager", "mei")
    assert columns(mei) == ["Task", "Unit", "Customer", "Amount", "Discount", "Due", "Waiting since"]
    chosen = {"box": "group", "column": ["left", "customer", "amount", "no such"]}
    assert mei.post("/inbox/columns", chosen, page="/inbox").status_code == 302
    assert columns(mei) == ["Task", "Time left", "Customer", "Amount"]
    assert columns(browser_of("sales_manager", "lei")) != columns(mei)
    mei.post("/inbox/columns", {"box": "group", "usual": "1", "column": ["left"]}, page="/inbox")
    assert "Discount" in columns(mei)


def test_days_late_and_time_left_come_from_the_stored_due_date(desk: Desk, browser_of) -> None:
    desk.begin()
    browser = browser_of("sales_manager")
    browser.post("/inbox/columns", {"box": "group", "column": ["late", "left", "applicant"]}, page="/inbox")
    assert "in 2 days" in browser.get("/inbox?box=group").text
    desk.house.database.clock.advance(timedelta(days=6))
    page = browser.get("/inbox?box=group").text
    assert 'data-label="Days late">4</td>' in page
    assert "Nothing fits" in browser.get("/inbox?box=group&late=5").text
    assert "Nothing fits" not in browser.get("/inbox?box=group&late=4").text


def test_the_list_is_sorted_by_several_keys(desk: Desk, browser_of) -> None:
    for number, customer, amount in (("1", "B", 500), ("2", "A", 300), ("3", "B", 900)):
        desk.begin(number, unit=f"U-{number}", customer=customer, amount_fen=amount)
    browser = browser_of("sales_manager")
    page = browser.get("/inbox?box=group&sort=customer,-amount").text
    assert order(page, "U-1", "U-2", "U-3") == ["U-2", "U-3", "U-1"]
    assert "sort=-customer,-amount" in page.replace("%2C", ",")
    chosen = browser.get("/inbox?box=group&key=customer&way=-&key=amount&way=&key=&way=")
    assert chosen.location.replace("%2C", ",") == "/inbox?box=group&sort=-customer,amount"
    assert browser.get("/inbox?sort=customer,x,-customer,,amount,due,unit,project").status_code == 200


def test_a_list_is_narrowed_by_facts_of_the_business(desk: Desk, browser_of) -> None:
    for number, amount, off in (("1", 1_000_000_00, 100), ("2", 2_000_000_00, 400), ("3", 3_000_000_00, 900)):
        desk.begin(number, unit=f"U-{number}", amount_fen=amount, effective_discount_bp=off)
    browser = browser_of("sales_manager")

    def found(arguments: str) -> list[str]:
        return sorted(set(re.findall(r"U-\d(?=<)", browser.get(f"/inbox?box=group&{arguments}").text)))

    assert found("amount_from=1,500,000") == ["U-2", "U-3"]
    assert found("amount_from=1500000&amount_to=2000000") == ["U-2"]
    assert found("discount_from=4") == ["U-2", "U-3"]
    assert found("unit=u-3") == ["U-3"]
    assert found("customer=王") == ["U-1", "U-2", "U-3"]
    assert found("floor=1") == ["U-1", "U-2", "U-3"]
    assert found("process=booking_to_contract&version=1") == ["U-1", "U-2", "U-3"]
    assert found("process=booking_to_contract&version=2") == []
    assert found("amount_from=much") == ["U-1", "U-2", "U-3"]


def test_who_may_not_see_the_floor_price_cannot_ask_what_lies_below_it(desk: Desk, browser_of) -> None:
    manager, clerk = browser_of("sales_manager", "mei"), browser_of("filing_clerk")
    desk.complete(desk.task(desk.begin()), desk.house.actor("mei"), decision="approved", remark=None)
    assert "Below the floor price" in manager.get("/inbox?box=group").text
    page = clerk.get("/inbox?box=group&floor=1").text
    assert "Nothing fits these filters" in page
    assert "Below the floor price" not in page
    assert "File" in clerk.get("/inbox?box=group").text


def test_a_star_keeps_a_task_in_view_wherever_it_goes(desk: Desk, browser_of) -> None:
    begun = desk.begin()
    browser = browser_of("sales_manager", "mei")
    assert "You follow nothing" in browser.get("/inbox?box=followed").text
    browser.post(f"/cases/{begun.id}/follow", {"on": "1"}, page="/inbox")
    assert "Followed" in browser.get(f"/cases/{begun.id}").text
    desk.complete(desk.task(begun), desk.house.actor("mei"), decision="approved", remark=None)
    page = browser.get("/inbox?box=followed").text
    assert "File" in page
    task_id = desk.task(begun)
    browser.post(f"/tasks/{task_id}/follow", {"on": "1"}, page="/inbox")
    browser.post(f"/cases/{begun.id}/follow", {"on": ""}, page="/inbox")
    assert "File" in browser.get("/inbox?box=followed").text
    browser.post(f"/tasks/{task_id}/follow", {"on": ""}, page="/inbox")
    assert "You follow nothing" in browser.get("/inbox?box=followed").text


def test_ticked_tasks_are_put_off_until_a_day_and_come_back_by_themselves(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    browser.post(f"/tasks/{task_id}/claim", page="/inbox")
    day = (desk.house.database.clock.now() + timedelta(days=4)).date().isoformat()
    wanted = {"id": [task_id, "00000000-0000-7000-8000-000000000000"], "until": day}
    answer = browser.post("/inbox/snooze", wanted, page="/inbox", follow_redirects=True)
    assert "1 task is put off." in answer.text
    assert "1 task could not be put off" in answer.text
    assert "3栋 1201" not in browser.get("/inbox").text
    assert "3栋 1201" in browser.get("/inbox?box=snoozed").text
    desk.house.database.clock.advance(timedelta(days=5))
    page = browser.get("/inbox").text
    assert "3栋 1201" in page
    assert "back since" in page


def test_a_groups_task_that_one_put_off_is_marked_for_him_alone_when_it_is_back(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    clock = desk.house.database.clock
    until = (clock.now() + timedelta(days=4)).date()
    mei.post(f"/tasks/{task_id}/snooze", {"until": until.isoformat()}, page="/inbox")
    assert "3栋 1201" not in mei.get("/inbox?box=group").text
    assert "bring it back now" in mei.get(f"/tasks/{task_id}").text
    assert "bring it back now" not in lei.get(f"/tasks/{task_id}").text
    clock.advance(timedelta(days=5))
    assert f"back since {until.day} " in mei.get("/inbox?box=group").text
    assert "back since" not in lei.get("/inbox?box=group").text
    mei.post(f"/tasks/{task_id}/claim", page="/inbox")
    assert "back since" not in mei.get("/inbox").text, "it is in hand"


def test_a_task_is_not_put_off_into_the_past_and_comes_back_at_once_when_asked(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    browser.post(f"/tasks/{task_id}/claim", page="/inbox")
    for day in ("2020-01-01", "soon"):
        assert browser.post(f"/tasks/{task_id}/snooze", {"until": day}, page="/inbox").status_code == 422
    later = (desk.house.database.clock.now() + timedelta(days=4)).date().isoformat()
    browser.post(f"/tasks/{task_id}/snooze", {"until": later}, page="/inbox")
    browser.post(f"/tasks/{task_id}/snooze", {"until": ""}, page="/inbox")
    assert "3栋 1201" in browser.get("/inbox").text


def test_a_task_is_bold_until_its_page_has_been_open(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    assert "data-unread" in mei.get("/inbox?box=group").text
    assert "3栋 1201" in mei.get("/inbox?box=group&unread=1").text
    mei.post(f"/tasks/{task_id}/looking", page="/inbox")
    assert "data-unread" not in mei.get("/inbox?box=group").text
    assert "data-unread" in lei.get("/inbox?box=group").text
    assert "3栋 1201" not in mei.get("/inbox?box=group&unread=1").text


def test_two_who_look_at_one_task_see_each_other_until_one_goes(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    assert "is looking" not in mei.post(f"/tasks/{task_id}/looking", page="/inbox").text
    assert "Mei is looking" in lei.post(f"/tasks/{task_id}/looking", page="/inbox").text
    assert "Lei is looking" in mei.get("/inbox?box=group").text
    desk.house.database.clock.advance(timedelta(minutes=2))
    assert "Lei is looking" not in mei.get("/inbox?box=group").text


def test_nobody_looks_at_follows_or_puts_off_a_task_of_another_project(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    foreign = browser_of("sales_manager", "wu", "/kt/")
    stranger = browser_of("filing_clerk")
    assert foreign.post(f"/tasks/{task_id}/looking", page="/inbox").status_code == 200
    for act in ("looking", "follow", "snooze"):
        data = {"on": "1", "until": ""}
        assert stranger.post(f"/tasks/{task_id}/{act}", data, page="/inbox").status_code in (403, 404)
