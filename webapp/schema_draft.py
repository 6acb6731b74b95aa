"""Drafts a migration from what the models have and the migrations have not: ``make migration NAME="add ..."``.

Tables, columns and indexes are drafted by alembic on PostgreSQL, which tells more about itself than SQLite; the
triggers of both databases are added, written out in full, so that a migration does the same for ever. The server
is the one that KEYTURN_TEST_DATABASE_URL names.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from alembic import command
from sqlalchemy import Engine, text

from kernel.database import connect
from webapp.models import metadata
from webapp.schema import configuration, migrate

VERSIONS = Path(__file__).parent / "migrations" / "versions"
_SQLITE = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRES = (
    "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = 'public' AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') "
    "ORDER BY p.proname",
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal ORDER BY t.tgname",
)


def draft(message: str, number: str) -> Path:
    """Write the next migration and return its file."""
    with tempfile.TemporaryDirectory() as folder:
        migrated, built = (connect(f"sqlite:///{Path(folder) / name}") for name in ("migrated.db", "built.db"))
        _bring_up(migrated)
        metadata.create_all(built)
        triggers = {"sqlite": _new(_sqlite_triggers(migrated), _sqlite_triggers(built))}
    with _postgres() as migrated, _postgres() as built:
        _bring_up(migrated)
        metadata.create_all(built)
        triggers["postgresql"] = _new(_postgres_triggers(migrated), _postgres_triggers(built))
        with migrated.connect() as connection:
            slug = re.sub(r"\W+", "_", message.lower()).strip("_")
            command.revision(configuration(connection), message, autogenerate=True, rev_id=f"{number}_{slug}"[:60])
    file = next(iter(VERSIONS.glob(f"{number}_*.py")))
    _add_triggers(file, triggers)
    return file


def _bring_up(engine: Engine) -> None:
    if any(VERSIONS.glob("[0-9]*.py")):
        migrate(engine)


def _new(old: list[str], wanted: list[str]) -> list[str]:
    return [statement for statement in wanted if statement not in old]


def _sqlite_triggers(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [row.sql for row in connection.execute(text(_SQLITE))]


def _postgres_triggers(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = [row[0] for query in _POSTGRES for row in connection.exec_driver_sql(query)]
    return [statement.replace("%", "%%") for statement in found]  # The driver reads a single % as a placeholder.


@contextmanager
def _postgres() -> Iterator[Engine]:
    server = os.environ.get("KEYTURN_TEST_DATABASE_URL", "").replace("+psycopg", "")
    if not server:
        sys.exit("KEYTURN_TEST_DATABASE_URL must name a PostgreSQL server: its triggers are drafted from it")
    name = f"keyturn_draft_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    engine = connect(f"{server.rpartition('/')[0]}/{name}")
    try:
        yield engine
    finally:
        engine.dispose()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def _add_triggers(file: Path, triggers: dict[str, list[str]]) -> None:
    if not any(triggers.values()):
        return
    lines = ["TRIGGERS = {"]
    for dialect, statements in triggers.items():
        lines.append(f'    "{dialect}": [')
        for statement in statements:
            lines += ['        """', *statement.strip().splitlines(), '        """,']
        lines.append("    ],")
    body = "\n".join([*lines, "}"])
    source = file.read_text()
    source = source.replace("\n\ndef upgrade()", f"\n{body}\n\n\ndef upgrade()", 1)
    apply = "    connection = op.get_bind()\n    for statement in TRIGGERS[connection.dialect.name]:\n"
    apply += "        connection.exec_driver_sql(statement)\n"
    source = source.replace("\n\n\ndef downgrade()", f"\n{apply}\n\ndef downgrade()", 1)
    file.write_text(source)


def main() -> None:
    """Draft from the command line."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what the migration does: make migration NAME="add the key column"')
    numbers = [int(file.stem[:4]) for file in VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py")]
    click.echo(draft(message, f"{max(numbers, default=0) + 1:04}"))


if __name__ == "__main__":
    main()
