"""The board of managers in a real browser: what a number hides, and three tasks given to somebody else at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.deciding import bring
from tests.e2e.office import Office
from tests.e2e.picking import answers, pick

pytestmark = pytest.mark.timeout(300)
WIDTHS = {"en": 1440, "zh": 375}  # At a desk, and on a phone.


def line_of(page: Page, name: str) -> list[str]:
    """The numbers in somebody's line of the board."""
    return (
        page.locator("tr", has=page.get_by_role("link", name=name, exact=True)).locator("td a").all_inner_texts()
    )


def nobody_is_chosen_while_the_answer_is_under_way(page: Page) -> None:
    """What fitted other words is still shown then; Enter and a click choose nothing of it."""
    page.locator("[data-pick-source]").click()
    expect(answers(page).nth(1)).to_be_visible()
    page.route("**/people*", lambda _request: None)
    page.locator("[data-pick-source]").press_sequentially("m")
    page.keyboard.press("Enter")
    page.locator("[data-pick]").first.click()
    expect(page.locator("[data-pick-value]")).to_have_value("")
    page.unroute("**/people*")
    page.locator("[data-pick-source]").clear()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_sees_what_is_late_and_gives_three_tasks_to_somebody_else(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    company = office.company
    for task_id in bring(office, 6)[:4]:
        company.act("manager_1", lambda s, actor, one=task_id: company.engine(s, actor).claim(one))
    company.clock.advance(timedelta(days=3))  # They were due after two.

    page = office.desk("gm_1")
    page.set_viewport_size({"width": WIDTHS[language], "height": 800})
    page.goto("/workload/")
    expect(page.locator(".kt-figure dd a")).to_have_text(["6", "2", "6"])  # Open, nobody's, late.
    assert line_of(page, "Manager_1") == ["4", "4"]

    page.locator("tr", has_text="Manager_1").get_by_role("link", name="4", exact=True).last.click()
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(4)
    for number in range(3):
        rows.nth(number).locator("[data-select]").check()
    page.locator(".kt-bulk button[type=submit]").click()
    nobody_is_chosen_while_the_answer_is_under_way(page)
    pick(page, "[data-pick-source]", "Manager_2")
    page.locator("[name=reason]").fill("leave")
    office.press(page, "Re-assign")
    expect(rows).to_have_count(1)

    page.goto("/workload/")
    assert line_of(page, "Manager_1") == ["1", "1"]
    assert line_of(page, "Manager_2") == ["3", "3"]
    for name, left in (("manager_1", 1), ("manager_2", 3)):
        own = office.desk(name)
        own.goto("/inbox?box=mine")
        expect(own.locator("tr[data-task]")).to_have_count(left)
    assert office.faults == []
