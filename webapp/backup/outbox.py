"""The outbox folder: messages that were laid into it because no gateway is set."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from channels.delivery import drop
from webapp.backup.archive import ArchiveWriter, Sink
from webapp.backup.errors import BackupRefused

OUTBOX = "outbox.tar.gz"


def dump(folder: Path, archive: ArchiveWriter) -> None:
    """Write every message of the folder; one that goes away meanwhile is left out."""
    if not folder.is_dir():
        return
    with archive.part(OUTBOX) as sink, tarfile.open(fileobj=_as_file(sink), mode="w|") as tar:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            try:
                content = file.open("rb")
            except FileNotFoundError:
                continue
            with content:
                entry = tar.gettarinfo(arcname=file.relative_to(folder).as_posix(), fileobj=content)
                tar.addfile(entry, content)


def load(folder: Path, packed: gzip.GzipFile) -> None:
    """Lay the messages into the folder; one that is there already stays as it is."""
    with tarfile.open(fileobj=packed, mode="r|") as tar:
        for entry in tar:
            place = PurePosixPath(entry.name)
            content = tar.extractfile(entry)
            if content is None or place.is_absolute() or ".." in place.parts:
                raise BackupRefused("backup_damaged", part=OUTBOX)
            drop(folder.joinpath(*place.parts[:-1]), place.name, content.read())


def _as_file(sink: Sink) -> IO[bytes]:
    return sink  # type: ignore[return-value]
