"""The list of sales and the page of one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from ledger.sales.models import Sale
from tests.webapp.house import Browser
from tests.webapp.selling import Floor


def sold(floor: Floor, seller: str, *unit_nos: str) -> list[str]:
    """Begin sales of units by a consultant; their ids in order."""
    actor = floor.house.actor(seller)
    for number, unit_no in enumerate(unit_nos):
        customer = floor.customer(f"王磊{number}", f"1380013800{number}", actor)
        floor.sell(unit_no, customer, actor)
    with floor.house.database.reading() as session:
        ids = {floor.unit(no).id: no for no in unit_nos}
        found = {ids[sale.unit_id]: sale.id for sale in session.scalars(select(Sale)) if sale.unit_id in ids}
    return [found[no] for no in unit_nos]


def test_a_consultant_sees_his_own_sales_alone(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    ana, ben = browser_of("sales_consultant", username="ana"), browser_of("sales_consultant", username="ben")
    (sale_id,) = sold(floor, "ana", "1201")
    assert "3栋-1201" in ana.get("/sales/").text
    assert "3栋-1201" not in ben.get("/sales/").text
    assert ben.get(f"/sales/{sale_id}").status_code == 404
    assert "3栋-1201" in browser_of("sales_manager").get("/sales/").text


def test_lists_are_cut_by_stage_words_and_order(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant", username="ana")
    sold(floor, "ana", "1201", "1202")
    assert "3栋-1201" in browser.get("/sales/?stage=subscribing").text
    assert "3栋-1201" not in browser.get("/sales/?stage=filed").text
    found = browser.get("/sales/?q=王磊1").text
    assert "3栋-1202" in found
    assert "3栋-1201" not in found
    assert browser.get("/sales/?sort=nonsense&page=0&project=nowhere").status_code == 200
    assert browser.get(f"/sales/?page={10**30}").status_code == 200


def test_the_page_tells_the_whole_line_and_what_is_open(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant", username="ana")
    (sale_id,) = sold(floor, "ana", "1201")
    page = browser.get(f"/sales/{sale_id}").text
    for fact in ("Sale opened", "Open now", "/tasks/", "¥2,000,000.00", "王磊0", "/cases/", "opened the sale"):
        assert fact in page
    assert "Floor price" not in page


def test_a_manager_sees_whose_task_is_open_and_the_floor_price(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser_of("sales_consultant", username="ana")
    (sale_id,) = sold(floor, "ana", "1201")
    page = browser_of("sales_manager").get(f"/sales/{sale_id}").text
    assert "Ana" in page
    assert "/tasks/" in page
    clerk = browser_of("finance_clerk").get(f"/sales/{sale_id}").text
    assert "Open now" in clerk
    assert "/tasks/" not in clerk
    assert "/cases/" not in clerk
    assert "¥1,800,000.00" in page


def test_withdrawing_ends_the_sale_by_its_process(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant", username="ana")
    (sale_id,) = sold(floor, "ana", "1201")
    page = f"/sales/{sale_id}"
    assert browser.post(f"{page}/withdraw", {"reason": ""}, page=page).status_code == 422
    browser.post(f"{page}/withdraw", {"reason": "客户改买别处"}, page=page)
    assert floor.unit("1201").status == "available"
    ended = browser.get(page).text
    assert "客户改买别处" in ended
    assert 'data-opens="withdraw"' not in ended
    assert browser.post(f"{page}/withdraw", {"reason": "again"}, page=page).status_code == 422


def test_who_may_not_cancel_withdraws_nothing(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser_of("sales_consultant", username="ana")
    (sale_id,) = sold(floor, "ana", "1201")
    clerk = browser_of("finance_clerk")
    page = f"/sales/{sale_id}"
    assert 'data-opens="withdraw"' not in clerk.get(page).text
    assert clerk.post(f"{page}/withdraw", {"reason": "x"}, page=page).status_code == 403
    assert floor.unit("1201").status == "subscribed"


def test_a_paper_is_not_issued_before_its_time(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant", username="ana")
    (sale_id,) = sold(floor, "ana", "1201")
    page = f"/sales/{sale_id}"
    assert browser.post(f"{page}/papers/contract", page=page).status_code == 404
    assert browser.post(f"{page}/papers/nonsense", page=page).status_code == 404


def test_the_list_asks_no_more_questions_when_it_is_longer(
    floor: Floor, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    browser = browser_of("sales_consultant", username="ana")
    sold(floor, "ana", "1201")
    few = counted(lambda: browser.get("/sales/"))
    actor = floor.house.actor("ana")
    for number, unit_no in enumerate(("1202", "1101", "1001")):
        floor.sell(unit_no, floor.customer(f"陈默{number}", f"1390013900{number}", actor), actor)
    assert counted(lambda: browser.get("/sales/")) == few
