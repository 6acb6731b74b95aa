"""Customers: finding, registering, the ledger of one, changing and contacting."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from kernel.audit import AuditRow
from ledger.customers.models import Customer
from tests.webapp.house import Browser, House
from tests.webapp.selling import Floor

NEW = "/customers/new"


def customers(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def register(browser: Browser, house: House, **form: str):
    return browser.post(NEW, {"kind": "person", "project_id": house.project.id, **form}, page=NEW)


def test_a_customer_is_registered_once_and_found_in_every_way(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant")
    form = {"name": "王磊", "phone": "13800138123", "source": "referral", "grade": "A", "once": "k1"}
    first = register(browser, house, **form)
    assert register(browser, house, **form).location == first.location
    assert customers(house) == 1
    for words in ("王", "wl", "wanglei", "8123", "13800138123"):
        assert "王磊" in browser.get(f"/customers/?q={words}").text, words
    assert "Nobody found" in browser.get("/customers/?q=9999").text


def test_lists_and_pages_show_masked_numbers(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    page = register(browser, house, name="王磊", phone="13800138123").location
    for path in ("/customers/", page, f"{page}/edit"):
        text = browser.get(path).text
        assert "138****8123" in text
        assert "13800138123" not in text


def test_a_hidden_value_is_shown_on_asking_and_logged(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    page = register(browser, house, name="王磊", phone="13800138123").location
    token = browser.token(page)
    answer = browser.client.post(
        f"{page}/reveal",
        data={"field": "phone", "csrf_token": token},
        headers={"HX-Request": "true", "Referer": "http://localhost/"},
    )
    assert answer.text.strip() == "13800138123"
    with house.database.reading() as session:
        entries = session.scalars(select(AuditRow).where(AuditRow.action == "customers:reveal")).all()
    assert len(entries) == 1


def test_who_may_not_read_numbers_is_refused(house: House, browser_of: Callable[..., Browser]) -> None:
    page = register(browser_of("sales_consultant"), house, name="王磊", phone="13800138123").location
    clerk = browser_of("finance_clerk")
    assert "Show in full" not in clerk.get(page).text
    assert clerk.post(f"{page}/reveal", {"field": "phone"}, page=page).status_code == 403


def test_colleagues_customers_do_not_exist(house: House, browser_of: Callable[..., Browser]) -> None:
    page = register(
        browser_of("sales_consultant", username="ana"), house, name="王磊", phone="13800138123"
    ).location
    ben = browser_of("sales_consultant", username="ben")
    assert "王磊" not in ben.get("/customers/?q=王").text
    for path in (page, f"{page}/edit"):
        assert ben.get(path).status_code == 404
    assert ben.post(f"{page}/contacts", {"channel": "phone", "note": "x"}, page="/customers/").status_code == 404
    assert ben.post(f"{page}/reveal", {"field": "phone"}, page="/customers/").status_code == 404


def test_a_likely_double_is_shown_and_may_be_confirmed(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    register(browser, house, name="王磊", phone="13800138123")
    answer = register(browser, house, name="王大磊", phone="13800138123")
    assert answer.status_code == 422
    assert "the same phone" in answer.text
    assert 'value="王大磊"' in answer.text
    assert customers(house) == 1
    register(browser, house, name="王大磊", phone="13800138123", confirmed="1")
    assert customers(house) == 2


def test_wrong_entries_are_told_at_their_field_and_kept(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    for form, says in (
        ({"name": "", "phone": "13800138123"}, "Give a name."),
        ({"name": "王磊"}, "Give a phone or an ID number."),
        ({"name": "王磊", "phone": "12"}, "This is not a phone number."),
        ({"name": "王磊", "id_type": "resident_id", "id_no": "310101199001011235"}, "does not fit"),
        ({"name": "王磊", "phone": "13800138123", "email": "nobody"}, "This is not an e-mail address."),
        ({"name": "王磊", "phone": "13800138123", "birth_date": "soon"}, "Please choose a date."),
    ):
        answer = register(browser, house, **form)
        assert answer.status_code == 422, form
        assert says in answer.text, form
    assert customers(house) == 0


def test_contacts_stand_in_the_timeline(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    page = register(browser, house, name="王磊", phone="13800138123").location
    noted = browser.post(f"{page}/contacts", {"channel": "visit", "note": "看了 12 层"}, page=page)
    assert noted.location == page
    text = browser.get(page).text
    assert "看了 12 层" in text
    assert "noted a visit" in text
    assert "Became: Visitor 云栖" in text
    assert browser.post(f"{page}/contacts", {"channel": "visit", "note": " "}, page=page).status_code == 422
    later = {"channel": "phone", "note": "x", "at": "2030-01-01T10:00"}
    assert browser.post(f"{page}/contacts", later, page=page).status_code == 422


def test_a_record_is_changed_and_a_later_change_is_not_overwritten(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant")
    page = register(browser, house, name="王磊", phone="13800138123").location
    edit = f"{page}/edit"
    browser.post(edit, {"name": "王大磊", "grade": "B", "revision": "1", "reason": "改名"}, page=edit)
    assert "王大磊" in browser.get(page).text
    answer = browser.post(edit, {"name": "王小磊", "revision": "1"}, page=edit)
    assert answer.status_code == 409
    assert "changed this record" in answer.text
    assert 'value="王小磊"' in answer.text
    assert "王大磊" in browser.get(page).text


def test_phones_are_added_chosen_and_removed(house: House, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("sales_consultant")
    page = register(browser, house, name="王磊", phone="13800138123").location
    edit = f"{page}/edit"
    browser.post(f"{page}/phones", {"phone": "13900139456", "label": "太太"}, page=edit)
    text = browser.get(edit).text
    assert "139****9456" in text
    assert "太太" in text
    assert browser.post(f"{page}/phones", {"phone": "12"}, page=edit).status_code == 422


def test_a_customers_page_shows_his_homes_and_what_is_open(
    floor: Floor, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of("sales_consultant", username="ana")
    actor = floor.house.actor("ana")
    customer = floor.customer("王磊", "13800138000", actor)
    floor.sell("1201", customer, actor)
    page = browser.get(f"/customers/{customer}").text
    for fact in ("3栋-1201", "Subscribing", "Open now", "3栋-1201: opened the sale"):
        assert fact in page


def test_the_page_asks_no_more_questions_when_more_was_bought(
    floor: Floor, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    browser = browser_of("sales_consultant", username="ana")
    actor = floor.house.actor("ana")
    customer = floor.customer("王磊", "13800138000", actor)
    floor.sell("1201", customer, actor)
    few = counted(lambda: browser.get(f"/customers/{customer}"))
    for unit_no in ("1202", "1101", "1001"):
        floor.sell(unit_no, customer, actor)
    assert counted(lambda: browser.get(f"/customers/{customer}")) == few


def test_the_list_asks_no_more_questions_when_it_is_longer(
    house: House, browser_of: Callable[..., Browser], counted: Callable[..., int]
) -> None:
    browser = browser_of("sales_consultant")
    register(browser, house, name="王磊", phone="13800138100")
    few = counted(lambda: browser.get("/customers/"))
    for number in range(1, 8):
        register(browser, house, name=f"王磊{number}", phone=f"1380013810{number}")
    assert counted(lambda: browser.get("/customers/")) == few
