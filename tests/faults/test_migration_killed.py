"""A migration that is killed has brought all of the new schema or nothing of it, and can be run again."""

from __future__ import annotations

import os
import random
import signal
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from kernel.database import connect
from tests.forks import forks
from tests.machine import POSTGRES
from tests.postgres import administer
from webapp.models import metadata
from webapp.schema import head, migrate, revision_of

KILLS = 5


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if not POSTGRES:
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"keyturn_faults_{uuid.uuid4().hex[:12]}"
    administer(POSTGRES, "CREATE DATABASE {}", name)
    yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    administer(POSTGRES, "DROP DATABASE {} WITH (FORCE)", name)


def migrate_in_a_process(url: str) -> None:
    """What ``keyturn migrate`` does."""
    engine = connect(url)
    migrate(engine)
    engine.dispose()


def state_of(url: str) -> tuple[str | None, int]:
    """The revision a database stands at, and how many tables it has."""
    engine = connect(url)
    with engine.connect() as connection:
        found = revision_of(connection), len(inspect(connection).get_table_names())
    engine.dispose()
    return found


def test_a_killed_migration_has_done_all_or_nothing_and_can_be_run_again(empty_url: str) -> None:
    dice = random.Random(6)  # noqa: S311 - no secret.
    whole = (head(), len(metadata.tables) + 1)
    seen = set()
    for _ in range(KILLS):
        process = forks.Process(target=migrate_in_a_process, args=(empty_url,))
        process.start()
        threading.Event().wait(dice.uniform(0.2, 2.5))
        assert process.pid is not None
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join(60)
        seen.add(state_of(empty_url))
    assert seen <= {(None, 0), (None, 1), whole}
    migrate_in_a_process(empty_url)
    assert state_of(empty_url) == whole
