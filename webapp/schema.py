"""Bringing a database's schema up to date, and telling whether it is."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Apply what is missing; returns the revision before and the one after."""
    with engine.begin() as connection:
        before = revision_of(connection)
        upgrade(connection, head())
    return before, head()


def upgrade(connection: Connection, revision: str) -> None:
    """Apply what is missing up to a revision, within the transaction that is open."""
    command.upgrade(configuration(connection), revision)


def is_usable(engine: Engine) -> bool:
    """Whether this version may work on the database: it stands at the newest revision, or at a later version's.

    Migrations only add, so a process of the version before runs on while an installation is upgraded.
    """
    with engine.connect() as connection:
        revision = revision_of(connection)
    return revision == head() or (revision is not None and not is_known(revision))


def is_known(revision: str) -> bool:
    """Whether this version has the revision; it lacks those of later versions."""
    return revision in _known()


@cache
def _known() -> frozenset[str]:
    scripts = ScriptDirectory.from_config(configuration())
    return frozenset(script.revision for script in scripts.walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """The revision a database stands at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The newest revision there is."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    if found is None:
        raise LookupError("there are no migrations")
    return found


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(files("webapp") / "migrations"))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config
