"""A sale begins on the board."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from ledger.customers.models import Customer
from ledger.sales.models import Sale
from tests.webapp.house import Browser
from tests.webapp.selling import Floor


def begin(browser: Browser, unit: str, **form: str):
    return browser.post(f"/units/{unit}/sell", {"entry": "walk_in", **form}, page=f"/units/{unit}/sell")


def sales_of(floor: Floor) -> int:
    with floor.house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Sale)) or 0


def test_a_click_takes_the_unit_and_leads_to_the_next_task(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant", username="ana")
    customer = floor.customer("王磊", "13800138000", floor.house.actor("ana"))
    answer = begin(browser, floor.unit_id("1201"), customer_id=customer)
    assert answer.location.startswith("/tasks/")
    assert floor.unit("1201").status == "subscribed"
    assert browser.get(answer.location).status_code == 200


def test_a_new_customer_is_registered_in_the_same_act(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    begin(browser, floor.unit_id("1201"), new_name="陈默", new_phone="13900139000")
    with floor.house.database.reading() as session:
        sale = session.scalars(select(Sale)).one()
        assert session.get_one(Customer, sale.customer_id).name == "陈默"


def test_a_refused_sale_leaves_no_customer_behind(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    answer = begin(browser, floor.unit_id("1102"), new_name="陈默", new_phone="13900139000")
    assert answer.status_code == 422
    assert "is withheld from sale" in answer.text
    with floor.house.database.reading() as session:
        assert session.scalars(select(Customer)).all() == []


def test_who_comes_second_learns_who_was_first_and_when(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    first, second = browser_of("sales_consultant", username="ana"), browser_of("sales_consultant", username="ben")
    unit = floor.unit_id("1201")
    begin(first, unit, new_name="王磊", new_phone="13800138000")
    answer = begin(second, unit, new_name="陈默", new_phone="13900139000")
    assert answer.status_code == 409
    assert "Unit 1201 was taken by Ana at 2 Mar 2026, 09:00" in answer.text
    assert "陈默" in answer.text
    assert sales_of(floor) == 1


def test_a_form_sent_twice_opens_one_sale(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    form = {"new_name": "王磊", "new_phone": "13800138000", "once": "k1"}
    answers = [begin(browser, floor.unit_id("1201"), **form) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert sales_of(floor) == 1


def test_a_known_phone_is_shown_before_a_second_record_is_made(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant", username="ana")
    floor.customer("王磊", "13800138000", floor.house.actor("ana"))
    unit = floor.unit_id("1201")
    answer = begin(browser, unit, new_name="王大磊", new_phone="13800138000")
    assert answer.status_code == 422
    assert "Take this customer" in answer.text
    assert begin(browser, unit, new_name="王大磊", new_phone="13800138000", confirmed="1").status_code == 302


def test_a_colleagues_customer_is_named_with_stars(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    floor.customer("王磊", "13800138000", floor.house.hire("ben", "sales_consultant"))
    browser = browser_of("sales_consultant", username="ana")
    page = begin(browser, floor.unit_id("1201"), new_name="王大磊", new_phone="13800138000").text
    assert "王*" in page
    assert "王磊" not in page


def test_a_form_without_a_customer_is_refused_at_its_field(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    answer = begin(browser_of("sales_consultant"), floor.unit_id("1201"))
    assert answer.status_code == 422
    assert sales_of(floor) == 0


def test_a_hold_asks_for_approval_before_it_takes_the_unit(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant")
    floor.house.hire("boss", "sales_manager")
    answer = begin(
        browser,
        floor.unit_id("1201"),
        entry="hold",
        hold_hours="24",
        reason="等家人",
        new_name="王磊",
        new_phone="13800138000",
    )
    assert answer.location.startswith("/cases/")
    assert browser.get(answer.location).status_code == 200
    assert floor.unit("1201").status == "available"


def test_who_may_not_sell_gets_no_form(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("finance_clerk")
    unit = floor.unit_id("1201")
    assert browser.get(f"/units/{unit}/sell").status_code == 403
    answer = browser.post(f"/units/{unit}/sell", {"entry": "walk_in"}, page=f"/units/{unit}")
    assert answer.status_code in (403, 422)
    assert sales_of(floor) == 0
