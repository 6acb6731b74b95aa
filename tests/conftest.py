"""What every story needs: a real database, a clock that is moved, keys, and people with rights.

The migrations build the schema once per test process. On SQLite each test gets a copy of that file; on PostgreSQL,
when KEYTURN_TEST_DATABASE_URL names a server, a process has one database that is emptied after each test.
"""

from __future__ import annotations

import gc
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import webapp.models
from kernel.actor import ROOT, Actor, Grant
from kernel.clock import MovedClock
from kernel.database import connect, writing_session
from kernel.vault import Vault, new_vault
from ledger.staff import passwords
from tests import boundary_events
from tests.compiled import Compiled
from tests.machine import POSTGRES, left_out
from tests.postgres import PostgresDatabase
from webapp.db import Database
from webapp.schema import migrate

assert webapp.models.__name__


def pytest_configure(config: pytest.Config) -> None:
    """Every boundary event has its story."""
    boundary_events.watch(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what may take longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: -max((mark.args[0] for mark in item.iter_markers("timeout")), default=0))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no collection of garbage need go through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what this machine could not run."""
    for line in left_out():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _cheap_password_hashes() -> None:
    """Password hashes are slow on purpose; a test suite makes hundreds of them."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> None:
    """Applications come and go with the tests; what their templates compile to is the same for all of them."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture
def clock() -> MovedClock:
    """Monday 2 March 2026, nine in the morning in Shanghai."""
    return MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Keys for this run."""
    return new_vault()


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file that each test's database is copied from, built as an installation builds it."""
    file = tmp_path_factory.mktemp("template") / "keyturn.db"
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process keeps the SQLite file of the test at hand."""
    return tmp_path_factory.mktemp("database")


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of the test's own, with the schema in it and nothing else."""
    if POSTGRES:
        server: PostgresDatabase = request.getfixturevalue("_postgres")
        yield server.url
        server.empty()
        return
    place: Path = request.getfixturevalue("_place")
    for left in place.iterdir():
        left.unlink()
    file = shutil.copy(request.getfixturevalue("_template"), place / "keyturn.db")
    yield f"sqlite:///{file}"


@pytest.fixture(scope="session")
def _postgres() -> Iterator[PostgresDatabase]:
    """This worker's database on the PostgreSQL server."""
    server = PostgresDatabase(POSTGRES)
    yield server
    server.drop()


@pytest.fixture(scope="session")
def _shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database in which nothing is ever committed, so that many tests can share it."""
    if POSTGRES:
        server = PostgresDatabase(POSTGRES)
        engine = connect(server.url)
        yield engine
        engine.dispose()
        server.drop()
        return
    file = tmp_path_factory.mktemp("shared") / "keyturn.db"
    shutil.copy(request.getfixturevalue("_template"), file)
    engine = connect(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _engines() -> dict[str, Engine]:
    """The engine of each URL: what it compiled for one test serves the next, while its connections do not."""
    return {}


@pytest.fixture
def database(
    database_url: str, vault: Vault, clock: MovedClock, _engines: dict[str, Engine]
) -> Iterator[Database]:
    """A database of the test's own."""
    database = Database(database_url, vault, clock)
    database.engine = _engines.setdefault(database_url, database.engine)
    yield database
    database.engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, vault: Vault, _shared: Engine) -> Iterator[Session]:
    """A writing session; nothing it does is kept. Beside `database` it is a session on that one."""
    engine = _shared
    if "database" in request.fixturenames:
        database: Database = request.getfixturevalue("database")
        engine = database.engine
    with writing_session(engine, vault) as session:
        yield session
        session.rollback()


class AllPermissions(frozenset[str]):
    """A set that holds every permission there is or will be."""

    __slots__ = ()

    def __contains__(self, _permission: object) -> bool:
        return True


@pytest.fixture
def admin() -> Actor:
    """Somebody who may do everything everywhere, without being the system."""
    return Actor(id=str(uuid.UUID(int=1)), name="Ada", grants=(Grant("administrator", ROOT, AllPermissions()),))


@pytest.fixture
def actor_with() -> Callable[..., Actor]:
    """Make a person with given permissions at a node."""
    count = 100

    def make(*permissions: str, path: str = ROOT, role: str = "tester", own_only: bool = False) -> Actor:
        nonlocal count
        count += 1
        grant = Grant(role, path, frozenset(permissions), own_only)
        return Actor(id=str(uuid.UUID(int=count)), name=f"Person {count}", grants=(grant,))

    return make
