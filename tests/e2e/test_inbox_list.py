"""The list of tasks in a real browser: columns, several sort keys, a saved filter, a star, unread, place kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.deciding import bring
from tests.e2e.office import Office

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_is_arranged_saved_and_keeps_its_place(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    first, *_others = bring(office, 4)
    page = office.desk("manager_1")
    page.goto("/inbox?box=group")
    rows = page.locator("tr[data-task]")
    expect(rows).to_have_count(4)

    page.locator("[data-opens=inbox-columns]").click()
    page.locator("#inbox-columns input[value=left]").check()
    page.locator("#inbox-columns li", has=page.locator("input[value=left]")).locator("[data-move='-1']").click()
    page.locator("#inbox-columns .btn-primary").click()
    expect(page.locator("thead")).to_contain_text(office.words("Time left"))

    page.locator("a.kt-sort", has_text=office.words("Amount")).click()
    page.locator("a.kt-sort", has_text=office.words("Unit")).click(modifiers=["Shift"])
    page.wait_for_url("**sort=amount*unit*")
    expect(page.locator(".kt-sort-place")).to_have_text(["2", "1"])

    page.goto("/inbox?box=group&amount_from=1")
    page.locator("[data-opens=inbox-save]").click()
    page.locator("#filter-name").fill("Dear")
    page.locator("#inbox-save-form .btn-primary").click()
    expect(page.locator("#saved-filters .kt-count")).to_have_text("4")

    star = page.locator(f"#star-{first}")
    star.click()
    expect(page.locator(f"#star-{first}")).to_have_attribute("aria-pressed", "true")
    tick = page.locator(f"#tick-{first}")
    tick.check()
    page.evaluate("document.dispatchEvent(new Event('inbox-changed'))")
    expect(tick).to_be_checked()

    page.goto(f"/tasks/{first}")
    expect(page.locator("#looking")).to_have_attribute("hx-trigger", "every 20s")
    page.goto("/inbox?box=followed")
    expect(rows).to_have_count(1)
    expect(page.locator("tr[data-unread]")).to_have_count(0)
