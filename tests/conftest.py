"""What every story needs: a real database, a clock that is moved, keys, and people with rights.

The schema is built once per test process into a template; each test gets a copy of its own: of a file on SQLite,
of a template database on PostgreSQL when KEYTURN_TEST_DATABASE_URL names a server.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import webapp.models
from kernel.actor import ROOT, Actor, Grant
from kernel.clock import MovedClock
from kernel.database import Base, connect, writing_session
from kernel.vault import Vault, new_vault
from ledger.staff import passwords
from webapp.db import Database

POSTGRES = os.environ.get("KEYTURN_TEST_DATABASE_URL", "")
assert webapp.models.__name__


@pytest.fixture(scope="session", autouse=True)
def _cheap_password_hashes() -> None:
    """Password hashes are slow on purpose; a test suite makes hundreds of them."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> MovedClock:
    """Monday 2 March 2026, nine in the morning in Shanghai."""
    return MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Keys for this run."""
    return new_vault()


def _build(url: str) -> None:
    engine = connect(url)
    Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The template that each test's database is copied from."""
    if not POSTGRES:
        file = tmp_path_factory.mktemp("template") / "keyturn.db"
        _build(f"sqlite:///{file}")
        yield str(file)
        return
    name = f"keyturn_template_{uuid.uuid4().hex[:12]}"
    _administer(f'CREATE DATABASE "{name}"')
    _build(_postgres_url(name))
    yield name
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    with psycopg.connect(POSTGRES.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _postgres_url(name: str) -> str:
    server, _, _ = POSTGRES.rpartition("/")
    return f"{server}/{name}"


@contextmanager
def _copy(template: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of the template."""
    if not POSTGRES:
        file = folder / "keyturn.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        return
    name = f"keyturn_{uuid.uuid4().hex[:12]}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _postgres_url(name)
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(_template: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own, with the schema in it."""
    with _copy(_template, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def _shared(_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database in which nothing is ever committed, so that many tests can share it: a copy takes a second."""
    with _copy(_template, tmp_path_factory.mktemp("shared")) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture
def database(database_url: str, vault: Vault, clock: MovedClock) -> Iterator[Database]:
    """A database of the test's own."""
    database = Database(database_url, vault, clock)
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
