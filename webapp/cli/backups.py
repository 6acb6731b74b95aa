"""Commands that take a backup and bring one back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from webapp.backup import BackupRefused, take_backup
from webapp.backup import restore as bring_back
from webapp.backup.archive import Progress
from webapp.cli.wording import speaking
from webapp.settings import Settings
from webapp.wording import word

_TOLD_EVERY_SECONDS = 5.0


@click.command()
@click.option(
    "--to", type=click.Path(path_type=Path), default="var/backups", show_default=True,
    help="A folder, or a file that ends with .tar.",
)  # fmt: skip
@click.option("--keep", type=click.IntRange(min=1), help="How many backups stay in the folder; all without it.")
@click.option("--without-keys", is_flag=True, help="Leave the master keys out.")
@click.pass_obj
def backup(settings: Settings, to: Path, keep: int | None, without_keys: bool) -> None:
    """Write database, papers, keys and outbox to one file, while Keyturn works."""
    with _plainly():
        taken = take_backup(settings, to, with_keys=not without_keys, keep=keep, progress=_watched())
    size = f"{taken.size / 1024 / 1024:.1f} MiB"
    _say("backup_taken", file=str(taken.file), size=size, instant=_instant(taken.taken_at))
    for file in taken.removed:
        _say("backup_removed", file=str(file))
    _say("backup_holds_keys" if taken.with_keys else "backup_lacks_keys", file=str(settings.secret_file))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Bring a backup back into an empty database; what came after it is lost."""
    with _plainly():
        restored = bring_back(settings, file, progress=_watched())
    _say(
        "restored_to",
        instant=_instant(restored.taken_at),
        instances=restored.instances,
        sales=restored.sales,
        papers=restored.papers,
    )
    _say("restored_next")


@contextmanager
def _plainly() -> Iterator[None]:
    """Troubles of disk and database as refusals with a sentence."""
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise BackupRefused("backup_not_written", file=str(problem.filename or "-"), reason=reason) from problem
    except SQLAlchemyError as problem:
        cause = getattr(problem, "orig", None) or problem
        raise BackupRefused("backup_database_failed", reason=_first_line(cause)) from problem
    except (sqlite3.Error, psycopg.Error) as problem:
        raise BackupRefused("backup_database_failed", reason=_first_line(problem)) from problem


def _first_line(problem: BaseException) -> str:
    return (str(problem) or type(problem).__name__).splitlines()[0]


def _watched() -> Progress:
    """Tells on standard error how far a long one is, every few seconds."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _TOLD_EVERY_SECONDS:
            told = time.monotonic()
            _say("backup_progress", aside=True, done=done, total=total)

    return tell


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _say(code: str, *, aside: bool = False, **params: object) -> None:
    with speaking():
        click.echo(word(code, params), err=aside)


COMMANDS = [backup, restore]
