"""Price lists in the browser: upload, mapping, preview, confirm; and the second person's approval."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from engine.api import InstanceFilter
from kernel.actor import SYSTEM
from ledger.documents.models import Document
from ledger.inventory.models import PriceVersion, Unit
from tests.webapp.house import PRICE_CHANGE, Browser, House
from tests.webapp.selling import HOMES, Floor, price_list, row
from webapp.engine_room import engine_for

PAGE = "/units/price-lists"


@pytest.fixture
def _prices_are_decided(house: House) -> None:
    house.deploy(*PRICE_CHANGE)


def send(browser: Browser, content: bytes, name: str, project_id: str):
    form = {"file": (io.BytesIO(content), name), "project": project_id}
    return browser.post(PAGE, form, page=PAGE, content_type="multipart/form-data")


def units(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Unit)) or 0


def versions(house: House) -> list[tuple[int, str]]:
    with house.database.reading() as session:
        rows = session.execute(select(PriceVersion.no, PriceVersion.state).order_by(PriceVersion.no))
        return [(no, state) for no, state in rows]


def test_a_list_is_shown_before_it_changes_anything(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    content = price_list(*HOMES, row("901", 9).replace("2000000", "=A1"))
    preview = send(browser, content, "list.csv", house.project.id).location
    page = browser.get(preview).text
    assert units(house) == 0
    assert "Rows that do not go in" in page
    assert re.search(r"list.*?8.*?901.*?holds a formula", page, re.DOTALL)
    answer = browser.post(preview, {}, page=preview)
    assert units(house) == 6
    report = browser.get(answer.location).text
    assert "holds a formula" in report
    assert versions(house) == [(1, "submitted")]


def test_a_column_can_be_chosen_where_the_guess_fails(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    content = price_list(*HOMES).replace("总价".encode(), "金额甲".encode())
    preview = send(browser, content, "list.csv", house.project.id).location
    page = browser.get(preview).text
    assert "The list cannot go in like this" in page
    assert "Bring in the good rows" not in page
    chosen = browser.get(f"{preview}?column-list_price=金额甲").text
    assert "Bring in the good rows" in chosen
    browser.post(preview, {"column-list_price": "金额甲"}, page=preview)
    assert units(house) == 6


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"not a workbook", "list.xlsx", "is not a .xlsx file"),
        (b"", "list.csv", "is an empty file"),
        (b"%PDF-1.7 ...", "list.csv", "is not a .csv file"),
        ("一,二\n三,四".encode("utf-16"), "list.csv", "list.csv"),
        (b"a,b\n1,2", "list.csv", "no row with headings"),
        (b"x", "list.exe", "cannot be read"),
    ],
)
def test_a_file_that_is_no_price_list_changes_nothing(
    house: House, browser_of: Callable[..., Browser], content: bytes, name: str, says: str
) -> None:
    answer = send(browser_of("sales_manager"), content, name, house.project.id)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    with house.database.reading() as session:
        assert session.scalars(select(Document)).all() == []


def test_the_same_list_again_changes_nothing(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    preview = send(browser, price_list(*HOMES), "homes.csv", homes.house.project.id).location
    answer = browser.post(preview, {}, page=preview, follow_redirects=True)
    assert "0 new, 0 updated, 6 unchanged, 1 of them not for sale; 0 rows refused." in answer.text
    assert versions(homes.house) == [(1, "in_force")]


def test_a_permit_needs_its_day_and_a_right(house: House, browser_of: Callable[..., Browser]) -> None:
    manager = browser_of("sales_manager")
    preview = send(manager, price_list(*HOMES), "homes.csv", house.project.id).location
    permit = {"permit_no": "2026-1", "permit_on": "2026-01-05"}
    assert 'name="permit_no"' not in manager.get(preview).text
    assert manager.post(preview, permit, page=preview).status_code == 404
    browser = browser_of("administrator")
    preview = send(browser, price_list(*HOMES), "homes.csv", house.project.id).location
    answer = browser.post(preview, {"permit_no": "2026-1"}, page=preview)
    assert answer.status_code == 422
    assert "Give the day on which the permit was granted." in answer.text
    assert units(house) == 0
    browser.post(preview, permit, page=preview)
    assert units(house) == 6


def proposed(proposer: Browser, homes: Floor, **typed: str) -> str:
    """The page of a version that a price list proposed."""
    preview = send(proposer, price_list(row("1201", 12, price=21_000)), "up.csv", homes.house.project.id).location
    proposer.post(preview, typed, page=preview)
    listed = proposer.get("/units/prices").text
    assert "Waits for approval" in listed
    version = re.search(r"/units/prices/([0-9a-f-]+)", listed)
    assert version is not None
    return f"/units/prices/{version[1]}"


def test_prices_that_came_before_their_process_are_asked_for_once_it_is_there(
    homes: Floor, browser_of: Callable[..., Browser]
) -> None:
    proposer = browser_of("sales_manager")
    page = proposed(proposer, homes)
    homes.house.deploy(*PRICE_CHANGE)
    assert "Ask for approval" in proposer.get(page).text
    for _ in range(2):
        proposer.post(f"{page}/ask", page=page)
    wanted = InstanceFilter(definition_keys=("price_change",))
    with homes.house.database.reading() as session:
        engine = engine_for(session, SYSTEM, homes.house.database.clock)
        assert [case.business_key for case in engine.find_instances(wanted).rows] == ["YUNXI-JG-2"]
    assert "Ask for approval" not in proposer.get(page).text


@pytest.mark.usefixtures("_prices_are_decided")
def test_new_prices_wait_and_show_what_they_change(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    approver = browser_of("project_gm")
    page = proposed(browser_of("sales_manager"), homes, effective_at="2100-01-01T09:00")
    shown = approver.get(page).text
    assert "¥2,100,000.00" in shown and "2100" in shown
    assert "/cases/" in shown
    assert versions(homes.house)[-1] == (2, "submitted")


def test_prices_do_not_hold_from_a_time_that_is_over(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    preview = send(browser, price_list(row("1201", 12, price=21_000)), "up.csv", homes.house.project.id).location
    answer = browser.post(preview, {"effective_at": "2001-01-01T09:00"}, page=preview)
    assert answer.status_code == 422
    assert "Choose a time to come" in answer.text
    assert versions(homes.house) == [(1, "in_force")]


def test_a_version_is_taken_back_with_a_reason(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    proposer = browser_of("sales_manager")
    page = proposed(proposer, homes)
    assert proposer.post(f"{page}/withdraw", {"reason": ""}, page=page).status_code == 422
    proposer.post(f"{page}/withdraw", {"reason": "涨幅过大"}, page=page)
    assert versions(homes.house)[-1] == (2, "rejected")
    assert "涨幅过大" in proposer.get(page).text


def test_prices_are_released_at_once_by_an_administrator_alone(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    manager = browser_of("sales_manager")
    preview = send(manager, price_list(*HOMES), "homes.csv", house.project.id).location
    assert "Put the prices in force at once" not in manager.get(preview).text
    assert manager.post(preview, {"release": "1"}, page=preview).status_code == 403
    administrator = browser_of("administrator")
    preview = send(administrator, price_list(*HOMES), "homes.csv", house.project.id).location
    administrator.post(preview, {"release": "1"}, page=preview)
    assert versions(house) == [(1, "in_force")]


def test_who_may_not_import_finds_nothing(homes: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    assert "No project yet" in browser.get(PAGE).text
    answer = send(browser, price_list(*HOMES), "homes.csv", homes.house.project.id)
    assert answer.status_code == 404
