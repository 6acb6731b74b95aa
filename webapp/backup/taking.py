"""Taking a backup while the installation works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import make_url

from kernel.clock import Clock, SystemClock
from kernel.vault import VaultError, load_vault
from webapp.backup import keys, outbox, postgresql, sqlite
from webapp.backup.archive import ArchiveWriter, Progress, tell_nobody
from webapp.backup.errors import BackupRefused
from webapp.backup.files import PART, appearing, clear_left_over
from webapp.backup.manifest import Manifest
from webapp.backup.snapshot import Snapshot
from webapp.settings import Settings

SUFFIX = ".tar"
_NAME = re.compile(r"keyturn-backup-\d{8}T\d{6}Z\.tar")


@dataclass(frozen=True)
class Taken:
    """A finished backup; ``size`` is bytes, ``removed`` the older ones that made room."""

    file: Path
    size: int
    taken_at: datetime
    with_keys: bool
    removed: tuple[Path, ...]


def take_backup(
    settings: Settings,
    to: Path,
    *,
    with_keys: bool = True,
    keep: int | None = None,
    clock: Clock | None = None,
    progress: Progress = tell_nobody,
) -> Taken:
    """Write a backup to a file that ends with ``.tar``, or into a folder under a name that tells the instant.

    ``keep`` is how many backups stay in the folder, this one included. Raises `BackupRefused`; nothing is left
    of a backup that was not finished.
    """
    clock = clock or SystemClock()
    if keep is not None and to.suffix == SUFFIX:
        raise BackupRefused("backup_keep_needs_folder")
    try:
        vault = load_vault(settings.secret_file)
    except VaultError as problem:
        raise BackupRefused("backup_keys_missing", file=str(settings.secret_file)) from problem
    target = _target(to, clock.now())
    clear_unfinished(target.parent)
    with appearing(target) as file:
        archive = ArchiveWriter(file)
        snapshot = _dump_database(settings.database_url, target, archive, clock, progress)
        outbox.dump(Path(settings.outbox_folder), archive)
        if with_keys:
            with archive.part(keys.KEYS) as sink:
                sink.write(settings.secret_file.read_bytes())
        archive.close(_manifest(settings, snapshot, keys.fingerprint(vault), archive))
    removed = _thin_out(target.parent, keep) if keep is not None else ()
    return Taken(target, target.stat().st_size, snapshot.taken_at, with_keys, removed)


def kind_of(database_url: str) -> str:
    """``sqlite`` or ``postgresql``."""
    return make_url(database_url).get_backend_name()


def clear_unfinished(folder: Path) -> None:
    """Remove what killed backups left in a folder; those under way are locked and stay."""
    for part in folder.glob(f"*{SUFFIX}{PART}"):
        clear_left_over(part, part.with_name(part.name + sqlite.COPY))


def _dump_database(url: str, target: Path, archive: ArchiveWriter, clock: Clock, progress: Progress) -> Snapshot:
    if kind_of(url) == "sqlite":
        copy = target.with_name(target.name + PART + sqlite.COPY)
        return sqlite.dump(url, clock, archive, copy, progress)
    return postgresql.dump(url, clock, archive, progress)


def _manifest(settings: Settings, snapshot: Snapshot, fingerprint: str, archive: ArchiveWriter) -> Manifest:
    return Manifest(
        product=version("keyturn"),
        database=kind_of(settings.database_url),
        schema=snapshot.schema,
        taken_at=snapshot.taken_at,
        fingerprint=fingerprint,
        tables=snapshot.tables,
        parts=tuple(archive.parts),
    )


def _target(to: Path, now: datetime) -> Path:
    if to.suffix == SUFFIX:
        to.parent.mkdir(parents=True, exist_ok=True)
        return to
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    return to / f"keyturn-backup-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def _thin_out(folder: Path, keep: int) -> tuple[Path, ...]:
    """Remove the oldest backups beyond ``keep``; the names sort by instant."""
    kept = sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name))
    too_old = tuple(kept[: max(0, len(kept) - keep)])
    for file in too_old:
        file.unlink(missing_ok=True)
    return too_old
