"""A database on the PostgreSQL server of the tests, emptied between them.

Dropping a database waits for a checkpoint, which takes longer than most tests; deleting the few rows a test left
takes milliseconds.
"""

from __future__ import annotations

import uuid

import psycopg
from psycopg import sql

from kernel.database import connect
from webapp.models import metadata
from webapp.schema import migrate


class PostgresDatabase:
    """One database with the schema in it, or an empty one."""

    def __init__(self, server: str, *, migrated: bool = True) -> None:
        self._server = server.replace("+psycopg", "")
        self.name = f"keyturn_test_{uuid.uuid4().hex[:12]}"
        self.url = f"{self._server.rpartition('/')[0]}/{self.name}"
        self._administer("CREATE DATABASE {}")
        # A test asks what is committed, never what outlives a power cut of the server; each wait for the disk would
        # take as long as most statements together.
        self._administer("ALTER DATABASE {} SET synchronous_commit = off")
        if migrated:
            engine = connect(self.url)
            migrate(engine)
            engine.dispose()

    def empty(self) -> None:
        """Take out every row, whatever triggers and references say, and end what a test left open."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")
            with connection.transaction():
                for name in filled(connection):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))

    def drop(self) -> None:
        """Remove the database."""
        self._administer("DROP DATABASE {} WITH (FORCE)")

    def _administer(self, statement: str) -> None:
        administer(self._server, statement, self.name)


def filled(connection: psycopg.Connection) -> list[str]:
    """The tables that hold a row."""
    questions = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in metadata.tables
    ]
    return [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(questions))]


def administer(server: str, statement: str, name: str) -> None:
    """Make, change or drop a database: ``{}`` in the statement stands for its name."""
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
