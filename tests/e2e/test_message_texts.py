"""A text of a message is found, tried with sample values, proposed, reviewed at the keyboard, and then sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ledger.messages.texts import get_text
from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.stories.company import hire

pytestmark = pytest.mark.timeout(300)
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1440, "height": 900}
# What is typed in each language: with a mark that nothing fills, then as it is to be.
TEXTS = {
    "zh": ("尊敬的{{buyer}}：款项已收到。", "尊敬的{{customer}}：已收到{{amount_fen}}。", "尊敬的张三：已收到50,000.00元。"),
    "en": ("Dear {{buyer}}, it came in.", "Dear {{customer}}, {{amount_fen}} came in.", "Dear Zhang San, CNY 50,000.00"),
}  # fmt: skip


def is_sound(page: Page) -> None:
    """The page breaks no rule of accessibility at either size and fits a phone."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_text_is_changed_with_a_preview_and_a_review(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    company, (wrong, right, read) = office.company, TEXTS[language]
    for name in ("chief", "second"):
        company.people[name] = company.act(
            "system",
            lambda s, _a, who=name: hire(s, company.clock, who, "administrator", "/", language=language).id,
        )

    page = office.desk("chief")
    office.follow(page, "Texts of messages")
    page.locator("[name=q]").fill("receipt_issued")
    page.locator("[name=q]").press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(3)
    is_sound(page)
    page.locator(f"tr[data-row] .btn[href$='/sms/{language}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/receipt_issued/sms/{language}")
    preview = page.locator("#message-preview")
    expect(preview).to_contain_text("{{paid_on}}")
    page.locator("[name=body]").fill(wrong)
    expect(preview).to_contain_text(office.words("It cannot be sent like this"))
    expect(preview.locator(".kt-notice")).to_contain_text("buyer")
    is_sound(page)
    page.locator("[name=reason]").fill("Shorter")
    page.locator("[name=reason]").press("Enter")
    expect(page.locator("#e-body")).to_contain_text("buyer")
    expect(page.locator("[name=body]")).to_have_value(wrong)
    page.locator("[name=body]").fill(right)
    expect(preview).to_contain_text(read)
    expect(preview.locator("[role=status]")).to_contain_text(
        {"zh": "共 1 条短信", "en": "1 text message"}[language]
    )
    page.get_by_role("button", name=office.words("Propose the text")).press("Enter")
    page.wait_for_url("**/reviews/*")
    expect(page.locator("main")).to_contain_text(right)

    boss = office.desk("second")
    boss.goto("/inbox?box=group")
    expect(boss.locator("tr[data-task]")).to_have_count(1)
    boss.keyboard.press("j")
    boss.keyboard.press("Enter")
    expect(boss.locator("#pane")).to_contain_text(right)
    boss.keyboard.press("a")
    expect(boss.locator("#pane [data-sends]")).to_be_focused()
    boss.keyboard.press("Enter")
    expect(boss.locator("#pane")).to_contain_text(office.words("The task is completed."))
    assert company.read(lambda s: get_text(s, "receipt_issued", "sms", language)).body == right

    page.goto(f"/admin/messages/receipt_issued/sms/{language}")
    newest = page.get_by_role("row").filter(has_text="Shorter")
    for part in (right, "Chief", office.words("Accepted by %(who)s", who="Second")):
        expect(newest).to_contain_text(part)
    expect(newest.locator("del").first).not_to_be_empty()
    is_sound(page)
    assert office.faults == []
