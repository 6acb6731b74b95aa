"""Real processes on a real PostgreSQL with a real broker; left out where one of them is missing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kernel.actor import SYSTEM
from kernel.clock import SystemClock
from kernel.vault import Vault
from tests.machine import BROKERS, POSTGRES
from tests.postgres import PostgresDatabase
from tests.webapp.scaled.installation import Installation
from tests.webapp.scaled.process import DIAGRAMS
from webapp.db import Database
from webapp.engine_room import engine_for


@pytest.fixture(params=sorted(BROKERS))
def broker(request: pytest.FixtureRequest) -> str:
    """The address of each broker in turn."""
    address = BROKERS[request.param]
    if not address:
        pytest.skip(f"{request.param} is not named")
    return address


def any_broker() -> str:
    """The address of one broker, for what does not depend on which."""
    found = next((address for address in BROKERS.values() if address), "")
    if not found:
        pytest.skip("no broker is named")
    return found


@contextmanager
def installed(server: PostgresDatabase, vault: Vault, folder: Path) -> Iterator[Callable[[str], Installation]]:
    """Set up an installation on a broker, with the story's diagrams; everything is taken away afterwards."""
    database = Database(server.url, vault, SystemClock())
    made: list[Installation] = []

    def install(broker_url: str) -> Installation:
        vault.save(folder / "keys.json")
        with database.unit_of_work() as session:
            engine_for(session, SYSTEM, database.clock).deploy(dict(DIAGRAMS))
        made.append(Installation(database, folder, broker_url, f"keyturn_test_{uuid.uuid4().hex[:12]}"))
        return made[-1]

    try:
        yield install
    finally:
        for installation in made:
            installation.stop()
        database.engine.dispose()
        server.empty()


@pytest.fixture
def install(
    tmp_path: Path, vault: Vault, scaled_server: PostgresDatabase
) -> Iterator[Callable[[str], Installation]]:
    """What sets an installation up for one test."""
    with installed(scaled_server, vault, tmp_path) as install:
        yield install


@pytest.fixture(scope="session")
def scaled_server() -> Iterator[PostgresDatabase]:
    """A database that several processes share; SQLite is for one."""
    if not POSTGRES:
        pytest.skip("PostgreSQL is not named")
    server = PostgresDatabase(POSTGRES)
    yield server
    server.drop()
