"""The text of a contract is written with variables clicked in, previewed on a real sale, and released by legal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ledger.templates.choosing import text_in_force
from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.stories.company import PROJECT, hire

pytestmark = pytest.mark.timeout(300)
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1280, "height": 900}


def is_sound(page: Page) -> None:
    """The page breaks no rule of accessibility at either size and fits a phone."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_text_is_written_with_a_preview_and_released(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    company = office.company
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.pay()
    case.sign()
    for name, role in (("chief", "administrator"), ("lawyer", "legal")):
        company.people[name] = company.act(
            "system",
            lambda s, _a, who=name, what=role: hire(s, company.clock, who, what, "/", language=language).id,
        )

    page = office.desk("chief")
    office.follow(page, "Papers’ texts")
    page.locator("select[name=node]").select_option(PROJECT)
    page.locator(f"tr[data-row=contract] a[href*='/{language}?']").last.click()
    is_sound(page)
    page.get_by_role("button", name=office.words("Begin a draft")).click()
    page.wait_for_url("**/versions/*")
    preview = page.locator("#paper-preview")
    expect(preview.locator("img")).to_have_count(1)
    expect(page.locator("#f-sale_id")).to_have_value(case.sale().no)
    is_sound(page)

    text = page.locator("#f-text")
    text.press("Control+End")
    text.press_sequentially("\n> {{colour}}")
    expect(preview).to_contain_text("{{colour}}")
    expect(preview.locator("img")).to_have_count(0)
    preview.locator("[data-line]").click()
    assert page.evaluate("getSelection().toString()") == "> {{colour}}"
    page.keyboard.type("> ")
    page.locator("[data-inserts='{{subscription_no}}']").click()
    expect(preview.locator("img")).to_have_count(1)
    is_sound(page)
    page.locator("[name=note]").fill("names the subscription")
    page.locator("[name=propose]").click()
    expect(page.locator("main")).to_contain_text(office.words("A second person releases it"))

    boss = office.desk("lawyer")
    boss.goto(page.url)
    expect(boss.locator("#paper-preview img")).to_have_count(1)
    expect(boss.locator(".kt-compare ins").last).to_have_text("> {{subscription_no}}")
    is_sound(boss)
    boss.get_by_role("button", name=office.words("Release it")).click()
    boss.locator("dialog[open] button[type=submit], dialog[open] .btn-primary").first.click()
    expect(boss.locator("main")).to_contain_text(office.words("In use"))
    found = company.read(lambda s: text_in_force(s, "contract", PROJECT, language))
    assert found[0].endswith("> {{subscription_no}}\n")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_letter_is_previewed_on_a_real_sale_and_says_in_words_what_examples_stand_for(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    company = office.company
    case = company.start(entry="walk_in")
    case.enter_terms(off=0)
    company.act("system", lambda s, _a: hire(s, company.clock, "chief", "administrator", "/", language=language))
    page = office.desk("chief")
    page.goto(f"/admin/papers/arrears_demand/{language}?node={PROJECT}")
    page.get_by_role("button", name=office.words("Begin a draft")).click()
    page.wait_for_url("**/versions/*")
    preview = page.locator("#paper-preview")
    expect(preview.locator("img")).to_have_count(1)
    expect(page.locator("#f-sale_id")).to_have_value(case.sale().no)
    expect(preview).to_contain_text({"zh": "付款期限", "en": "To be paid by"}[language])
    expect(preview).not_to_contain_text("pay_by")
    is_sound(page)
