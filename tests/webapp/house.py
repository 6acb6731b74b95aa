"""A small company with its people, and browsers to visit it with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel.actor import SYSTEM, Actor
from ledger.organisation.models import Project
from ledger.organisation.operations import add_node, create_project
from ledger.staff.operations import add_staff
from ledger.staff.queries import actor_for, find_by_username
from tests.webapp.application import application
from webapp.db import Database
from webapp.definitions import shipped_resources
from webapp.engine_room import engine_for

PASSWORD = "a-long-enough-password"
PRICE_CHANGE = ("price_change.bpmn", "approval.bpmn", "approval_matrix.dmn")


@dataclass(frozen=True)
class House:
    """The company of a test: one project in one city."""

    database: Database
    project: Project

    def hire(self, username: str, role: str, path: str | None = None) -> Actor:
        """Open an account with one role at the project, or at a path."""
        with self.database.unit_of_work() as session:
            add_staff(
                session,
                SYSTEM,
                self.database.clock,
                username=username,
                display_name=username.title(),
                password=PASSWORD,
                roles=[(role, path or self.project.path)],
                must_change_password=False,
                language="en",
            )
        return self.actor(username)

    def deploy(self, *names: str) -> None:
        """Put shipped diagrams and tables to work, by the names of their files."""
        with self.database.unit_of_work() as session:
            engine = engine_for(session, SYSTEM, self.database.clock)
            engine.deploy({name: shipped_resources()[name] for name in names})

    def actor(self, username: str) -> Actor:
        """The person of an account, with today's rights."""
        with self.database.reading() as session:
            account = find_by_username(session, username)
            assert account is not None
            return actor_for(session, account.id, self.database.clock)


def found_house(database: Database) -> House:
    """An empty company with the project Yunxi in Shanghai."""
    clock = database.clock
    with database.unit_of_work() as session:
        for parent, kind, code in (("/", "group", "kt"), ("/kt/", "company", "east"), ("/kt/east/", "city", "sh")):
            add_node(session, SYSTEM, clock, parent=parent, kind=kind, code=code, name=code.upper())
        project = create_project(session, SYSTEM, clock, name="云栖", code="yunxi", parent="/kt/east/sh/")
    return House(database, project)


@pytest.fixture
def house(database: Database) -> House:
    """An empty company with the project Yunxi in Shanghai."""
    return found_house(database)


@pytest.fixture
def office(house: House) -> Flask:
    """The whole application, every desk, over the test's database."""
    return application(house.database)


class Browser:
    """A signed-out browser that sends forms as a page would, token included."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.language = "en"
        self._token: str | None = None

    def get(self, path: str, **more: object):
        """Open a page."""
        return self.client.get(path, headers={"Accept-Language": self.language}, **more)

    def post(self, path: str, data: dict[str, object] | None = None, *, page: str | None = None, **more: object):
        """Send a form with the token of ``page`` (the form's own address unless given), or of a page before."""
        self._token = self._token or self.token(page or path)
        headers = {"Accept-Language": self.language, "Referer": "http://localhost/"}
        answer = self.client.post(path, data={"csrf_token": self._token, **(data or {})}, headers=headers, **more)
        if path.startswith("/sign-"):
            self._token = None
        return answer

    def token(self, page: str) -> str:
        """The token that a page's forms carry."""
        found = re.search(
            r'name="csrf-token" content="([^"]+)"|name="csrf_token" value="([^"]+)"',
            self.get(page, follow_redirects=True).text,
        )
        assert found, f"no token on {page}"
        return found.group(1) or found.group(2)

    def sign_in(self, username: str, password: str = PASSWORD):
        """Sign in through the page."""
        return self.post("/sign-in", {"username": username, "password": password})


@pytest.fixture
def browser(office: Flask) -> Browser:
    """A browser that nobody signed in with yet."""
    return Browser(office.test_client())


@pytest.fixture
def browser_of(office: Flask, house: House) -> Callable[..., Browser]:
    """A browser signed in as a new person with a role."""

    def signed_in(role: str, username: str | None = None, path: str | None = None) -> Browser:
        name = username or role.replace("_", "-")
        house.hire(name, role, path)
        browser = Browser(office.test_client())
        assert browser.sign_in(name).status_code == 302
        return browser

    return signed_in
