"""Fields in which one searches and chooses."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def pick(page: Page, field: str, typed: str, shown: str = "", *, keys: bool = False) -> None:
    """Search by typing and choose what says ``shown`` (what was typed, if empty), once the answers are there.

    ``field`` is a selector; with ``keys`` the first answer is chosen by keyboard, and must be the one.
    """
    source = page.locator(field)
    source.click()
    source.press_sequentially(typed)
    if keys:
        expect(answers(page).first).to_contain_text(shown or typed)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        answers(page).filter(has_text=shown or typed).first.click()


def answers(page: Page) -> Locator:
    """What can be chosen now; nothing while the answer is under way."""
    return page.locator(".kt-pick-list:not([hidden]):not([aria-busy='true']) [data-pick]")
