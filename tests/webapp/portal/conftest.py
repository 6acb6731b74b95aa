"""A company that has sold one home to two buyers, and the messages that leave it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from kernel.clock import MovedClock
from tests.stories.company import PASSWORD, Case, Company, company_in
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.db import Database
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice


@dataclass
class Town:
    """The company with its open house: browsers, and the text messages that were sent."""

    company: Company
    case: Case
    outbox: Path

    @property
    def sale_id(self) -> str:
        """The sale to Lin and Zhou."""
        return self.case.sale().id

    def phone(self) -> FlaskClient:
        """A phone on which nobody has signed in."""
        return application(self.company.database).test_client()

    def clerk(self, name: str) -> Browser:
        """A browser of somebody of the house."""
        browser = Browser(application(self.company.database).test_client())
        browser.sign_in(name, PASSWORD)
        return browser

    def run(self) -> None:
        """Whatever waits is sent."""
        self.company.run_due()
        JobRunner(self.company.database, handlers.registry()).run_due()

    def links(self) -> list[str]:
        """The paths of the links that were sent, in order."""
        self.run()
        texts = [
            file.read_text("utf-8") for file in sorted(self.outbox.iterdir(), key=lambda f: f.stat().st_mtime_ns)
        ]
        return [found for text in texts for found in re.findall(r"/p/[\w-]+", text)]


@pytest.fixture
def company(database: Database, clock: MovedClock) -> Company:
    """A company on Monday 2 March 2026, nine in the morning."""
    return company_in(database, clock)


@pytest.fixture
def town(company: Company, tmp_path: Path) -> Town:
    """A home sold to Lin and Zhou together."""
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    case = company.start(entry="walk_in")
    both = [{"customer_id": company.customers[name]} for name in ("lin", "zhou")]
    case.enter_terms(ownership="joint", buyers=both)
    return Town(company, case, tmp_path)


@pytest.fixture
def send(town: Town) -> Callable[..., str]:
    """Let the consultant send a buyer a link; returns its path."""

    def send(buyer: str = "lin", by: str = "wei") -> str:
        clerk = town.clerk(by)
        page = f"/sales/{town.sale_id}"
        answer = clerk.post(f"{page}/portal-links", {"customer_id": town.company.customers[buyer]}, page=page)
        assert answer.status_code == 302, answer.text
        return town.links()[-1]

    return send
