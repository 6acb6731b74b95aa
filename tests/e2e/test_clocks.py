"""Calendars and due times in a real browser: a year is loaded, a month is read, a due time is explained on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from ledger.staff.managers import set_manager
from tests.e2e.acts import take_task
from tests.e2e.office import LOCALES, PATIENCE_MS, Office
from tests.webapp.house import PASSWORD, House, house, office
from tests.webapp.inbox.test_why import Place
from webapp.notifications.watching import Watcher

__all__ = ["house", "office"]

FILE = Path(__file__).parents[1] / "kernel" / "calendars" / "2027.csv"
WORDS = {
    "en": {
        "make-up": "Make-up workday",
        "why": "Why then?",
        "holiday": "Holiday · Spring Festival",
        "row": "Row 2",
    },
    "zh": {"make-up": "调休上班", "why": "为何是此时？", "holiday": "节假日 · 春节", "row": "第 2 行"},
}


@pytest.fixture
def clock() -> MovedClock:
    """The afternoon before the make-up Saturday of the spring festival."""
    return MovedClock(datetime.fromisoformat("2026-02-13T17:00+08:00"))


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    """Both languages."""
    return str(request.param)


def enter(page: Page, language: str) -> None:
    """Sign in as the administrator and choose the language."""
    page.goto("/sign-in")
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    if page.locator("html").get_attribute("lang") != {"en": "en", "zh": "zh-CN"}[language]:
        page.locator(f"form[action$='/language'] button[value={language}]").first.click()
        page.wait_for_load_state()


def fits(page: Page) -> None:
    """Nothing reaches beyond the side of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_year_is_loaded_and_a_due_time_explained_on_a_phone(
    house: House, office: Flask, serve: Callable[[Flask], str], browser: Browser, language: str, tmp_path: Path
) -> None:
    house.hire("ada", "administrator", "/")
    task = Place(house, None).begin()  # type: ignore[arg-type] - the browser of this test is a real one
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": 375, "height": 800}, base_url=serve(office)
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    enter(page, language)
    words = WORDS[language]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,kind,name\n2027-02-30,holiday,x\n")
    for file, seen in ((wrong, words["row"]), (FILE, "2027.csv")):
        page.goto("/admin/calendars/")
        page.locator("[type=file]").set_input_files(file)
        page.locator("form[action$='/load'] button[type=submit]").click()
        expect(page.locator("body")).to_contain_text(seen)
        fits(page)
    page.goto(f"/admin/organisation/{house.project.id}/calendar?month=2027-01")
    expect(page.locator("[data-day='2027-01-31']")).to_have_attribute("data-kind", "makeup")
    expect(page.locator("main")).to_contain_text(words["make-up"])
    fits(page)
    page.goto(f"/admin/organisation/{house.project.id}/calendar?month=2027-02")
    fits(page)
    page.goto(f"/tasks/{task}")
    page.get_by_role("link", name=words["why"]).click()
    expect(page.locator("[data-walk]")).to_contain_text(words["holiday"])
    expect(page.locator("[data-walk] tr[data-counted=yes]")).to_have_count(3)
    fits(page)
    context.close()


TOLD = {
    "en": {"due": "A task is about to be late", "late": "A task is late", "escalated": "Still waiting"},
    "zh": {"due": "任务即将到期", "late": "任务已逾期", "escalated": "催办升级"},
}


def heard(page: Page, text: str) -> Locator:
    """The notifications of somebody that begin with a text."""
    page.goto("/notifications")
    return page.locator(".kt-timeline li", has=page.get_by_role("button", name=text))


def test_warning_breach_and_the_third_urge_reach_whom_they_shall_once_each(
    open_office: Callable[..., Office], language: str
) -> None:
    office, words = open_office(language), TOLD[language]
    company = office.company
    people = company.people
    with company.database.unit_of_work() as session:
        set_manager(session, SYSTEM, company.clock, staff_id=people["manager_1"], manager_id=people["legal_1"])
    case = company.start(entry="walk_in")
    case.enter_terms(off=100)
    due = case.task("decide").due_at
    assert due is not None
    holder, boss, asking = (office.desk(name) for name in ("manager_1", "legal_1", "wei"))
    take_task(office, holder)

    for _ in range(2):
        company.at(due - timedelta(hours=4))
    expect(heard(holder, words["due"])).to_have_count(1)
    expect(heard(boss, words["late"])).to_have_count(0)
    for _ in range(2):
        company.at(due + timedelta(minutes=1))
    expect(heard(boss, words["late"])).to_have_count(1)
    expect(heard(holder, words["due"])).to_have_count(1)
    assert case.task("decide").priority == 90

    for _ in range(4):
        company.later(hours=5)
        asking.goto(f"/cases/{case.id}")
        with asking.expect_navigation():
            asking.locator("form[action$='/urge'] button").click()
        Watcher(company.database).look()
    expect(heard(boss, words["escalated"])).to_have_count(1)
    assert office.faults == []
