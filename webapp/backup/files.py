"""Files that appear whole or not at all, also when the machine stops half way."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from webapp.backup.errors import BackupRefused

PART = ".part"


@contextmanager
def appearing(target: Path) -> Iterator[BinaryIO]:
    """A new file, readable by its owner alone, that gets its name once the block has ended well.

    Until then it is called ``….part`` and locked, by which `clear_left_over` knows whether somebody still writes.
    Raises `BackupRefused` when there is a file of the name.
    """
    part = target.with_name(target.name + PART)
    clear_left_over(part)
    with creating(part) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            name_it(part, target)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def creating(part: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, locked within the block; raises `BackupRefused` when it is there."""
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as problem:
        raise BackupRefused("backup_under_way", file=str(part)) from problem
    with os.fdopen(handle, "w+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def name_it(part: Path, target: Path) -> None:
    """Give a finished file its name, for good; never takes the place of another."""
    try:
        os.link(part, target)
    except FileExistsError as problem:
        raise BackupRefused("backup_file_exists", file=str(target)) from problem
    part.unlink()
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear_left_over(part: Path, *companions: Path) -> None:
    """Remove what a process that was killed left, unless another one writes it at this moment."""
    with suppress(FileNotFoundError, BlockingIOError), part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in (*companions, part):
            left.unlink(missing_ok=True)
