"""A real Chromium and the application served over HTTP.

Where no Chromium is installed these tests are left out, and the report says so. KEYTURN_CHROMIUM names another one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kernel.clock import MovedClock
from tests.e2e.office import PATIENCE_MS, WalkingClock, open_office
from tests.machine import CHROMIUM
from tests.served import served

__all__ = ["open_office"]

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the browser tests; leave them out where there is no browser."""
    here = os.path.dirname(__file__)
    browser_tests = [item for item in items if str(item.path).startswith(here)]
    for item in browser_tests:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.xdist_group("browser"))
    if not CHROMIUM and os.environ.get("KEYTURN_REQUIRE_ALL") == "1" and browser_tests:
        raise pytest.UsageError("KEYTURN_REQUIRE_ALL=1, but no Chromium was found for the browser tests.")
    out = [item for item in browser_tests if not CHROMIUM or _in_another_language(item)]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


def _in_another_language(item: pytest.Item) -> bool:
    """Whether a test speaks a language other than the one that KEYTURN_TEST_LANGUAGE asks for, if it asks.

    One that names none counts as English.
    """
    wanted = os.environ.get("KEYTURN_TEST_LANGUAGE")
    spoken = {"en", "zh"} & set(item.name.partition("[")[2].rstrip("]").split("-")) or {"en"}
    return bool(wanted) and wanted not in spoken


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """A busy machine is no fault: wait for what is expected as long as for what is pressed."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def clock() -> MovedClock:
    """Monday 12 October 2026, nine in the morning in Shanghai, and going on: pages ask what is new since."""
    return WalkingClock(datetime(2026, 10, 12, 1, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an application on a free port; gives its address."""
    with ExitStack() as stack:
        yield lambda app: f"http://127.0.0.1:{stack.enter_context(served(app))}"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile, reading English."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(8_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; an error in a script, a refused resource or a broken policy fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    assert not faults, faults
