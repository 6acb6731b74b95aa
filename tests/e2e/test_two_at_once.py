"""Two people at one unit, and one form that reaches the server twice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import func, select

from ledger.customers.models import Customer
from ledger.finance.models import Receipt
from ledger.sales.models import Sale
from tests.e2e import acts
from tests.e2e.office import Office
from tests.e2e.picking import pick

UNIT = "1栋-101"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    """An office with homes to sell."""
    return open_office("en")


def count(office: Office, model: type) -> int:
    """How many rows a table has."""
    return int(office.company.read(lambda s: s.scalar(select(func.count()).select_from(model))) or 0)


def register_buyer(page: Page, name: str) -> None:
    """Somebody who is not in the list yet."""
    page.locator("details summary", has_text="Register").click()
    page.locator("[name=new_name]").fill(name)
    page.locator("[name=new_phone]").fill("13611112222")


def resend(page: Page, sent: Request) -> str:
    """The same bytes once more, as a reload of the answer sends them; returns where they lead."""
    answer = page.request.post(
        sent.url,
        data=sent.post_data_buffer,
        headers={"Content-Type": sent.headers["content-type"], "Referer": sent.url},
        max_redirects=0,
    )
    assert answer.status in (302, 303)
    return answer.headers["location"]


def test_who_comes_second_to_a_unit_reads_who_was_first_and_when(office: Office) -> None:
    first, second = office.desk("wei"), office.desk("fang")
    for page in (first, second):
        acts.open_sell_form(office, page, UNIT)
    pick(first, "#f-customer_id", "lin", "Lin")
    register_buyer(second, "赵晓")
    office.press(first, "Begin the sale")
    first.wait_for_url("**/tasks/*")
    office.press(second, "Begin the sale")
    refusal = second.get_by_role("alert").filter(has_text="Wei")
    expect(refusal).to_contain_text(re.compile(r"12 Oct 2026, 09:0\d"))
    expect(second.locator("[name=new_name]")).to_have_value("赵晓")
    assert count(office, Sale) == 1


def test_a_sale_that_is_begun_twice_is_one_sale(office: Office) -> None:
    page = office.desk("wei")
    acts.open_sell_form(office, page, UNIT)
    register_buyer(page, "赵晓")
    with page.expect_request(lambda request: request.method == "POST") as posted:
        page.get_by_role("button", name="Begin the sale").dblclick()
    page.wait_for_url("**/tasks/*")
    assert resend(page, posted.value) == page.url.removeprefix(office.address)
    assert (count(office, Sale), count(office, Customer)) == (1, 3)


def test_going_back_and_sending_again_tells_that_the_unit_is_sold(office: Office) -> None:
    page = office.desk("wei")
    acts.begin_sale(office, page, UNIT, "Lin")
    page.go_back()
    expect(page.get_by_role("button", name="Begin the sale")).to_be_disabled()
    expect(page.get_by_text("Taken by Wei")).to_be_visible()


def test_money_that_is_taken_twice_is_one_receipt(office: Office) -> None:
    page = office.desk("wei")
    acts.begin_sale(office, page, UNIT, "Lin")
    acts.enter_terms(office, page, percent="1", deposit="50000")
    acts.approve(office, office.desk("manager_1"))
    cashier = office.desk("cashier")
    with cashier.expect_request(lambda request: request.method == "POST" and "receipts" in request.url) as posted:
        acts.take_money(office, cashier)
    todo = cashier.locator("[data-pane]").get_attribute("data-task")
    assert resend(cashier, posted.value) == f"/finance/todos/{todo}?done=1"
    assert count(office, Receipt) == 1
