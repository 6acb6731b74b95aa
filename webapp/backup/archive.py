"""The file of a backup: a tar of gzipped parts, its manifest last. Parts are streamed, never held in memory."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from webapp.backup.errors import BackupRefused
from webapp.backup.manifest import Manifest, Part, read_manifest

MANIFEST = "manifest.json"
_SUM = "manifest.sha256"
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1024 * 1024
# Most of the gain for a fraction of the time of the default.
_LEVEL = 3

Progress = Callable[[int, int], None]
"""Told how much is done of how much."""


def tell_nobody(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


class Sink(Protocol):
    """Something bytes go into."""

    def write(self, data: bytes, /) -> int:
        """Take them all."""
        ...


class _Measured:
    """Counts and hashes what goes into a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


class ArchiveWriter:
    """Writes parts one after another into a file that can be sought in."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.parts: list[Part] = []

    @contextmanager
    def part(self, name: str) -> Iterator[Sink]:
        """A part to be written within the block; its size is known, and its header filled in, at the end."""
        start = self._file.tell()
        self._file.write(_header(name, 0))
        measured = _Measured(self._file)
        with gzip.GzipFile(fileobj=measured, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
            yield packed
        end = self._pad()
        self._file.seek(start)
        self._file.write(_header(name, measured.size))
        self._file.seek(end)
        self.parts.append(Part(name, measured.size, measured.hash.hexdigest()))

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, by which a whole backup is known."""
        text = manifest.to_json()
        for name, content in ((MANIFEST, text), (_SUM, hashlib.sha256(text).hexdigest().encode())):
            self._file.write(_header(name, len(content)) + content)
            self._pad()
        self._file.write(bytes(2 * _BLOCK))

    def _pad(self) -> int:
        self._file.write(bytes(-self._file.tell() % _BLOCK))
        return self._file.tell()


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.GNU_FORMAT)


class ArchiveReader:
    """Reads a backup whose manifest is whole; `verify` looks at the parts."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        text, told = self._small(MANIFEST), self._small(_SUM)
        if hashlib.sha256(text).hexdigest().encode() != told:
            raise BackupRefused("backup_damaged", part=MANIFEST)
        self.manifest = read_manifest(text)

    def verify(self, progress: Progress = tell_nobody) -> None:
        """Raises `BackupRefused` for the first part that is not as it was written."""
        total, done = sum(part.size for part in self.manifest.parts), 0
        for part in self.manifest.parts:
            digest, size = hashlib.sha256(), 0
            stored = self._stored(part.name)
            while chunk := stored.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                progress(done + size, total)
            if (size, digest.hexdigest()) != (part.size, part.sha256):
                raise BackupRefused("backup_damaged", part=part.name)
            done += size

    @contextmanager
    def part(self, name: str) -> Iterator[gzip.GzipFile]:
        """A part as it was before it was packed."""
        with gzip.GzipFile(fileobj=self._stored(name)) as unpacked:
            yield unpacked

    def copy(self, name: str, target: BinaryIO) -> None:
        """Write a part, unpacked, into a file."""
        with self.part(name) as source:
            shutil.copyfileobj(source, target, _CHUNK)

    def _small(self, name: str) -> bytes:
        return self._stored(name).read()

    def _stored(self, name: str) -> IO[bytes]:
        try:
            stored = self._tar.extractfile(name)
        except KeyError as problem:
            raise BackupRefused("backup_damaged", part=name) from problem
        if stored is None:
            raise BackupRefused("backup_damaged", part=name)
        return stored


@contextmanager
def open_archive(file: Path) -> Iterator[ArchiveReader]:
    """A backup to be read; raises `BackupRefused` for a file that is none, or is cut off."""
    if not file.is_file():
        raise BackupRefused("backup_missing", file=str(file))
    try:
        with tarfile.open(file, "r:") as tar:
            yield ArchiveReader(tar)
    except (tarfile.TarError, EOFError) as problem:
        raise BackupRefused("backup_damaged", part=file.name) from problem
