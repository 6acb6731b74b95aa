"""A company with a sale whose deposit is to be collected, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from kernel.clock import MovedClock
from ledger.finance.models import MoneyTodo
from tests.stories.company import Case, Company, company_in
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.db import Database


@pytest.fixture
def company(database: Database, clock: MovedClock) -> Company:
    """The company at work."""
    return company_in(database, clock)


@pytest.fixture
def office(company: Company) -> Flask:
    """The whole application over the company."""
    return application(company.database)


@pytest.fixture
def at_desk(office: Flask) -> Callable[[str], Browser]:
    """A browser of somebody of the company."""

    def signed_in(name: str) -> Browser:
        browser = Browser(office.test_client())
        assert browser.sign_in(name, "correct horse battery").status_code == 302
        browser.post("/language", {"language": "en"}, page="/account/password")
        return browser

    return signed_in


@pytest.fixture
def clerk(at_desk: Callable[[str], Browser]) -> Browser:
    """The cashier's browser."""
    return at_desk("cashier")


@pytest.fixture
def sold(company: Company) -> Case:
    """A sale with its terms agreed: the deposit of 50,000 yuan is to be collected."""
    case = company.start(entry="walk_in")
    case.enter_terms()
    return case


@pytest.fixture
def deposit(company: Company, sold: Case) -> MoneyTodo:
    """The to-do to collect the deposit."""
    return company.read(lambda session: session.query(MoneyTodo).filter_by(kind="collect", state="open").one())
