"""A buyer's name is changed at the consultant's desk, reviewed at the keyboard by a second person, then in effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.stories.changing import make_buyer, name_of

pytestmark = pytest.mark.timeout(300)
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1440, "height": 900}


def propose_name(office: Office, page: Page, customer_id: str, name: str, why: str) -> None:
    """Change the name on the record's page; it leads to the change, which waits."""
    page.goto(f"/customers/{customer_id}/edit")
    expect(page.locator(".kt-notice")).to_contain_text(office.words("Key data are reviewed"))
    page.locator("#record [name=name]").fill(name)
    page.locator("#record [name=reason]").fill(why)
    office.press(page, "Save")
    page.wait_for_url("**/reviews/*")


def is_sound(page: Page) -> None:
    """The page breaks no rule of accessibility and fits a phone."""
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESK)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_change_takes_effect_when_a_second_person_accepts_it(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    lin = make_buyer(office.company)
    page = office.desk("wei")
    propose_name(office, page, lin, "Lin Wan", "New ID card")
    expect(page.locator(".kt-notice").first).to_contain_text(office.words("A second person reviews this change"))
    is_sound(page)
    page.goto(f"/customers/{lin}")
    expect(page.locator(".kt-notice")).to_contain_text(office.words("A change awaits review"))
    assert name_of(office.company, lin) == "Lin"

    boss = office.desk("manager_1")
    boss.goto("/inbox?box=group")
    expect(boss.locator("tr[data-task]")).to_have_count(1)
    boss.keyboard.press("j")
    boss.keyboard.press("Enter")
    pane = boss.locator("#pane")
    expect(pane).to_contain_text("Lin Wan")
    expect(pane).to_contain_text("New ID card")
    assert violations(boss) == []
    boss.keyboard.press("a")
    expect(boss.locator("#pane [data-sends]")).to_be_focused()
    boss.keyboard.press("Enter")
    expect(pane).to_contain_text(office.words("The task is completed."))
    assert name_of(office.company, lin) == "Lin Wan"

    page.goto("/reviews/?state=accepted")
    expect(page.locator("tr[data-row]")).to_contain_text("Manager_1")
    is_sound(page)
    page.goto("/reviews/")
    expect(page.locator(".kt-empty")).to_contain_text(office.words("No change awaits review"))
    is_sound(page)
    assert office.faults == []


def test_who_proposed_it_finds_no_way_to_review_it(open_office: Callable[..., Office]) -> None:
    office = open_office("en")
    lin = make_buyer(office.company)
    page = office.desk("manager_1")
    propose_name(office, page, lin, "Lin Wan", "New ID card")
    expect(page.get_by_role("link", name="Review it")).to_have_count(0)
    page.goto("/inbox?box=group")
    expect(page.locator("tr[data-task]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane .kt-notice")).to_contain_text("Somebody else must decide here")
    expect(page.locator("#pane [name=decision]").first).to_be_disabled()
    expect(page.locator("#pane [data-sends]")).to_have_count(0)
    page.goto("/reviews/")
    page.locator("tr[data-row] a").first.click()
    office.press(page, "Withdraw it")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw it").click()
    expect(page.locator("h1")).to_contain_text("Taken back")
    assert name_of(office.company, lin) == "Lin"
    assert office.faults == []
