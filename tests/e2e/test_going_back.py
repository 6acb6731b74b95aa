"""Approvals that do not go straight on: returned, taken back, handed over, prepared, copied, urged, printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.e2e.picking import pick
from tests.e2e.test_signing_together import open_act
from tests.stories.company import Case

pytestmark = pytest.mark.timeout(400)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def asked(office: Office, *decided: str) -> Case:
    """Four per cent off was asked for; so many of the four approvers have agreed."""
    case = office.company.start(entry="walk_in")
    case.enter_terms(off=400)
    for name in decided:
        case.decide(name)
    return case


def send(page: Page) -> None:
    """Press what does the act of the open dialog."""
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def at(case: Case) -> str:
    """Which role decides now."""
    return case.task("decide").candidates[0].partition("@")[0]


def send_back(page: Page, case: Case, way: str) -> None:
    """Return the decision to who decided first."""
    page.goto(f"/tasks/{case.task('decide').id}")
    open_act(page, "return_to")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=return_step]").last.check()
    dialog.locator(f"[name=return_way][value={way}]").check()
    dialog.locator("[name=return_reason]").fill("4%?")
    send(page)


@LANGUAGES
def test_a_decision_goes_back_to_a_chosen_step_by_either_way(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    case = asked(office, "manager_1", "gm_1")
    marketing, manager = office.desk("marketing_1"), office.desk("manager_1")
    send_back(marketing, case, "straight")
    assert at(case) == "sales_manager"
    manager.goto("/inbox")
    manager.locator("tr[data-task] th a").first.click()
    expect(manager.locator("#pane .kt-notice", has_text="4%?")).to_be_visible()
    case.decide("manager_1")
    assert at(case) == "city_marketing"
    send_back(marketing, case, "again")
    case.decide("manager_1")
    assert at(case) == "project_gm"
    marketing.goto(f"/cases/{case.id}")
    expect(marketing.locator("#history")).to_contain_text("4%?")
    sheet = marketing.request.get(f"/cases/{case.id}/approval-sheet.pdf")
    assert sheet.status == 200 and sheet.body().startswith(b"%PDF")
    assert office.faults == []


@LANGUAGES
def test_the_applicant_takes_it_back_alone_and_then_with_consent(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    case = asked(office)
    wei, gm = office.desk("wei"), office.desk("gm_1")
    wei.goto("/inbox/applications")
    expect(wei.locator("tr[data-row]")).to_have_count(1)
    assert violations(wei) == []
    wei.locator("tr[data-row] a", has_text=office.words("Withdraw it")).click()
    wei.locator("dialog[open] [name=reason]").fill("B-1201")
    assert violations(wei) == []
    send(wei)
    assert case.waiting_at == ["enter_terms"]
    case.enter_terms(off=400)
    case.decide("manager_1")
    wei.goto(f"/cases/{case.id}?withdraw=1")
    wei.locator("dialog[open] [name=reason]").fill("B-1202")
    send(wei)
    expect(wei.get_by_text(office.words("It waits for an answer.")).first).to_be_visible()
    gm.goto("/inbox?box=group")
    gm.set_viewport_size({"width": 375, "height": 800})
    expect(gm.get_by_text(office.words("asked back: answer"))).to_be_visible()
    gm.set_viewport_size({"width": 1440, "height": 900})
    gm.goto(f"/tasks/{case.task('decide').id}")
    expect(gm.locator(".kt-notice", has_text="B-1202")).to_be_visible()
    gm.locator(".kt-notice [data-opens=act-answer_withdrawal]").click()
    gm.locator("dialog[open] [name=answer_grant][value=yes]").check()
    send(gm)
    assert case.waiting_at == ["enter_terms"]
    assert office.faults == []


@LANGUAGES
def test_it_is_prepared_added_to_handed_over_copied_and_urged(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    case = asked(office)
    task = f"/tasks/{case.task('decide').id}"
    manager, other, legal = office.desk("manager_1"), office.desk("manager_2"), office.desk("legal_1")

    manager.goto(task)
    open_act(manager, "delegate")
    pick(manager, "dialog[open] [id='f-delegate_to']", "Manager_2")
    send(manager)
    other.goto(task)
    other.locator("[name=decision][value=approved]").check()
    office.press(other, "Give it back prepared")
    manager.goto(task)
    expect(manager.locator("[name=decision][value=approved]")).to_be_checked()

    open_act(manager, "send_copy")
    pick(manager, "dialog[open] [id='f-copy-1-person']", "Legal_1")
    send(manager)
    legal.goto("/inbox/copies")
    legal.locator("tr[data-row] a").first.click()
    manager.goto(f"/cases/{case.id}")
    expect(manager.get_by_text(office.words("Copies")).first).to_be_visible()
    expect(manager.get_by_text(office.words("not read yet"))).to_have_count(0)

    manager.goto(task)
    open_act(manager, "add_signers")
    pick(manager, "dialog[open] #f-signers-0-person", "Legal_1")
    send(manager)
    legal.goto("/inbox")
    legal.locator("tr[data-task] th a").first.click()
    legal.locator("#pane [name=decision][value=approved]").check()
    legal.locator("#pane").get_by_role("button", name=office.words("Complete"), exact=True).click()
    expect(legal.get_by_text(office.words("The task is completed."), exact=True).first).to_be_visible()

    manager.goto(task)
    open_act(manager, "hand_over")
    pick(manager, "dialog[open] [id='f-hand_over_to']", "Manager_2")
    send(manager)
    assert case.task("decide").assignee == office.company.people["manager_2"]

    wei = office.desk("wei")
    for _ in range(3):
        wei.goto("/inbox/applications")
        wei.locator("tr[data-row] form button").first.click()
        expect(wei.locator(".toast, .kt-toast, .alert, .kt-flash").first).to_be_visible()
        office.company.clock.advance(timedelta(hours=5))
    told = [event.code for event in history(office, case) if event.code.startswith("task_urged")]
    assert told == ["task_urged", "task_urged", "task_urged_above"]
    assert office.faults == []


def history(office: Office, case: Case) -> list[Any]:
    """What happened in the case."""
    actor = office.company.actor("wei")
    return office.company.read(lambda s: office.company.engine(s, actor).history(case.id))
