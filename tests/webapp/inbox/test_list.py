"""The list of tasks: whose they are, what they say, how they are found, taken and given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import House
from tests.webapp.inbox.conftest import Desk
from webapp.engine_room import engine_for


def test_a_groups_task_stands_in_the_list_with_its_business_facts(desk: Desk, browser_of) -> None:
    desk.begin()
    page = browser_of("sales_manager").get("/inbox?box=group").text
    for fact in ("Decide · Discount", "3栋 1201", "王磊", "4% off", "below floor", "1.23M", "In 2 days"):
        assert fact in page


def test_a_list_speaks_chinese(desk: Desk, browser_of) -> None:
    desk.begin()
    browser = browser_of("sales_manager")
    browser.post("/language", {"language": "zh"}, page="/inbox")
    page = browser.get("/inbox?box=group").text
    for fact in ("审批 · 折扣", "认购到签约", "9.6折", "低于底价", "¥122.9万"):
        assert fact in page


def test_who_may_not_see_the_floor_price_is_not_told_that_it_is_undercut(desk: Desk, browser_of) -> None:
    begun = desk.begin(below_floor=True)
    manager = browser_of("sales_manager", "mei")
    desk.complete(desk.task(begun), desk.house.actor("mei"), decision="approved", remark=None)
    assert "1.23M" not in browser_of("filing_clerk").get("/inbox?box=group").text
    assert manager.get("/inbox?box=done").status_code == 200


def test_people_of_another_project_see_nothing(desk: Desk, browser_of) -> None:
    desk.begin()
    with desk.house.database.unit_of_work() as session:
        add_node(
            session, SYSTEM, desk.house.database.clock, parent="/kt/", kind="company", code="west", name="West"
        )
    page = browser_of("sales_manager", path="/kt/west/").get("/inbox?box=group").text
    assert "Decide" not in page
    assert "All done" in page


def test_lists_are_searched_filtered_and_sorted(desk: Desk, browser_of) -> None:
    desk.begin("RG-1", unit="1栋 101", amount_fen=3_000_000_00)
    desk.begin("RG-2", unit="1栋 102", amount_fen=1_000_000_00)
    browser = browser_of("sales_manager")
    assert "1栋 101" not in browser.get("/inbox?box=group&q=102").text
    assert "1栋 102" in browser.get("/inbox?box=group&q=102").text
    assert "Nothing fits these filters" in browser.get("/inbox?box=group&process=approval").text
    by_amount = browser.get("/inbox?box=group&sort=amount").text
    assert by_amount.index("1栋 102") < by_amount.index("1栋 101")
    downwards = browser.get("/inbox?box=group&sort=-amount").text
    assert downwards.index("1栋 101") < downwards.index("1栋 102")
    assert "Nothing fits these filters" in browser.get("/inbox?box=group&due=late").text
    assert "1栋 101" in browser.get("/inbox?box=group&due=soon").text
    desk.house.database.clock.advance(timedelta(days=3))
    assert "1 day late" in browser.get("/inbox?box=group&due=late").text
    assert "Nothing fits these filters" in browser.get("/inbox?box=group&due=soon").text


@pytest.mark.parametrize(
    ("times", "since"), [('due="P10D" warn="P6D"', 4), ('due="P2D" warn="PT12H"', 1.5), ('due="P10D"', 7)]
)
def test_soon_is_from_the_warning_of_the_diagram_on_else_three_days_before(
    house: House, browser_of, times: str, since: float
) -> None:
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, clock)
        task = f'<keyturn:task form="approval/decide" candidateGroups="sales_manager" {times}/>'
        diagram = process(
            '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
            extended("userTask", 'id="look" name="Look at it"', task),
            flow("f1", "begin", "look"),
            flow("f2", "look", "done"),
            key="looking",
        )
        engine.deploy({"looking.bpmn": diagram})
        engine.start("looking", {}, scope=house.project.path)
    browser = browser_of("sales_manager")
    clock.advance(timedelta(days=since) - timedelta(hours=10))
    assert "Look at it" not in browser.get("/inbox?box=group&due=soon").text
    clock.advance(timedelta(hours=10))
    assert "Look at it" in browser.get("/inbox?box=group&due=soon").text


def test_strange_arguments_show_the_usual_list(desk: Desk, browser_of) -> None:
    desk.begin()
    browser = browser_of("sales_manager")
    for address in ("/inbox?box=x&sort=y&page=-4&due=z", "/inbox?page=99999999999", "/inbox?q=%25_%27"):
        assert browser.get(address).status_code == 200


def test_taking_a_task_moves_it_to_ones_own(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser = browser_of("sales_manager")
    assert browser.post(f"/tasks/{task_id}/claim", page="/inbox").location == f"/tasks/{task_id}"
    assert "3栋 1201" in browser.get("/inbox").text
    assert "3栋 1201" not in browser.get("/inbox?box=group").text
    browser.post(f"/tasks/{task_id}/unclaim", page="/inbox")
    assert "3栋 1201" in browser.get("/inbox?box=group").text


def test_who_comes_second_is_told_who_was_first(desk: Desk, browser_of) -> None:
    task_id = desk.task(desk.begin())
    browser_of("sales_manager", "mei")
    desk.claim(task_id, desk.house.actor("mei"))
    answer = browser_of("sales_manager", "lei").post(f"/tasks/{task_id}/claim", page="/inbox")
    assert answer.status_code == 409
    assert "Mei has taken this task" in answer.text


def test_the_part_that_keeps_itself_fresh_is_not_sent_again_unchanged(desk: Desk, browser_of) -> None:
    desk.begin()
    client = browser_of("sales_manager").client
    headers = {"HX-Request": "true", "KT-Refresh": "true", "Accept-Language": "en"}
    part = client.get("/inbox?box=group", headers=headers)
    assert "<html" not in part.text
    assert "3栋 1201" in part.text
    again = client.get("/inbox?box=group", headers={**headers, "If-None-Match": part.headers["ETag"]})
    assert again.status_code == 304
    desk.begin("RG-2", unit="9栋 901")
    changed = client.get("/inbox?box=group", headers={**headers, "If-None-Match": part.headers["ETag"]})
    assert "9栋 901" in changed.text


def count_statements(house: House, visit) -> int:
    """How many statements a visit sends."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    assert visit().status_code == 200
    event.remove(house.database.engine, "before_cursor_execute", note)
    return len(sent)


def test_the_list_asks_no_more_questions_when_it_is_longer(desk: Desk, browser_of, house: House) -> None:
    desk.begin("RG-0")
    browser = browser_of("sales_manager")
    browser.get("/inbox?box=group")
    short = count_statements(house, lambda: browser.get("/inbox?box=group"))
    for number in range(1, 12):
        desk.begin(f"RG-{number}")
    assert count_statements(house, lambda: browser.get("/inbox?box=group")) == short
