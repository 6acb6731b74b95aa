"""The sales board: who sees what, and that it stays live."""

from __future__ import annotations

import re
from collections.abc import Callable

from kernel.actor import SYSTEM
from ledger.inventory.importing import import_units
from ledger.inventory.price_list import read_price_list
from ledger.organisation.operations import add_node
from tests.webapp.house import Browser, House
from tests.webapp.selling import Floor, price_list, row


def states(page: str) -> dict[str, str]:
    """The state of each unit on the page, by number."""
    cells = re.findall(
        r'<a class="kt-unit[^"]*" id="[^"]+"[^>]*?data-state="(\w+)".*?<b>(\w+)</b>', page, re.DOTALL
    )
    return {number: state for state, number in cells}


def test_the_board_shows_every_home_with_its_state(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    page = browser_of("sales_consultant").get("/units/").text
    assert states(page) == {
        "1201": "available", "1202": "available", "1101": "available", "1102": "withheld", "1001": "available",
        "1002": "available",
    }  # fmt: skip
    assert "5 of 6 free" in page
    assert "样板房不售" in page


def test_the_board_speaks_chinese(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    browser.post("/language", {"language": "zh"}, page="/units/")
    page = browser.get("/units/").text
    assert "销控" in page
    assert "可售 5／共 6 套" in page


def test_a_filter_dims_what_it_leaves_out(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    page = browser_of("sales_consultant").get("/units/?price_from=190").text
    assert page.count("opacity-25") == 3
    assert "3 found" in page


def test_an_empty_project_says_what_to_do(house: House, browser_of: Callable[..., Browser]) -> None:
    page = browser_of("sales_manager").get("/units/").text
    assert "No units yet" in page
    assert "/units/price-lists" in page


def test_somebody_without_a_project_is_told_so(
    homes: Floor, house: House, browser_of: Callable[..., Browser]
) -> None:
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/east/", kind="city", code="far", name="Far")
    browser = browser_of("sales_manager", path="/kt/east/far/")
    assert "No project yet" in browser.get("/units/").text
    assert browser.get(f"/units/{homes.unit_id('1201')}").status_code == 404


def test_an_unknown_project_looks_like_none(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    assert browser_of("sales_consultant").get("/units/?project=nowhere").status_code == 404


def test_a_unit_taken_elsewhere_reaches_an_open_board(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    since = re.search(r"since=([^&\"]+)", browser.get("/units/").text)
    assert since is not None
    seller = floor.house.hire("seller", "sales_consultant")
    assert browser.get(f"/units/changes?since={since[1]}").status_code == 200  # The import is a moment old.
    floor.sell("1201", floor.customer("王磊", "13800138000", seller), seller)
    answer = browser.get(f"/units/changes?since={since[1]}").text
    assert states(answer)["1201"] == "subscribed"
    assert "Seller" in answer
    assert 'hx-swap-oob="true"' in answer


def test_nothing_is_sent_while_nothing_changes(
    homes: Floor, house: House, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_manager")
    assert browser.get("/units/changes?since=2027-01-01T00:00:00Z").status_code == 204
    assert browser.get("/units/changes?since=nonsense").status_code == 200


def test_the_board_asks_no_more_questions_when_it_is_larger(
    homes: Floor, house: House, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    browser = browser_of("sales_manager")
    few = counted(lambda: browser.get("/units/"))
    more = [row(f"{floor}0{n}", floor, building="5栋") for floor in range(1, 20) for n in range(1, 5)]
    with house.database.unit_of_work() as session:
        import_units(
            session,
            SYSTEM,
            house.database.clock,
            project_id=house.project.id,
            price_list=read_price_list(price_list(*more), "more.csv"),
            release=True,
        )
    assert counted(lambda: browser.get("/units/")) == few
