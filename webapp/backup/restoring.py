"""Bringing a backup back on an empty machine: checked first, then all of it or nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from webapp.backup import keys, outbox, postgresql, sqlite
from webapp.backup.archive import ArchiveReader, Progress, open_archive, tell_nobody
from webapp.backup.errors import BackupRefused
from webapp.backup.manifest import Manifest
from webapp.backup.taking import kind_of
from webapp.schema import is_known
from webapp.settings import Settings


@dataclass(frozen=True)
class Restored:
    """What is there again: everything committed by ``taken_at`` (UTC), nothing that came after it."""

    taken_at: datetime
    instances: int
    sales: int
    papers: int
    keys_laid: bool


def restore(settings: Settings, file: Path, *, progress: Progress = tell_nobody) -> Restored:
    """Fill an empty database, and lay the keys and the outbox, from a backup.

    The database appears last and at once: stopped anywhere, the restore can simply be run again. Raises
    `BackupRefused`.
    """
    with open_archive(file) as archive:
        manifest = archive.manifest
        _require_fitting(settings, manifest)
        lays_keys = keys.require_fitting(settings.secret_file, archive)
        archive.verify(progress)
        with ExitStack() as undo:
            with _loaded(settings.database_url, archive, progress):
                if lays_keys:
                    keys.lay(settings.secret_file, archive)
                    undo.callback(settings.secret_file.unlink, missing_ok=True)
                _load_outbox(settings, archive)
            undo.pop_all()
    if manifest.database == "postgresql":
        postgresql.tidy(settings.database_url)
    return Restored(
        taken_at=manifest.taken_at,
        instances=manifest.rows("engine_instance"),
        sales=manifest.rows("sale"),
        papers=manifest.rows("document"),
        keys_laid=lays_keys,
    )


def _require_fitting(settings: Settings, manifest: Manifest) -> None:
    kind = kind_of(settings.database_url)
    if manifest.database != kind:
        raise BackupRefused("restore_other_database", taken_of=manifest.database, here=kind)
    if not is_known(manifest.schema):
        raise BackupRefused("restore_schema_newer", schema=manifest.schema, product=manifest.product)
    (sqlite if kind == "sqlite" else postgresql).require_empty(settings.database_url)


def _loaded(url: str, archive: ArchiveReader, progress: Progress) -> AbstractContextManager[None]:
    """The database, filled within the block and published at its end."""
    if kind_of(url) == "sqlite":
        return sqlite.loaded(url, archive, progress)
    return postgresql.loaded(url, archive, progress)


def _load_outbox(settings: Settings, archive: ArchiveReader) -> None:
    if archive.manifest.part(outbox.OUTBOX) is not None:
        with archive.part(outbox.OUTBOX) as packed:
            outbox.load(Path(settings.outbox_folder), packed)
