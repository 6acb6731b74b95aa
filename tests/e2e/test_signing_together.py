"""Approvers are added and asked to sign together from a task's menu, by keyboard, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.api import TaskFilter
from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.e2e.picking import pick

pytestmark = pytest.mark.timeout(300)


def open_act(page: Page, key: str) -> None:
    """Open the dialog of an act from the menu by keyboard."""
    page.locator("details.kt-menu:has(.kt-menu-item[data-opens^='act-']) > summary").focus()
    page.keyboard.press("Enter")
    page.locator(f"[data-opens='act-{key}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#act-{key}")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_are_asked_from_the_menu(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    case = office.company.start(entry="walk_in")
    case.enter_terms(off=100)
    address = f"/tasks/{case.task('decide').id}"
    page = office.desk("manager_1")
    page.goto(address)
    open_act(page, "add_signers")
    pick(page, "dialog[open] #f-signers-0-person", "Marketing", keys=True)
    assert violations(page) == []
    page.set_viewport_size({"width": 375, "height": 800})
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator(".kt-notice").first).to_contain_text(office.words("Others decide first"))
    page.set_viewport_size({"width": 1440, "height": 900})
    assert violations(page) == []
    other = office.desk("marketing_1")
    gm = office.company.actor("marketing_1")
    mine = office.company.read(lambda s: office.company.engine(s, gm).find_tasks(TaskFilter(box="mine")).rows)
    other.goto(f"/tasks/{mine[0].id}")
    assert violations(other) == []
    other.goto("/inbox")
    case.company.act(
        "marketing_1", lambda s, a: case.company.engine(s, a).complete(mine[0].id, {"decision": "approved"})
    )
    page.goto(address)
    open_act(page, "vote")
    pick(page, "dialog[open] #f-voters-0-person", "Legal", keys=True)
    page.locator("dialog[open] [name=vote_rule][value=count]").check()
    assert violations(page) == []
    page.set_viewport_size({"width": 375, "height": 800})
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("dialog[open] .kt-notice")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    open_act(page, "hand_over")
    assert office.faults == []
