"""The application on a database of the test's own, with a reader who may be signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from kernel.actor import Actor
from tests.webapp.house import browser, browser_of, house, office
from webapp.app import create_app
from webapp.current import set_actor
from webapp.db import Database
from webapp.settings import Settings

__all__ = ["browser", "browser_of", "house", "office"]


@pytest.fixture
def desk() -> Blueprint:
    """An empty desk that a test fills with views."""
    return Blueprint("desk", __name__)


@pytest.fixture
def make_app(database: Database) -> Callable[..., Flask]:
    """Build the application with other settings or desks."""

    def make(*desks: Blueprint, **settings: object) -> Flask:
        return create_app(Settings(testing=True, **settings), database, desks=desks)  # type: ignore[arg-type]

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application with no desk."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without memory of anybody."""
    return app.test_client()


def sign_in(app: Flask, actor: Actor, language: str | None = None) -> None:
    """Let every request of an application come from one person."""
    app.before_request(lambda: set_actor(actor, language=language))
