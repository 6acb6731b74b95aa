"""An engine whose database many drawings share: quick to write, never synchronised to the disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from engine.api import HandlerRegistry
from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.vault import Vault
from tests.engine.conftest import House
from tests.engine.proof.ours import register
from tests.machine import POSTGRES
from webapp.db import Database


def _make_hasty(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


@pytest.fixture
def hasty(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault, admin: Actor) -> Iterator[House]:
    """A house for many instances. On PostgreSQL it is as it always is."""
    url = request.getfixturevalue("database_url")
    clock = MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    database = Database(url, vault, clock)
    if not POSTGRES:
        event.listen(database.engine, "connect", _make_hasty)
    registry = HandlerRegistry()
    register(registry)
    yield House(database, clock, admin, registry)
    database.engine.dispose()
