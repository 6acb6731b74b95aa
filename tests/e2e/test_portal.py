"""A buyer at his page: on a phone and at a desk, in his language, from the clerk's button to what he has to do."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.progress.operations import begin_step, delay_step, end_step
from tests.e2e.axe import is_sound
from tests.e2e.office import Office
from tests.stories.changing_sales import signed
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)
# Where somebody wants to look at the pages.
SHOTS = os.environ.get("KEYTURN_TEST_SHOTS")
VERDICT = {"en": "The bank’s verdict", "zh": "银行审批结果"}


def shoot(page: Page, name: str) -> None:
    """Keep a picture, if they are wanted."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def bring_steps(office: Office, sale_id: str) -> None:
    """The loan is with the bank, late; the hand-over asks for an appointment."""
    clock = office.company.clock
    due, of = business_date(clock) + timedelta(days=9), {"sale_id": sale_id, "family": "mortgage"}
    with office.company.database.unit_of_work() as session:
        act = (session, SYSTEM, clock)
        for step in ("papers", "submitted"):
            begin_step(*act, step=step, owner_role="mortgage_clerk", key=step, due_on=due, **of)
        end_step(*act, step="papers", **of)
        delay_step(*act, step="submitted", reason="银行系统升级 · the bank’s system is renewed", **of)
        begin_step(
            *act,
            sale_id=sale_id,
            family="move_in",
            step="appointment",
            owner_role="service_agent",
            key="m",
            due_on=due,
        )


def link_in(outbox: Path) -> str:
    """The link of the text message that leaves the house."""

    def look() -> str | None:
        texts = (file.read_text("utf-8") for file in (outbox / "sms").glob("*"))
        return next((found[0] for text in texts if (found := re.search(r"/p/[\w-]{30,}", text))), None)

    return str(wait_for(look, "a link is sent", pause_seconds=0.2))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_buyer_opens_his_page_and_sees_what_comes_next(
    open_office: Callable[..., Office], tmp_path: Path, language: str
) -> None:
    office = open_office(language)
    sale_id = signed(office.company).sale().id
    bring_steps(office, sale_id)
    clerk = office.desk("wei")
    clerk.goto(f"/sales/{sale_id}")
    clerk.get_by_role("button", name=office.words("Send link to %(name)s", name="Lin")).click()
    expect(clerk.get_by_text(office.words("The link is on its way."))).to_be_visible()
    shoot(clerk, f"sale-{language}")
    office.follow(clerk, "Whole line")
    expect(clerk.locator("#mortgage")).to_contain_text("银行系统升级")
    is_sound(clerk)
    shoot(clerk, f"line-{language}")

    phone, address = office.phone(), link_in(tmp_path / "outbox")
    phone.goto(address)
    is_sound(phone)
    shoot(phone, f"door-{language}")
    if language == "en":  # Lin reads Chinese; the page is read in the language that is chosen on it.
        phone.locator("form[data-language] button").click()
    office.press(phone, "Open my page")
    expect(phone.get_by_role("heading", level=1)).to_have_text("1栋-101")
    expect(phone.locator("#family-mortgage")).to_contain_text(VERDICT[language])
    expect(phone.locator("#family-mortgage [data-state=late]")).to_contain_text("银行系统升级")
    asked = office.words("Choose a day and an hour for taking over your home.")
    expect(phone.get_by_role("link", name=asked)).to_be_visible()
    expect(phone.get_by_role("navigation")).to_have_count(0)
    is_sound(phone)
    shoot(phone, f"home-{language}")
    phone.set_viewport_size({"width": 1280, "height": 900})
    is_sound(phone)
    shoot(phone, f"desk-{language}")
    office.press(phone, "Send me no more messages")
    expect(phone.get_by_text(office.words("You will get no more messages."))).to_be_visible()
    office.press(phone, "Close")
    expect(phone.get_by_role("heading", level=1)).to_have_text(office.words("Closed"))

    other = office.phone()
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text("页面无法打开")
    is_sound(other)
    shoot(other, f"used-{language}")
    assert office.faults == []
