"""A disk that can be filled and emptied: a small mount where that is allowed, else a limit on the size of files."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Disk:
    """A folder on a small disk."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.is_mounted = mounted
        self._filler = folder / "filler"

    def fill(self, pid: int) -> None:
        """Leave no room for another byte; ``pid`` is the process that shall feel it."""
        if not self.is_mounted:
            # No file may grow: not the database, not its log.
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            return
        with self._filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * 4096):
                pass

    def empty(self, pid: int) -> None:
        """Make room again."""
        if not self.is_mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self._filler.unlink(missing_ok=True)


@contextmanager
def small(folder: Path, *, megabytes: int = 24) -> Iterator[Disk]:
    """A disk of a few megabytes; ``is_mounted`` says whether it is a real one."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            _run("umount", "--lazy", str(folder))


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except FileNotFoundError:
        return False
