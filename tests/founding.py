"""A company that is founded once in a test process; each further test that asks for the same finds its rows there."""

from __future__ import annotations

import atexit
import sqlite3
from collections.abc import Callable, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from tests.postgres import filled
from webapp.db import Database

Restore = Callable[[], None]
_KEPT: dict[tuple[str, Hashable], Restore] = {}
_FILES = TemporaryDirectory(prefix="keyturn-founded-")
atexit.register(_FILES.cleanup)


def founded(database: Database, key: Hashable, found: Callable[[], None]) -> None:
    """Let a database that is empty hold what ``found`` puts into it; it is called once for each key and URL.

    Whatever the key leaves out must not matter: what is founded under one key is the same each time.
    """
    place = (str(database.engine.url), key)
    if place in _KEPT:
        _KEPT[place]()
        return
    found()
    keep = _keep_file if database.engine.dialect.name == "sqlite" else _keep_rows
    _KEPT[place] = keep(database, len(_KEPT))


def _keep_file(database: Database, number: int) -> Restore:
    live, kept = database.engine.url.database or "", str(Path(_FILES.name) / f"{number}.db")
    _copy(live, kept)
    return lambda: _copy(kept, live)


def _copy(source: str, target: str) -> None:
    """A copy page by page, as a backup is taken: open connections see it whole."""
    with sqlite3.connect(source) as read, sqlite3.connect(target) as write:
        read.backup(write)
    read.close()
    write.close()


def _keep_rows(database: Database, number: int) -> Restore:
    """The rows stay in a schema beside, and come back by one message; triggers have judged them once."""
    url, schema = (
        database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False),
        f"kept_{number}",
    )
    with psycopg.connect(url, autocommit=True) as connection:
        tables = filled(connection)
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for table in tables:
            names = {"kept": sql.Identifier(schema, table), "live": sql.Identifier(table)}
            connection.execute(sql.SQL("CREATE UNLOGGED TABLE {kept} AS TABLE {live}").format(**names))
    back = [
        sql.SQL("INSERT INTO {} SELECT * FROM {}").format(sql.Identifier(table), sql.Identifier(schema, table))
        for table in tables
    ]
    statements = sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *back])

    def restore() -> None:
        with psycopg.connect(url) as connection:
            connection.execute(statements)

    return restore
