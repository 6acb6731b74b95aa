"""Long names, long reasons and large amounts: what decides and what acts stay in sight, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from kernel.actor import SYSTEM
from tests.e2e.deciding import KEY, bring
from tests.e2e.office import Office
from tests.stories.company import PROJECT
from tests.webapp.inbox.conftest import CASE

pytestmark = pytest.mark.timeout(300)
LONG = {
    "project": "云栖国际滨江生态城三期暨配套商业综合体项目",
    "unit": "云栖国际滨江生态城三期 17栋东侧塔楼 2单元 1001",
    "customer": "欧阳司徒慕容上官诸葛皇甫尉迟公孙澹台宗政濮阳淳于单于太叔申",
    "list_price_fen": 123_456_789_000_00,
    "amount_fen": 98_765_432_100_99,
    "floor_price_fen": 12_345_678_900_00,
}


def bring_a_long_one(office: Office) -> None:
    """A discount whose every text is long and whose amounts are large waits for a decision."""
    bring(office, 0)
    company = office.company
    with company.database.unit_of_work() as session:
        company.engine(session, SYSTEM).start(KEY, CASE | LONG, business_key="RG-1", scope=PROJECT)


def is_in_sight(page: Page, part: Locator) -> bool:
    """Whether a part lies between the left and the right edge of the screen."""
    box, screen = part.bounding_box(), page.viewport_size
    return box is not None and screen is not None and box["x"] >= 0 and box["x"] + box["width"] <= screen["width"]


def overlapping(page: Page) -> int:
    """How many figures are narrower than the number in them."""
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    return int(page.locator(".kt-figure").evaluate_all(cut))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_decides_and_what_acts_stay_in_sight(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    bring_a_long_one(office)
    page = office.desk("manager_1")
    page.goto("/inbox?box=group")
    assert is_in_sight(page, page.locator("[data-task] [data-key=c]"))
    assert is_in_sight(page, page.locator("[data-task] .kt-money").first)
    page.locator("[data-task] [data-open]").click()
    expect(page.locator("#pane .kt-figure").first).to_be_visible()
    assert overlapping(page) == 0
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/inbox?box=done")
    assert is_in_sight(page, page.locator(".kt-tabs [aria-current]"))
    page.goto("/inbox?box=group")
    assert is_in_sight(page, page.locator("[data-task] [data-key=c]"))
    page.locator("[data-task] [data-open]").click()
    page.locator(".kt-head-actions summary").last.click()
    assert is_in_sight(page, page.locator(".kt-head-actions details[open] .kt-menu-list"))
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert office.faults == []
