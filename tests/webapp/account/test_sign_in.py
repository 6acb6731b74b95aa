"""Signing in, staying signed in, and being signed out."""

from datetime import timedelta

import pytest

from kernel.actor import SYSTEM
from ledger.staff.operations import deactivate_staff, reset_password
from tests.webapp.house import PASSWORD, Browser, House


@pytest.fixture
def ming(house: House) -> str:
    return house.hire("ming", "sales_consultant").id


def test_a_page_asks_for_a_sign_in_and_leads_back_to_itself(browser: Browser, ming: str) -> None:
    asked = browser.get("/account/password")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/account/password")
    answer = browser.post("/sign-in", {"username": "ming", "password": PASSWORD, "next": "/account/password"})
    assert answer.location == "/account/password"
    assert browser.get("/account/password").status_code == 200


def test_after_signing_in_nobody_is_led_to_another_site(browser: Browser, ming: str) -> None:
    answer = browser.post("/sign-in", {"username": "ming", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.location == "/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(browser: Browser, ming: str) -> None:
    for username in ("ming", "nobody"):
        answer = browser.sign_in(username, "wrong-wrong-wrong")
        assert answer.status_code == 422
        assert "The user name or the password is wrong." in answer.text


def test_many_wrong_passwords_lock_the_account_for_a_while(browser: Browser, ming: str, house: House) -> None:
    while browser.sign_in("ming", "wrong-wrong-wrong").status_code != 429:
        pass
    assert browser.sign_in("ming").status_code == 429
    house.database.clock.advance(timedelta(hours=2))
    assert browser.sign_in("ming").status_code == 302


def test_a_closed_account_is_out_at_its_next_click(browser: Browser, ming: str, house: House) -> None:
    browser.sign_in("ming")
    with house.database.unit_of_work() as session:
        deactivate_staff(session, SYSTEM, house.database.clock, staff_id=ming, reason="left")
    assert browser.get("/account/password").location.startswith("/sign-in")


def test_a_reset_password_must_be_changed_before_anything_else(browser: Browser, ming: str, house: House) -> None:
    with house.database.unit_of_work() as session:
        temporary = reset_password(session, SYSTEM, house.database.clock, staff_id=ming)
    assert browser.sign_in("ming", temporary).location == "/account/password"
    assert browser.get("/").location == "/account/password"
    page = "/account/password"
    new = "seven grey geese fly"
    assert "The two new passwords differ." in browser.post(page, {"old": temporary, "new": new, "again": "x"}).text
    assert browser.post(page, {"old": "wrong", "new": new, "again": new}).status_code == 422
    assert browser.post(page, {"old": temporary, "new": new, "again": new}).location == "/"
    other = Browser(browser.client.application.test_client())
    assert other.sign_in("ming", temporary).status_code == 422
    assert other.sign_in("ming", new).status_code == 302


def test_a_form_without_its_token_is_refused(browser: Browser, ming: str) -> None:
    answer = browser.client.post("/sign-in", data={"username": "ming", "password": PASSWORD})
    assert answer.status_code == 400


def test_the_chosen_language_is_remembered_for_the_account(browser: Browser, ming: str) -> None:
    browser.sign_in("ming")
    browser.post("/language", {"language": "zh"}, page="/account/password")
    again = Browser(browser.client.application.test_client())
    again.sign_in("ming")
    assert 'lang="zh-CN"' in again.get("/account/password").text
