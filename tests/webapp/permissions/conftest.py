"""A company with one of everything at a project, and people of every role here, at the root and elsewhere.

It is founded once for a worker; the walks keep nothing of what they do in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernel.clock import MovedClock
from kernel.vault import Vault
from tests.machine import POSTGRES
from tests.postgres import PostgresDatabase
from tests.webapp.permissions.world import World, found_world
from webapp.db import Database


@pytest.fixture(scope="session")
def own_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that only the walks use."""
    if POSTGRES:
        server = PostgresDatabase(POSTGRES)
        yield server.url
        server.drop()
        return
    template: Path = request.getfixturevalue("_template")
    yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('permissions') / 'keyturn.db')}"


@pytest.fixture(scope="session")
def world(own_url: str, vault: Vault, _cheap_password_hashes: None) -> Iterator[World]:
    """Monday 2 March 2026, nine in the morning in Shanghai, in a company at work."""
    database = Database(own_url, vault, MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)))
    yield found_world(database)
    database.engine.dispose()
