"""Another word for a column that holds one of several: its check is widened, whatever words it knows by then.

A rebuilt table would lose its triggers on SQLite, so there the text of the check is changed in the schema itself,
as SQLite's manual allows for a change that leaves stored rows as they are.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


def add_words(table: str, constraint: str, column: str, *words: str) -> None:
    """Let ``column`` also hold ``words``; words that it may hold already are left out."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _sqlite(connection, table, constraint, words)
    else:
        _postgresql(connection, table, constraint, column, words)


def _sqlite(connection: sa.Connection, table: str, constraint: str, words: tuple[str, ...]) -> None:
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    sql = connection.execute(query, {"table": table}).scalar_one()
    check = re.search(rf"(CONSTRAINT \"?{constraint}\"? CHECK \([^()]*\()([^()]*)(\)\))", sql)
    if check is None:
        raise LookupError(f"{table} has no check {constraint}")
    missing = [word for word in words if f"'{word}'" not in check[2]]
    listed = ", ".join([check[2], *(f"'{word}'" for word in missing)])
    changed = sql[: check.start()] + check[1] + listed + check[3] + sql[check.end() :]
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table")
    connection.execute(change, {"sql": changed, "table": table})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _postgresql(
    connection: sa.Connection, table: str, constraint: str, column: str, words: tuple[str, ...]
) -> None:
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    known = re.findall(r"'([^']*)'", connection.execute(query, {"name": constraint}).scalar_one())
    listed = ", ".join(f"'{word}'" for word in [*known, *(word for word in words if word not in known)])
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({column} IN ({listed}))")
