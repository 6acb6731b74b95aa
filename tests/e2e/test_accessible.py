"""The pages on which people decide hold to WCAG 2.2 AA: wide and narrow, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.deciding import bring
from tests.e2e.office import Office

pytestmark = pytest.mark.timeout(600)
SIZES = {"wide": (1440, 900), "phone": (375, 800)}


def look(page: Page, wrong: dict[str, list[str]], name: str) -> None:
    """Check the page as it stands now."""
    if found := violations(page):
        wrong[name] = found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_on_which_people_decide_are_accessible(
    open_office: Callable[..., Office], language: str, size: str
) -> None:
    office = open_office(language)
    tasks = bring(office, 6)
    wrong: dict[str, list[str]] = {}
    page = office.desk("manager_1")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/inbox?box=group")
    look(page, wrong, "inbox")
    if size == "wide":
        page.goto(f"/inbox?box=group&task={tasks[0]}")
        expect(page.locator("#pane [data-pane]")).to_be_visible()
        page.keyboard.press("r")
        look(page, wrong, "pane")
        page.keyboard.press("Tab")
        page.keyboard.press("?")
        look(page, wrong, "shortcuts")
        page.keyboard.press("Escape")
        page.goto("/inbox?box=group")
        page.locator("input[data-select]").first.check()
        page.get_by_role("button", name=office.words("Approve …")).click()
        look(page, wrong, "bulk")
    page.goto(f"/tasks/{tasks[1]}")
    look(page, wrong, "task")
    office.follow(page, "The case")
    expect(page.locator("[data-diagram]")).to_be_visible()
    look(page, wrong, "case")
    page.context.clear_cookies()
    page.goto("/sign-in")
    look(page, wrong, "sign-in")
    assert wrong == {}


def test_the_check_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html><body><main><input><p style='color: #ccc'>Hardly to be read</p></main></body></html>")
    rules = {line.partition(":")[0] for line in violations(page)}
    assert {"label", "color-contrast", "html-has-lang"} <= rules
