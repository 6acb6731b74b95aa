"""From settings to a running house: keys, database, schema."""

from __future__ import annotations

from pathlib import Path

from kernel.clock import Clock, SystemClock
from kernel.vault import Vault, VaultError, load_vault, new_vault
from webapp.db import Database
from webapp.schema import is_usable
from webapp.settings import Settings


class NotReady(Exception):
    """Something has to be done before Keyturn can start; the text says what."""


def open_database(settings: Settings, *, clock: Clock | None = None, create: bool = False) -> Database:
    """The database of an installation with its keys; with ``create`` missing keys are made.

    Raises `NotReady`. The schema is not looked at: see `require_schema`.
    """
    if settings.broker_url and settings.database_url.startswith("sqlite"):
        raise NotReady(
            "Several processes need PostgreSQL. Set KEYTURN_DATABASE_URL to a PostgreSQL address, or leave "
            "KEYTURN_BROKER_URL out and serve from one process."
        )
    vault = _vault(settings.secret_file, create=create)
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    # A page may read beside the transaction it writes in, so each thread may hold two connections.
    return Database(settings.database_url, vault, clock or SystemClock(), pool_size=settings.threads + 2)


def _vault(path: Path, *, create: bool) -> Vault:
    if create and not path.exists():
        new_vault().save(path)
    try:
        return load_vault(path)
    except VaultError as problem:
        raise NotReady(
            f"The key file {path} is missing or damaged. A new company starts with `keyturn init`; "
            "an existing one needs the key file it was started with (KEYTURN_SECRET_FILE)."
        ) from problem


def require_schema(database: Database) -> None:
    """Raise `NotReady` unless the database stands at the newest revision, or at that of a later version."""
    if not is_usable(database.engine):
        raise NotReady("The database is not up to date. Run `keyturn migrate` first.")
