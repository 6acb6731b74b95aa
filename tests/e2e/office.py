"""The company of a browser test, served whole: every desk, jobs and deliveries, and people who sign in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

import handlers
from handlers.jobs import use_office
from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from ledger.organisation.operations import add_permit
from tests.stories.company import PASSWORD, Company, company_in
from webapp.db import Database
from webapp.desks import build_app
from webapp.jobs import JobRunner, JobThread
from webapp.language import read_catalogue
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

PATIENCE_MS = 20_000
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


class WalkingClock(MovedClock):
    """Starts at a given instant and goes on from there as the machine's does."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._begun = monotonic()

    def now(self) -> datetime:
        """The instant it was set to, plus what has gone by since the test began."""
        return super().now() + timedelta(seconds=monotonic() - self._begun)


# A refusal is an answer; a request that was under way when its page was left is given up.
_NO_FAULTS = ("status of 4", "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")


@dataclass
class Office:
    """A served company; `desk` opens the browser of one of its people."""

    company: Company
    address: str
    language: str
    browser: Browser
    faults: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def desk(self, name: str) -> Page:
        """A browser of its own in which somebody has signed in."""
        context = self._profile(1440, 900, name)
        self._sign_in(context, name)
        page = context.new_page()
        page.goto("/")
        return page

    def phone(self, name: str | None = None) -> Page:
        """A phone on which somebody, or nobody, is signed in."""
        context = self._profile(375, 812, name or "phone")
        if name:
            self._sign_in(context, name)
        return context.new_page()

    def _profile(self, width: int, height: int, name: str) -> BrowserContext:
        """A fresh browser of somebody who wants no motion: what moves is drawn sixty times a second."""
        context = self.browser.new_context(
            locale=LOCALES[self.language],
            viewport={"width": width, "height": height},
            base_url=self.address,
            reduced_motion="reduce",
        )
        self._open.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        self._watch(context, name)
        return context

    @staticmethod
    def _sign_in(context: BrowserContext, name: str) -> None:
        """By the form of the sign-in page, which is drawn where signing in itself is tested."""
        form = context.request.get("/sign-in").text()
        (token,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', form))
        sent = {"csrf_token": token, "username": name, "password": PASSWORD}
        answer = context.request.post("/sign-in", form=sent, max_redirects=0)
        assert answer.status == 302, f"{name} could not sign in: {answer.status}"

    def _watch(self, context: BrowserContext, name: str) -> None:
        """A script that fails, and a refused resource, are faults of the page."""
        context.on("weberror", lambda error: self.faults.append(f"{name}: {error.error}"))
        context.on(
            "console",
            lambda said: (
                self.faults.append(f"{name}: {said.text}")
                if said.type == "error" and not any(part in said.text for part in _NO_FAULTS)
                else None
            ),
        )

    def words(self, text: str, **params: object) -> str:
        """A text of the pages in the language of this office."""
        said = text if self.language == "en" else read_catalogue(self.language).gettext(text)
        assert self.language == "en" or said != text, f"not translated: {text}"
        return said % params if params else said

    def press(self, page: Page, text: str) -> None:
        """Press the button with this text."""
        page.get_by_role("button", name=self.words(text), exact=True).first.click()

    def follow(self, page: Page, text: str) -> None:
        """Follow the link with this text."""
        page.get_by_role("link", name=self.words(text), exact=True).first.click()

    def follow_containing(self, page: Page, text: str) -> None:
        """Follow the first link that contains a text."""
        page.get_by_role("link", name=text).first.click()

    @property
    def plan_name(self) -> str:
        """What the payment plan is called."""
        return {"en": "Loan 70 %", "zh": "按揭七成"}[self.language]

    def grant_permit(self, no: str, granted_on: date) -> None:
        """The authority has licensed the project; the company has entered the permit."""
        with self.company.database.unit_of_work() as session:
            add_permit(
                session,
                SYSTEM,
                self.company.clock,
                project_id=self.company.project_id,
                no=no,
                granted_on=granted_on,
            )

    def close(self) -> None:
        """Close the browsers."""
        self._open.close()


@pytest.fixture
def open_office(
    database: Database,
    clock: MovedClock,
    browser: Browser,
    serve: Callable[[Flask], str],
    tmp_path: Path,
) -> Iterator[Callable[..., Office]]:
    """Opens the office in a language; with homes that are priced, or without; with settings of its own."""
    stack = ExitStack()

    def start(language: str = "en", *, homes: bool = True, **given: Any) -> Office:
        company = company_in(database, clock, homes=homes, language=language)
        settings = Settings(testing=True, **{"outbox_folder": str(tmp_path / "outbox"), **given})
        use_office(PaperOffice(database, outlets_of(settings, database)))
        thread = JobThread(JobRunner(database, handlers.registry()))
        thread.start()
        stack.callback(thread.stop)
        office = Office(company, serve(build_app(settings, database)), language, browser)
        stack.callback(office.close)
        return office

    yield start
    stack.close()
