"""Queue numbers in the browser: a batch is opened, numbers are issued by the process, drawn, and the batch closed."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from kernel.actor import Actor
from ledger.sales.queue_models import QueueBatch, QueueNumber
from tests.webapp.house import Browser
from tests.webapp.selling import Floor
from webapp.engine_room import engine_for

PAGE = "/units/queue"
BATCH = {"code": "A", "name": "Opening", "fee": "20,000", "order_rule": "draw"}


def opened(floor: Floor, browser: Browser, **changed: str) -> str:
    """Open a batch; returns the address of its page."""
    form = {**BATCH, "project": floor.house.project.id, **changed}
    answer = browser.post(PAGE, form, page=PAGE)
    assert answer.status_code == 302, answer.text
    return answer.location


def issue(floor: Floor, page: str, customer: str, seller: Actor) -> None:
    """Give a customer a number as the process does."""
    answers = {"entry": "queue", "batch_id": page.rpartition("/")[2], "customer_id": customer}
    with floor.house.database.unit_of_work(seller) as session:
        engine = engine_for(session, seller, floor.house.database.clock)
        engine.start("booking_to_contract", answers, scope=floor.house.project.path)


def numbers(floor: Floor) -> list[tuple[int, int | None]]:
    """Number and turn, in order of issue."""
    with floor.house.database.reading() as session:
        query = select(QueueNumber.seq, QueueNumber.rank).order_by(QueueNumber.seq)
        return [(seq, rank) for seq, rank in session.execute(query)]


def test_a_batch_is_opened_and_numbers_stand_in_it_with_their_cases(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser, seller = browser_of("sales_manager"), floor.house.hire("seller", "sales_consultant")
    page = opened(floor, browser)
    assert "No number is issued yet" in browser.get(page).text
    issue(floor, page, floor.customer("王磊", "13800138000", seller), seller)
    shown = browser.get(page).text
    assert "王磊" in shown
    assert "Fee not paid" in shown
    own = Browser(browser.client.application.test_client())
    own.sign_in("seller")
    case = re.search(r'href="(/cases/[0-9a-f-]+)"', own.get(page).text)
    assert case is not None
    assert own.get(case[1]).status_code == 200
    listed = browser.get(PAGE).text
    assert "¥20,000.00" in listed
    assert re.search(r"Numbers issued\">1<", listed)


def test_a_batch_that_cannot_be_is_refused_by_its_fields(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    opened(floor, browser)
    wrong = {
        "code": ({"code": ""}, {"code": "A"}),
        "fee": ({"code": "B", "fee": "1.005"}, {"code": "B", "fee": "-1"}, {"code": "B", "fee": "much"}),
    }
    for field, forms in wrong.items():
        for changed in forms:
            form = {**BATCH, "project": floor.house.project.id, **changed}
            answer = browser.post(PAGE, form, page=PAGE)
            assert answer.status_code == 422, changed
            assert f'id="e-{field}"' in answer.text
            assert 'value="Opening"' in answer.text
    with floor.house.database.reading() as session:
        assert len(session.scalars(select(QueueBatch)).all()) == 1


def test_without_a_fee_given_the_usual_one_holds(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    opened(floor, browser, fee="")
    opened(floor, browser, code="B", fee="0")
    with floor.house.database.reading() as session:
        fees = session.scalars(select(QueueBatch.fee_fen).order_by(QueueBatch.code)).all()
    assert fees[0] > 0
    assert fees[1] == 0


def test_the_order_is_drawn_once_from_a_text(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser, seller = browser_of("sales_manager"), floor.house.hire("seller", "sales_consultant")
    page = opened(floor, browser)
    for index in range(4):
        issue(floor, page, floor.customer(f"客户{index}", f"1380013800{index}", seller), seller)
    assert [rank for _seq, rank in numbers(floor)] == [None] * 4
    assert browser.post(f"{page}/draw", {"seed": " "}, page=page).status_code == 422
    browser.post(f"{page}/draw", {"seed": "notary 7"}, page=page)
    drawn = numbers(floor)
    assert sorted(rank or 0 for _seq, rank in drawn) == [1, 2, 3, 4]
    assert "notary 7" in browser.get(page).text
    assert browser.post(f"{page}/draw", {"seed": "again"}, page=page).status_code == 422
    assert numbers(floor) == drawn


def test_a_closed_batch_offers_nothing_more(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_manager")
    page = opened(floor, browser)
    assert browser.post(f"{page}/close", page=page).status_code == 302
    shown = browser.get(page).text
    assert "Batch closed" in shown
    assert f"{page}/close" not in shown


def test_a_colleague_sees_the_customers_of_others_without_their_names(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    page = opened(floor, browser_of("sales_manager"))
    seller = floor.house.hire("seller", "sales_consultant")
    issue(floor, page, floor.customer("王磊", "13800138000", seller), seller)
    shown = browser_of("sales_consultant").get(page).text
    assert "王磊" not in shown
    assert "/cases/" not in shown


def test_who_does_not_queue_finds_no_batch(floor: Floor, browser_of: Callable[..., Browser]) -> None:
    page = opened(floor, browser_of("sales_manager"))
    other = browser_of("legal")
    assert other.get(page).status_code == 404
    assert "No project yet" in other.get(PAGE).text
    assert other.post(PAGE, {**BATCH, "project": floor.house.project.id}, page="/units/").status_code == 404


def test_a_batch_asks_as_often_for_many_numbers_as_for_few(
    floor: Floor, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    browser, seller = browser_of("sales_manager"), floor.house.hire("seller", "sales_consultant")
    page = opened(floor, browser)
    issue(floor, page, floor.customer("王磊", "13800138000", seller), seller)
    few = [counted(lambda at=at: browser.get(at)) for at in (page, PAGE)]
    opened(floor, browser, code="B")
    for index in range(3):
        issue(floor, page, floor.customer(f"客户{index}", f"1390013900{index}", seller), seller)
    assert [counted(lambda at=at: browser.get(at)) for at in (page, PAGE)] == few
