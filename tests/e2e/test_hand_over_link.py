"""A buyer and his hand-over on a phone: the notice's link, an hour, a full one, another one, and how it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kernel.clock import business_date
from tests.e2e.office import Office
from tests.e2e.test_portal import is_sound, shoot
from tests.stories.moving_in import Moving, moving_in, second_home
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)
ABOUT = {"zh": ("请于", "评分"), "en": ("请于", "评分")}  # Lin reads Chinese, whatever language the house has.


def link_with(outbox: Path, word: str, unit: str) -> str:
    """The address in the text message about a home that says a word."""

    def look() -> str | None:
        texts = [file.read_text("utf-8") for file in (outbox / "sms").glob("*")]
        told = next((text for text in texts if word in text and unit in text and "/p/" in text), None)
        return told and "/p/" + told.partition("/p/")[2].split('"')[0].split()[0]

    return str(wait_for(look, f"a message about {unit} that says {word}", pause_seconds=0.2))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_buyer_takes_an_hour_by_the_link_of_the_notice(
    open_office: Callable[..., Office], tmp_path: Path, language: str
) -> None:
    office = open_office(language)
    moving, neighbour = _building(office)
    first, second, third = moving.offer(first=business_date(office.company.clock) + timedelta(days=7), count=2)[:3]
    phone, notice = office.phone(), link_with(tmp_path / "outbox", ABOUT[language][0], "1栋-101")
    assert notice.endswith("?to=move_in")
    phone.goto(notice)
    if language == "en":
        phone.locator("form[data-language] button").click()
    is_sound(phone)
    office.press(phone, "Open my page")
    card = phone.locator("#card-move_in")
    expect(card).to_be_in_viewport()
    asked = office.words("Choose a day and an hour for taking over your home.")
    expect(phone.get_by_role("link", name=asked)).to_be_visible()
    is_sound(phone)
    shoot(phone, f"hand-over-{language}")

    moving.book(first, case_id=neighbour.case().id)  # Somebody is faster.
    _take(phone, first.id)
    expect(phone.get_by_text(office.words("This slot is full. Choose another."))).to_be_visible()
    shoot(phone, f"hand-over-full-{language}")
    expect(card.locator(f"button[value='{first.id}']")).to_have_count(0)
    _take(phone, second.id)
    expect(phone.get_by_text(office.words("Your appointment is kept."))).to_be_visible()
    expect(card.locator("strong")).to_contain_text(f"{second.begins}–{second.ends}")
    _take(phone, third.id)
    expect(card.locator("strong")).to_contain_text(f"{third.begins}–{third.ends}")
    is_sound(phone)
    shoot(phone, f"hand-over-kept-{language}")

    moving.at(third.on_date, 9)
    moving.arrive()
    moving.inspect()
    moving.sign()
    phone.goto(link_with(tmp_path / "outbox", ABOUT[language][1], "1栋-101"))
    office.press(phone, "Open my page")
    expect(card.get_by_role("button")).to_have_count(5)
    is_sound(phone)
    shoot(phone, f"hand-over-rating-{language}")
    card.get_by_role("button", name=office.words("%(score)d of 5", score=4)).click()
    expect(phone.get_by_text(office.words("Thank you, it is noted."))).to_be_visible()
    expect(card).to_have_count(0)
    assert moving.case().satisfaction == 4
    assert office.faults == []


def _building(office: Office) -> tuple[Moving, Moving]:
    """Two homes whose hand-over is announced."""
    moving = moving_in(office.company, days=0, language=office.language)
    neighbour = second_home(office.company)
    day = business_date(office.company.clock) + timedelta(days=7)
    moving.begin(first_on=day, last_on=day + timedelta(days=3))
    return moving, neighbour


def _take(phone: Page, slot_id: str) -> None:
    phone.locator(f"button[value='{slot_id}']").click()
