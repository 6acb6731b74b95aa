"""A SQLite database as one part, copied page by page while others write, and back as a file that appears whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import create_engine, make_url

from kernel.clock import Clock
from kernel.database import connect
from webapp.backup.archive import ArchiveReader, ArchiveWriter, Progress
from webapp.backup.errors import BackupRefused
from webapp.backup.files import PART, clear_left_over, creating, name_it
from webapp.backup.leases import release_leases
from webapp.backup.manifest import Table
from webapp.backup.snapshot import Snapshot
from webapp.schema import head, revision_of, upgrade

DATABASE = "database.sqlite.gz"
COPY = "-database"
"""The copy that a backup is packed from is called like the unfinished backup, with this at the end."""
_PAGES_AT_ONCE = 2000
_COMPANIONS = ("-wal", "-shm", "-journal")
_CHUNK = 1024 * 1024


def file_of(url: str) -> Path:
    """The file of a SQLite address; raises `BackupRefused` for a database in memory."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise BackupRefused("backup_needs_file")
    return Path(name)


def dump(url: str, clock: Clock, archive: ArchiveWriter, copy: Path, progress: Progress) -> Snapshot:
    """Write the database as it stands at one instant; ``copy`` is a file of this call, removed by it."""
    source = file_of(url)
    if not source.is_file():
        raise BackupRefused("backup_nothing_there")
    try:
        taken_at = _copy(source, copy, clock, progress)
        snapshot = _look_at(copy, taken_at)
        with copy.open("rb") as file, archive.part(DATABASE) as sink:
            shutil.copyfileobj(file, sink, _CHUNK)
        return snapshot
    finally:
        copy.unlink(missing_ok=True)


def _copy(source: Path, copy: Path, clock: Clock, progress: Progress) -> datetime:
    copy.touch(0o600)
    # Opened so that a missing file is not made.
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as reading,
        closing(sqlite3.connect(copy)) as writing,
    ):
        reading.isolation_level = None
        taken_at = clock.now()
        # The open reading transaction holds the snapshot, else every write of others would begin the copy anew.
        reading.execute("BEGIN")
        reading.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        reading.backup(
            writing, pages=_PAGES_AT_ONCE, progress=lambda _status, left, total: progress(total - left, total)
        )
        reading.execute("ROLLBACK")
        writing.execute("PRAGMA journal_mode=DELETE")
    return taken_at


def _look_at(copy: Path, taken_at: datetime) -> Snapshot:
    """Check the copy through and count its rows."""
    with closing(sqlite3.connect(copy)) as database:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise BackupRefused("backup_source_damaged")
        tables = _tables(database)
    engine = create_engine(f"sqlite:///{copy}")
    try:
        with engine.connect() as connection:
            schema = revision_of(connection)
    finally:
        engine.dispose()
    if schema is None:
        raise BackupRefused("backup_nothing_there")
    return Snapshot(taken_at, schema, tables)


def _tables(database: sqlite3.Connection) -> tuple[Table, ...]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    names = [name for (name,) in database.execute(query) if name != "alembic_version"]
    return tuple(
        Table(
            name,
            tuple(column for _, column, *_ in database.execute(f'PRAGMA table_info("{name}")')),
            database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0],  # noqa: S608 - a name the database gave
        )
        for name in names
    )


def require_empty(url: str) -> None:
    """Raise `BackupRefused` when there is a database, or what is left of one."""
    target = file_of(url)
    if target.exists() and _has_tables(target):
        raise BackupRefused("restore_database_not_empty")
    # SQLite would take these for changes to the new file.
    for left in (target.with_name(target.name + ending) for ending in _COMPANIONS):
        if left.exists():
            raise BackupRefused("restore_left_over", file=str(left))


def _has_tables(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as database:
            return bool(database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall())
    except sqlite3.DatabaseError:
        return True


@contextmanager
def loaded(url: str, archive: ArchiveReader, progress: Progress) -> Iterator[None]:
    """A database that is filled and checked within the block, and gets its name once the block has ended well."""
    require_empty(url)
    target = file_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(target) as (part, file):
        archive.copy(DATABASE, file)
        file.flush()
        _check(part, archive.manifest.tables)
        progress(1, 1)
        _bring_up_to_date(part)
        os.fsync(file.fileno())
        yield
        require_empty(url)
        target.unlink(missing_ok=True)
        name_it(part, target)


@contextmanager
def _unfinished(target: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """The file that will be the database, locked against another restore."""
    part = target.with_name(target.name + PART)
    companions = [part.with_name(part.name + ending) for ending in _COMPANIONS]
    clear_left_over(part, *companions)
    with creating(part) as file:
        try:
            yield part, file
        finally:
            for left in (*companions, part):
                left.unlink(missing_ok=True)


def _check(part: Path, tables: tuple[Table, ...]) -> None:
    with closing(sqlite3.connect(part)) as database:
        whole = database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        if not whole or _tables(database) != tables or database.execute("PRAGMA foreign_key_check").fetchone():
            raise BackupRefused("backup_damaged", part=DATABASE)


def _bring_up_to_date(part: Path) -> None:
    engine = connect(f"sqlite:///{part}")
    try:
        with engine.begin() as connection:
            upgrade(connection, head())
            release_leases(connection)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(part)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
