"""What the page scripts do, in a real browser on the style guide."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask, request
from playwright.sync_api import BrowserContext, Page, expect

from webapp.app import create_app
from webapp.db import Database
from webapp.navigation import NavEntry, add_entry
from webapp.settings import Settings


@pytest.fixture
def posted() -> list[dict[str, list[str]]]:
    """The forms that reached the server."""
    return []


@pytest.fixture
def answering() -> threading.Event:
    """Cleared, it makes forms wait a second for their answer."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def guide(
    database: Database,
    serve: Callable[[Flask], str],
    posted: list[dict[str, list[str]]],
    answering: threading.Event,
) -> str:
    """The address of a served style guide."""
    app = create_app(Settings(testing=True), database)

    @app.before_request
    def _note() -> None:
        if request.method == "POST" and request.path == "/styleguide/form":
            posted.append(request.form.to_dict(flat=False))
            answering.wait(timeout=1)

    add_entry(app, NavEntry("styleguide.index", "Inbox desk", "inbox"))
    app.add_url_rule("/styleguide/fresh", "fresh", lambda: _fragment(app))
    return serve(app) + "/styleguide"


def _fragment(app: Flask) -> str:
    app.config["FRESH"] = app.config.get("FRESH", 0) + 1
    return f'<p id="cell" data-version="{app.config["FRESH"]}">Version {app.config["FRESH"]}</p>'


def test_money_is_grouped_for_the_eye_and_plain_for_the_server(
    page: Page, guide: str, posted: list[dict[str, list[str]]]
) -> None:
    page.goto(f"{guide}/form")
    price = page.get_by_label("Deal price")
    expect(price).to_have_value("3,126,400.00")
    price.fill("312.64万")
    price.blur()
    expect(price).to_have_value("3,126,400")
    page.get_by_text("同意 Approve").click()
    page.get_by_label("Payment plan").select_option("loan")
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()
    assert posted[-1]["price"] == ["3126400"]
    assert posted[-1]["revision"] == ["3"]


def test_rows_are_added_numbered_and_summed(page: Page, guide: str, posted: list[dict[str, list[str]]]) -> None:
    page.goto(f"{guide}/form")
    total = page.locator("[data-rows-sum]")
    expect(total).to_have_text("Sum 90 of 100")
    page.get_by_role("button", name="Add a row").click()
    page.locator('[name="buyers-2-share"]').fill("10")
    expect(total).to_have_attribute("data-state", "right")
    page.get_by_role("button", name="Remove this row").nth(0).click()
    expect(page.locator('[data-rows-body] [name="buyers-1-share"]')).to_have_value("10")


def test_a_buyer_is_found_by_typing_and_chosen_with_the_keyboard(page: Page, guide: str) -> None:
    page.goto(f"{guide}/form")
    page.get_by_role("button", name="Add a row").click()
    picker = page.locator("#f-buyers-2-customer")
    picker.fill("王")
    expect(page.locator("#l-buyers-2-customer")).to_be_visible()
    picker.press("ArrowDown")
    picker.press("ArrowDown")
    picker.press("Enter")
    expect(picker).to_have_value("王丽华 139****5678")
    expect(page.locator('[name="buyers-2-customer"]')).to_have_value("2")


def test_a_field_that_depends_on_another_shows_with_it(page: Page, guide: str) -> None:
    page.goto(f"{guide}/form")
    expect(page.get_by_label("Which agent")).to_be_hidden()
    page.get_by_text("渠道 Agent").click()
    expect(page.get_by_label("Which agent")).to_be_visible()


def test_a_form_pressed_twice_is_sent_once(
    page: Page, guide: str, posted: list[dict[str, list[str]]], answering: threading.Event
) -> None:
    page.goto(f"{guide}/form")
    page.get_by_text("同意 Approve").click()
    page.get_by_label("Payment plan").select_option("loan")
    answering.clear()
    with page.expect_navigation():
        page.evaluate(
            """() => {
                const button = document.querySelector('form[data-guard] .btn-primary')
                button.click()
                setTimeout(() => button.click(), 200)
            }"""
        )
    assert len(posted) == 1


def test_a_dangerous_act_asks_first(page: Page, guide: str, posted: list[dict[str, list[str]]]) -> None:
    page.goto(f"{guide}/form")
    page.get_by_text("同意 Approve").click()
    page.get_by_label("Payment plan").select_option("loan")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert posted == []
    page.get_by_role("button", name="Discard").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Throw away").click()
    assert posted[-1]["draft"] == ["1"]


def test_leaving_a_changed_form_warns(page: Page, guide: str) -> None:
    page.goto(f"{guide}/form")
    page.get_by_label("Reason").fill("老业主推荐")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{guide}/list")
    assert asked == ["beforeunload"]


def test_the_language_switches_at_once_and_keeps_what_was_typed(page: Page, guide: str) -> None:
    page.goto(f"{guide}/form")
    page.get_by_label("Reason").fill("老业主推荐")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_label("Reason")).to_have_value("老业主推荐")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_list_is_walked_and_opened_by_keys(page: Page, guide: str) -> None:
    page.goto(f"{guide}/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.kt-row-active")).to_have_attribute("data-row", "t2")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_url("**/styleguide/form")


def test_keys_typed_into_a_field_stay_in_it(page: Page, guide: str) -> None:
    page.goto(f"{guide}/form")
    page.get_by_label("Reason").press_sequentially("just ok?")
    expect(page.get_by_label("Reason")).to_have_value("just ok?")
    assert page.get_by_role("dialog").count() == 0


def test_all_rows_are_ticked_by_the_head(page: Page, guide: str) -> None:
    page.goto(f"{guide}/list")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("5 selected")


def test_the_theme_is_kept_and_drawn_by_the_server(page: Page, guide: str) -> None:
    page.goto(guide)
    page.locator("summary", has_text="林晓梅").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_toast_says_what_happened_and_can_be_closed(page: Page, guide: str) -> None:
    page.goto(f"{guide}/toast/warning")
    toast = page.locator(".kt-toast")
    expect(toast).to_contain_text("2026-000123")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_a_diagram_shows_its_path_and_the_makers_logo(page: Page, guide: str) -> None:
    page.goto(f"{guide}/board")
    diagram = page.locator(".kt-diagram[data-shown]")
    expect(diagram.locator('[data-element-id="Deposit"].kt-now')).to_have_count(1)
    expect(diagram.locator('[data-element-id="f1"].kt-done')).to_have_count(1)
    expect(diagram.locator(".kt-diagram-note")).to_have_text("钱慧, due 9 Mar")
    expect(diagram.locator(".bjs-powered-by")).to_be_visible()


def test_a_step_tells_who_and_when_to_the_pointer_and_to_the_keyboard(page: Page, guide: str) -> None:
    page.goto(f"{guide}/board")
    diagram = page.locator(".kt-diagram[data-shown]")
    told = diagram.get_by_role("tooltip")
    diagram.locator('[data-element-id="Deposit"]').first.hover()
    expect(told).to_have_text("Take the deposit · 钱慧")
    page.mouse.move(0, 0)
    expect(told).to_have_count(0)
    diagram.locator("[tabindex='0'][role=img]").focus()
    expect(told).to_have_text("Take the deposit · 钱慧")
    page.keyboard.press("ArrowLeft")
    expect(told).to_contain_text("陈敏")


def test_a_diagram_speaks_the_readers_language(page: Page, guide: str) -> None:
    page.goto(f"{guide}/board")
    expect(page.locator('[data-element-id="Deposit"]').first).to_contain_text("Take the deposit")
    page.get_by_role("button", name="中文").click()
    expect(page.locator('[data-element-id="Deposit"]').first).to_contain_text("收定金")


def test_a_region_stays_fresh_and_flashes_what_changed(page: Page, guide: str) -> None:
    page.goto(f"{guide}/list")
    page.evaluate(
        """() => {
            const region = document.createElement('div')
            region.dataset.refresh = '/styleguide/fresh'
            region.dataset.refreshEvery = '0.2'
            region.innerHTML = '<p id="cell" data-version="0">Version 0</p>'
            document.querySelector('main').append(region)
            document.dispatchEvent(new CustomEvent('htmx:load'))
            region.parentElement.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true }))
        }"""
    )
    expect(page.locator("#cell.kt-unit-flash")).to_be_visible()


@pytest.mark.parametrize("name", ["", "/form?wrong=1", "/list", "/board", "/sign-in"])
def test_no_page_is_wider_than_a_phone(context: BrowserContext, guide: str, name: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(guide + name)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_phone_has_its_desks_at_the_bottom(page: Page, guide: str) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"{guide}/list")
    expect(page.locator(".kt-side")).to_be_hidden()
    expect(page.locator(".kt-bottom").get_by_role("link", name="Inbox desk")).to_be_visible()
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("dialog", name="Desks").get_by_role("link", name="Inbox desk")).to_be_visible()
