"""Real processes on a real PostgreSQL with a real broker; left out where one of them is missing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.actor import SYSTEM
from kernel.clock import SystemClock
from kernel.vault import Vault
from tests.machine import BROKERS, POSTGRES
from tests.postgres import PostgresDatabase
from tests.webapp.scaled.installation import Installation
from tests.webapp.scaled.process import ASKING, WHOLE
from webapp.db import Database
from webapp.engine_room import engine_for


@pytest.fixture(params=sorted(BROKERS))
def broker(request: pytest.FixtureRequest) -> str:
    """The address of each broker in turn."""
    address = BROKERS[request.param]
    if not address:
        pytest.skip(f"{request.param} is not named")
    return address


@pytest.fixture
def install(
    tmp_path: Path, vault: Vault, _scaled_server: PostgresDatabase
) -> Iterator[Callable[[str], Installation]]:
    """Set up an installation on a broker, with the story's diagrams deployed; everything is taken away afterwards."""
    database = Database(_scaled_server.url, vault, SystemClock())
    made: list[Installation] = []

    def install(broker_url: str) -> Installation:
        vault.save(tmp_path / "keys.json")
        with database.unit_of_work() as session:
            engine_for(session, SYSTEM, database.clock).deploy({"whole.bpmn": WHOLE, "asking.bpmn": ASKING})
        made.append(Installation(database, tmp_path, broker_url, f"keyturn_test_{uuid.uuid4().hex[:12]}"))
        return made[-1]

    yield install
    for installation in made:
        installation.stop()
    database.engine.dispose()
    _scaled_server.empty()


@pytest.fixture(scope="session")
def _scaled_server() -> Iterator[PostgresDatabase]:
    """A database that several processes share; SQLite is for one."""
    if not POSTGRES:
        pytest.skip("PostgreSQL is not named")
    server = PostgresDatabase(POSTGRES)
    yield server
    server.drop()
