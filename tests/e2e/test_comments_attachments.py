"""What is said and brought to a task reaches who is named, and later approvers see it; wrong files are refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

import handlers
from tests.e2e.axe import violations
from tests.e2e.office import Office
from webapp.jobs import JobRunner

pytestmark = pytest.mark.timeout(300)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MEBIBYTE = 1024 * 1024


def bring(office: Office, page: Page, kind: str, name: str, content: bytes, media: str) -> None:
    """Choose a kind and a file, and attach it."""
    page.locator("#attachment-kind").select_option(kind)
    page.locator("#attachment-file").set_input_files(FilePayload(name=name, mimeType=media, buffer=content))
    office.press(page, "Attach")


def mention(office: Office, page: Page, typed: str, name: str) -> None:
    """Write a comment that names a colleague, chosen by keyboard from what is offered."""
    words = page.locator("#comment")
    words.press_sequentially(typed)
    choice = page.locator(
        "#comment-people:not([aria-busy='true']) [data-pick]", has_text=re.compile(rf"^\s*{name}")
    ).first
    expect(choice).to_be_visible()
    choice.click()
    office.press(page, "Comment")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_colleague_who_is_named_is_told_and_later_approvers_see_all(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    case = office.company.start(entry="walk_in")
    case.enter_terms(off=400)
    page = office.desk("manager_1")
    page.goto(f"/tasks/{case.task('decide').id}")
    mention(office, page, "请看 @gm_1", "Gm_1")
    expect(page.locator("#comments article")).to_contain_text("@Gm_1")
    bring(office, page, "price_evidence", "依据.png", PICTURE, "image/png")
    files = page.locator("#attachments article")
    expect(files).to_contain_text("依据.png")
    files.locator("summary").click()
    shown = files.locator("img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1)
    assert violations(page) == []
    page.set_viewport_size({"width": 375, "height": 800})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    case.decide("manager_1")
    JobRunner(office.company.database, handlers.registry()).run_due()
    later = office.desk("gm_1")
    later.goto("/notifications")
    expect(later.locator(".kt-timeline")).to_contain_text("Manager_1")
    later.goto(f"/tasks/{case.task('decide').id}")
    expect(later.locator("#comments")).to_contain_text("请看 @Gm_1")
    expect(later.locator("#attachments")).to_contain_text(office.words("Price evidence"))
    later.locator("#attachments summary").click()
    expect(later.locator("#attachments img")).to_have_js_property("naturalWidth", 1)
    assert office.faults == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_of_a_wrong_kind_and_too_large_ones_are_refused_in_words(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    case = office.company.start(entry="walk_in")
    case.enter_terms(off=100)
    page = office.desk("manager_1")
    page.goto(f"/tasks/{case.task('decide').id}")
    bring(office, page, "other", "page.pdf", b"<html><script>1</script></html>", "application/pdf")
    expect(page.locator(".kt-toast").first).to_contain_text(
        office.words("The file calls itself %(says)s but is %(looks)s. Save it under its right kind.")[:4]
    )
    bring(office, page, "photo", "huge.png", PICTURE + bytes(11 * MEBIBYTE), "image/png")
    expect(page.locator(".kt-toast").first).to_contain_text(
        office.words("The file is too large: %(size)s bytes, at most %(limit)s are taken. Make it smaller.")[:5]
    )
    expect(page.locator("#attachments article")).to_have_count(0)
    assert office.faults == []
