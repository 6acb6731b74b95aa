"""Saved filters: criteria, counts, order, sharing to a role at a node or to people, and what a share never tells."""

from __future__ import annotations

import re

import pytest

from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk


def save(browser: Browser, name: str = "Big ones", **more: object) -> str:
    """Save a filter of the groups' list and return its id."""
    data = {"name": name, "colour": "red", "box": "group", "amount_from": "2000000", **more}
    answer = browser.post("/inbox/filters", data, page="/inbox")
    assert answer.status_code == 302, answer.text
    return re.search(r"filter=([\w-]+)", answer.location)[1]


def names(browser: Browser) -> list[tuple[str, str]]:
    """The filters of the strip with their counts."""
    part = browser.get("/inbox/filters/counts").text
    return re.findall(
        r'<span class="kt-dot"></span>([^<]+).*?<span class="kt-count">([^<]+)</span>', part, re.DOTALL
    )


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two open tasks, one of them big."""
    desk.begin("RG-1", unit="U-1", amount_fen=1_000_000_00)
    desk.begin("RG-2", unit="U-2", amount_fen=3_000_000_00, customer="王磊")
    return desk


def test_a_filter_is_saved_with_its_colour_and_counts_what_it_finds(two: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    saved = save(browser)
    page = browser.get(f"/inbox?filter={saved}").text
    assert "U-2<" in page
    assert "U-1<" not in page
    assert "kt-tone-red" in page
    assert "Amount from 2000000" in page
    assert names(browser) == [("Big ones", "1")]


def test_the_address_of_a_filter_takes_another_order_and_another_word(two: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    saved = save(browser, amount_from="0")
    page = browser.get(f"/inbox?filter={saved}&sort=-amount").text
    assert page.index("U-2<") < page.index("U-1<")
    assert "U-1<" not in browser.get(f"/inbox?filter={saved}&q=U-2").text


def test_select_all_acts_on_the_list_that_is_shown_without_what_its_address_takes_away(
    two: Desk, browser_of
) -> None:
    browser = browser_of("sales_manager", "mei")
    saved = save(browser)
    where = f"filter={saved}&amount_from="
    page = browser.get(f"/inbox?{where}").text
    assert "U-1<" in page and "U-2<" in page
    answer = browser.post("/inbox/bulk", {"act": "approve", "all": "1", "where": where}, page="/inbox")
    page = browser.get(answer.location, follow_redirects=True).text
    assert "2 tasks were approved." in page


def test_a_filter_sent_twice_is_saved_once(two: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    assert save(browser, once="the-same") == save(browser, once="the-same")
    assert len(names(browser)) == 1


def test_filters_stand_in_their_owners_order_and_are_changed_and_removed_by_him_alone(
    two: Desk, browser_of
) -> None:
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    first, second = save(mei, "First"), save(mei, "Second")
    assert [name for name, _ in names(mei)] == ["First", "Second"]
    mei.post("/inbox/filters/order", {"id": [second, first]}, page="/inbox")
    assert [name for name, _ in names(mei)] == ["Second", "First"]
    assert lei.post(f"/inbox/filters/{first}/remove", page="/inbox").status_code == 404
    stolen = {"edit": first, "name": "Mine now", "colour": "red", "box": "mine"}
    assert lei.post("/inbox/filters", stolen, page="/inbox").status_code == 404
    save(mei, "First anew", edit=first, amount_from="0")
    assert names(mei) == [("Second", "1"), ("First anew", "2")]
    mei.post(f"/inbox/filters/{second}/remove", page="/inbox")
    assert names(mei) == [("First anew", "2")]


def test_a_filter_is_shared_to_a_role_at_a_node_and_to_people(two: Desk, browser_of) -> None:
    mei = browser_of("sales_manager", "mei", "/kt/east/")
    lei, wu = browser_of("sales_manager", "lei"), browser_of("filing_clerk", "wu")
    saved = save(mei, "Ours", role="sales_manager", path="/kt/east/")
    save(mei, "For Wu", person=two.house.actor("wu").id)
    assert [name for name, _ in names(lei)] == ["Ours"]
    assert [name for name, _ in names(wu)] == ["For Wu"]
    page = lei.get(f"/inbox?filter={saved}").text
    assert "U-2<" in page
    assert "U-1<" not in page
    missing = wu.get(f"/inbox?filter={saved}").text
    assert "it is not shared with you" in missing
    assert "Ours" not in missing


def test_a_share_shows_nothing_of_a_field_that_its_reader_may_not_see(two: Desk, browser_of) -> None:
    owner = browser_of("sales_manager", "mei", "/kt/")
    blind = browser_of("business_analyst", "bo")
    bo, nobody = two.house.actor("bo").id, "3栋"
    hidden = [
        save(owner, "Wang", customer="王磊", person=bo, amount_from=""),
        save(owner, "Searched", q="王磊", person=bo, amount_from=""),
        save(owner, "Floor", floor="1", person=bo, amount_from=""),
    ]
    save(owner, "Dear", person=bo)
    assert [name for name, _ in names(owner)] == ["Wang", "Searched", "Floor", "Dear"]
    strip = blind.get("/inbox/filters/counts").text
    assert "Dear" in strip
    for one, name in zip(hidden, ("Wang", "Searched", "Floor"), strict=True):
        page = blind.get(f"/inbox?filter={one}").text
        assert "it is not shared with you" in page
        assert not any(told in page + strip for told in (name, "王磊", nobody))
        assert blind.get(f"/inbox/filters/form?edit={one}").status_code == 404


def test_nobody_shares_outside_the_nodes_he_works_at(two: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    wanted = {"name": "All", "colour": "red", "role": "sales_manager", "path": "/kt/"}
    assert browser.post("/inbox/filters", wanted, page="/inbox").status_code == 403
    for wrong in ({"name": " "}, {"colour": "plaid"}, {"person": "nobody"}, {"role": "king", "path": "/kt/"}):
        answer = browser.post("/inbox/filters", {"name": "x", "colour": "red", **wrong}, page="/inbox")
        assert answer.status_code == 422, wrong
    assert names(browser) == []


def test_a_strip_of_many_filters_asks_a_fixed_number_of_questions_a_filter(two: Desk, browser_of) -> None:
    browser = browser_of("sales_manager", "mei")
    for number in range(30):
        save(browser, f"F{number}")
    assert len(names(browser)) == 30
    refused = browser.post("/inbox/filters", {"name": "31", "colour": "red"}, page="/inbox")
    assert refused.status_code == 422
    assert "You have 30 filters already" in refused.text


def test_a_filter_brings_its_columns_to_everybody_who_has_it(two: Desk, browser_of) -> None:
    mei, lei = browser_of("sales_manager", "mei"), browser_of("sales_manager", "lei")
    lei.post("/inbox/columns", {"box": "group", "column": ["customer"]}, page="/inbox")
    person = two.house.actor("lei").id
    saved = save(mei, columns="late,left,secret", person=person)
    for browser in (mei, lei):
        head = heads(browser.get(f"/inbox?filter={saved}").text)
        assert head[-3:-1] == ["Days late", "Time left"]
    assert heads(lei.get("/inbox?box=group").text)[-2:] == ["Customer", "Take it"]
    form = mei.get(f"/inbox/filters/form?edit={saved}&box=group&columns=late,left").text
    assert re.search(r'name="columns" value="late,left" checked', form)
    looked = lei.post(
        "/inbox/columns",
        {"box": "group", "column": ["unit"], "here": "1", "next": f"/inbox?filter={saved}"},
        page="/inbox",
    )
    assert heads(lei.get(looked.location).text)[-2:] == ["Unit", "Take it"]
    assert heads(lei.get("/inbox?box=group").text)[-2:] == ["Customer", "Take it"]


def heads(page: str) -> list[str]:
    """The names of the columns of a list."""
    found = re.findall(r"<th scope=\"col\".*?</th>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", head).split()) for head in found]
