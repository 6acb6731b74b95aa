"""Databases to measure on: SQLite as embedded, PostgreSQL as scaled, each empty and gone afterwards."""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine

SQLITE = "sqlite://"


@contextlib.contextmanager
def fresh(url: str) -> Iterator[str]:
    """The URL of an empty database beside the one named (``sqlite://`` means a file of its own)."""
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    plain = url.replace("+psycopg", "")
    name = f"keyturn_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{plain.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def analyze(engine: Engine) -> None:
    """Let the database count what is in it, as a running one does by itself after a while."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def kind_of(url: str) -> str:
    """``sqlite`` or ``postgresql``."""
    return url.partition(":")[0].partition("+")[0]
