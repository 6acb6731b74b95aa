"""From a sale's page: another home, asked for at the desk, and the end of the sale, asked for on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ledger.changes.models import ChangeOrder
from ledger.documents.models import Document
from ledger.sales.models import Sale
from tests.e2e import acts
from tests.e2e.axe import is_sound
from tests.e2e.office import Office
from tests.e2e.picking import pick
from tests.e2e.test_portal import shoot
from tests.stories.changing_sales import approve, subscribed
from tests.stories.company import DEPOSIT, Case
from tests.stories.test_moving_rooms import HIGHER, by_sale, reprice
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)


def ask(office: Office, page: Page, sale_id: str, kind: str) -> None:
    """Open the form of a kind of change from the sale's page."""
    page.goto(f"/sales/{sale_id}")
    page.locator("summary, button").filter(has_text=office.words("Ask for a change")).first.click()
    page.get_by_role("link", name=office.words(kind), exact=True).first.click()
    page.wait_for_url("**/changes/new/*")


def send(office: Office, page: Page) -> Case:
    """Look at the effect, then ask for it; returns the case."""
    office.press(page, "Show the effect")
    expect(page.locator("#effect")).to_be_visible()
    is_sound(page)
    shoot(page, f"{office.language}-{page.url.split('/')[-1].split('?')[0]}-effect")
    office.press(page, "Ask for it")
    page.wait_for_url(lambda url: "/changes/" in url and "/new/" not in url)
    order_id = page.url.rstrip("/").split("/")[-1].split("?")[0]
    order = office.company.read(lambda s: s.get_one(ChangeOrder, order_id))
    return Case(office.company, order.instance_id or "")


def paper_is_there(office: Office) -> None:
    """The subscription's paper is set and stored after the commit, by the job thread."""
    found = select(Document.id).limit(1)
    wait_for(lambda: office.company.read(lambda s: s.scalar(found)), "the paper is made", pause_seconds=0.2)


def execute(office: Office) -> None:
    """The cashier takes the task from the group’s box and carries the change out."""
    page = office.desk("cashier")
    acts.take_task(office, page)
    page.locator("[name=papers_checked]").check()
    shoot(page, f"{office.language}-execute")
    acts.complete(office, page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_buyer_changes_rooms_and_then_gives_up(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    company = office.company
    old = subscribed(company)
    reprice(company, 1, HIGHER)
    paper_is_there(office)
    desk = office.desk("wei")
    ask(office, desk, old.sale().id, "Another home")
    pick(desk, "[id='f-unit_id']", "201")
    desk.locator("[name=reason]").fill("楼层更高")
    case = send(office, desk)
    approve(case, "manager_1", "gm_1")
    execute(office)
    assert (old.sale().close_kind, company.unit(1).status) == ("room_change", "subscribed")
    desk.goto(f"/sales/{old.sale().id}")
    void = office.words("Declared void")
    expect(desk.locator("[data-document]").first).to_contain_text(void, ignore_case=True)
    expect(desk.get_by_text(office.words("Went over to"))).to_be_visible()
    shoot(desk, f"{language}-left")
    is_sound(desk)
    fresh = company.read(lambda s: s.scalars(select(Sale).where(Sale.state == "live")).one())
    assert by_sale(company) == {fresh.id: DEPOSIT}

    phone = office.phone("wei")
    ask(office, phone, fresh.id, "Cancellation")
    phone.locator("[name=cause][value=buyer_withdraws]").check()
    phone.locator("[name=reason]").fill("迁往外地")
    case = send(office, phone)
    shoot(phone, f"{language}-order-phone")
    approve(case, "manager_1", "treasurer", "gm_1")
    clerk = office.desk("fang")
    acts.take_task(office, clerk)
    shoot(clerk, f"{language}-papers")
    for name in ("receipts_returned", "agreements_returned"):
        clerk.locator(f"[name={name}][value=returned]").check()
    clerk.locator("[name=agreement_signed]").check()
    acts.complete(office, clerk)
    execute(office)
    assert (company.unit(1).status, company.kept()) == ("available", [DEPOSIT])
    phone.goto(f"/sales/{fresh.id}")
    is_sound(phone)
    shoot(phone, f"{language}-ended-phone")
    assert office.faults == []
