"""A backup or restore that is killed leaves nothing half done, wherever it was, and the next one succeeds."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

from kernel.clock import MovedClock
from tests.webapp.backup.site import Site
from webapp.backup import restore, take_backup
from webapp.backup.archive import ArchiveReader, ArchiveWriter, open_archive

# Each is passed on the way; a process dies when it is about to make its n-th step of these.
STEPS = [(os, "fsync"), (os, "link"), (ArchiveWriter, "part"), (ArchiveWriter, "close"), (ArchiveReader, "part")]


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed at a step; False when it ended before."""
    child = os.fork()
    if child == 0:
        taken = count(1)
        for owner, name in STEPS:
            passed = getattr(owner, name)

            def die_or_pass(*given: object, passed: Callable[..., object] = passed, **named: object) -> object:
                if next(taken) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return passed(*given, **named)

            setattr(owner, name, die_or_pass)
        failed = True
        try:
            work()
            failed = False
        finally:
            os._exit(int(failed))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def steps(server: object) -> list[int]:
    """Every step with SQLite; with PostgreSQL the first and, of the many tables between, some, and the last ones."""
    return [*range(1, 12)] if server is None else [1, 2, 40, 77, 78, 79, 80, 81, 82, 83, 84]


def test_a_killed_backup_leaves_nothing_that_looks_like_one(site: Site, clock: MovedClock, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    died = []
    for step in steps(site.server):
        clock.advance(timedelta(minutes=1))
        died.append(killed_at(step, lambda: take_backup(site.settings, safe, clock=clock)))
    assert sum(died) >= 3
    clock.advance(timedelta(minutes=1))
    taken = take_backup(site.settings, safe, clock=clock)
    left = set(safe.iterdir())
    assert taken.file in left
    for file in left:
        with open_archive(file) as archive:
            archive.verify()


def test_a_killed_restore_leaves_no_database_and_can_be_run_again(
    site: Site, elsewhere: Site, clock: MovedClock, tmp_path: Path
) -> None:
    file = take_backup(site.settings, tmp_path / "safe", clock=clock).file
    then = site.rows()
    deaths = 0
    for step in steps(site.server):
        if not killed_at(step, lambda: restore(elsewhere.settings, file)):
            break
        deaths += 1
    else:
        restore(elsewhere.settings, file)
    assert deaths >= 3
    assert elsewhere.rows() == then
    assert not list(elsewhere.folder.rglob("*.part*"))
