"""Do the migrations build what the models say? Tables, columns, constraints, indexes and triggers; one head."""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from kernel.database import connect
from webapp.models import metadata
from webapp.schema import configuration, migrate

_SCHEMA = (
    "SELECT type, name, tbl_name FROM sqlite_master "
    "WHERE name NOT LIKE 'sqlite_%' AND tbl_name != 'alembic_version'"
)


def differences() -> list[str]:
    """What differs between a migrated database and the models; empty when nothing does."""
    heads = ScriptDirectory.from_config(configuration()).get_heads()
    if len(heads) != 1:
        return [f"there are {len(heads)} migration heads, there must be one: {', '.join(heads)}"]
    with tempfile.TemporaryDirectory() as folder:
        migrated, built = (connect(f"sqlite:///{Path(folder) / name}") for name in ("migrated.db", "built.db"))
        migrate(migrated)
        metadata.create_all(built)
        found = [*_compared(migrated), *_parts(migrated, built)]
        migrated.dispose()
        built.dispose()
    return found


def _compared(migrated: Engine) -> list[str]:
    with migrated.connect() as connection, warnings.catch_warnings():
        # SQLite cannot reflect indexes over expressions; `_parts` compares them by name.
        warnings.filterwarnings("ignore", message=".*expression-based index")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def _parts(migrated: Engine, built: Engine) -> list[str]:
    """Triggers and partial indexes, which the comparison of tables does not see."""
    have, want = _objects(migrated), _objects(built)
    return [f"missing in the migrations: {part}" for part in sorted(want - have)] + [
        f"only in the migrations: {part}" for part in sorted(have - want)
    ]


def _objects(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {f"{kind} {name} on {table}" for kind, name, table in connection.execute(text(_SCHEMA))}


def main() -> None:
    """Print the differences and fail when there are any."""
    found = differences()
    for difference in found:
        print(difference)  # noqa: T201 - this is a command
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
