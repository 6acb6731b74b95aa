"""A PostgreSQL database as one part per table, and back into an empty one in a single transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from psycopg import Connection as Driver
from psycopg import sql
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import SQLAlchemyError

from kernel.clock import Clock
from kernel.database import connect
from webapp.backup.archive import ArchiveReader, ArchiveWriter, Progress
from webapp.backup.errors import BackupRefused
from webapp.backup.leases import release_leases
from webapp.backup.manifest import Manifest, Table
from webapp.backup.snapshot import Snapshot
from webapp.schema import head, revision_of, upgrade

_VERSION = "alembic_version"
# Any number that nobody else locks: two who restore into one database come one after the other.
_RESTORING = 7_265_736_746
_CHUNK = 256 * 1024


def dump(url: str, clock: Clock, archive: ArchiveWriter, progress: Progress) -> Snapshot:
    """Write every table as it stands at one instant; writers go on meanwhile."""
    engine = connect(url, pool_size=1)
    try:
        still = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with still as connection:
            # What was committed before the snapshot is in it; the first statement takes it.
            taken_at = clock.now()
            driver = _set_up(connection)
            schema = revision_of(connection)
            if schema is None:
                raise BackupRefused("backup_nothing_there")
            tables = []
            layout = _layout(connection)
            for number, (name, columns) in enumerate(layout):
                tables.append(Table(name, columns, _copy_out(driver, name, columns, archive)))
                progress(number + 1, len(layout))
            return Snapshot(taken_at, schema, tuple(tables))
    finally:
        engine.dispose()


def _copy_out(driver: Driver[Any], name: str, columns: tuple[str, ...], archive: ArchiveWriter) -> int:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(name), _list(columns))
    with driver.cursor() as cursor:
        with archive.part(_part(name)) as sink, cursor.copy(statement) as rows:
            for data in rows:
                sink.write(bytes(data))
        return cursor.rowcount


def require_empty(url: str) -> None:
    """Raise `BackupRefused` when there is any table."""
    engine = connect(url, pool_size=1)
    try:
        with engine.connect() as connection:
            _require_no_tables(connection)
    finally:
        engine.dispose()


@contextmanager
def loaded(url: str, archive: ArchiveReader, progress: Progress) -> Iterator[None]:
    """A database that is filled and checked within the block, and committed once the block has ended well."""
    engine = connect(url, pool_size=1)
    try:
        with engine.begin() as connection:
            driver = _set_up(connection)
            driver.execute("SELECT pg_advisory_xact_lock(%s)", [_RESTORING])
            _require_no_tables(connection)
            upgrade(connection, archive.manifest.schema)
            _fill(connection, driver, archive, progress)
            upgrade(connection, head())
            release_leases(connection)
            yield
    finally:
        engine.dispose()


def _fill(connection: Connection, driver: Driver[Any], archive: ArchiveReader, progress: Progress) -> None:
    """Copy the tables in, with the triggers at rest: they guard acts, and these rows have passed them once."""
    manifest = archive.manifest
    _require_same_layout(connection, manifest)
    for number, table in enumerate(manifest.tables):
        quoted = sql.Identifier(table.name)
        driver.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(quoted))
        # A migration may have put a row in that the backup holds as it became.
        driver.execute(sql.SQL("DELETE FROM {}").format(quoted))
        if _copy_in(driver, table, archive) != table.rows:
            raise BackupRefused("backup_damaged", part=_part(table.name))
        progress(number + 1, len(manifest.tables))
    driver.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in manifest.tables:
        driver.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table.name)))
    # Migrations that follow may look at what was deferred again.
    driver.execute("SET CONSTRAINTS ALL DEFERRED")


def _copy_in(driver: Driver[Any], table: Table, archive: ArchiveReader) -> int:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _list(table.columns))
    with driver.cursor() as cursor:
        with archive.part(_part(table.name)) as source, cursor.copy(statement) as rows:
            while data := source.read(_CHUNK):
                rows.write(data)
        return cursor.rowcount


def _require_no_tables(connection: Connection) -> None:
    if inspect(connection).get_table_names():
        raise BackupRefused("restore_database_not_empty")


def _require_same_layout(connection: Connection, manifest: Manifest) -> None:
    """The migrations must have made the very tables and columns that the backup holds."""
    made = {name: set(columns) for name, columns in _layout(connection)}
    if made != {table.name: set(table.columns) for table in manifest.tables}:
        raise BackupRefused("backup_layout_unknown", schema=manifest.schema)


def _layout(connection: Connection) -> list[tuple[str, tuple[str, ...]]]:
    """Tables, those first that others refer to, with their columns."""
    inspector = inspect(connection)
    known = inspector.get_multi_columns()
    columns = {name: tuple(c["name"] for c in found) for (_, name), found in known.items()}
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name and name != _VERSION]
    return [(name, columns[name]) for name in names]


def _set_up(connection: Connection) -> Driver[Any]:
    driver: Driver[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    connection.exec_driver_sql("SET LOCAL client_encoding TO 'UTF8'")
    connection.exec_driver_sql("SET LOCAL datestyle TO 'ISO, YMD'")
    return driver


def tidy(url: str) -> None:
    """Let the planner know what came in; without it the database only plans worse until it finds out itself."""
    engine = connect(url, pool_size=1)
    try:
        with (
            suppress(SQLAlchemyError),
            engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            connection.exec_driver_sql("VACUUM ANALYZE")
    finally:
        engine.dispose()


def _list(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _part(table: str) -> str:
    return f"tables/{table}.copy.gz"
