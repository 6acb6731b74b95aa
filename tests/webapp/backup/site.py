"""An installation with its database, keys and outbox, that can be lost as a whole and begun anew elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

import handlers
from handlers.jobs import use_office
from kernel.clock import MovedClock
from kernel.database import connect
from kernel.vault import Vault, load_vault
from tests.machine import POSTGRES
from tests.postgres import PostgresDatabase
from tests.stories.company import Case, Company, found_company
from webapp.db import Database
from webapp.jobs import JobRunner
from webapp.models import metadata
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.schema import migrate
from webapp.settings import Settings

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Site:
    """One machine: an empty database until something is founded or restored there."""

    folder: Path
    url: str
    server: PostgresDatabase | None = None

    @property
    def settings(self) -> Settings:
        """What the machine's environment says."""
        return Settings(
            database_url=self.url,
            secret_file=self.folder / "secret" / "keys.json",
            outbox_folder=str(self.folder / "outbox"),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process of its own."""
        return {
            **os.environ,
            "KEYTURN_DATABASE_URL": self.url,
            "KEYTURN_SECRET_FILE": str(self.settings.secret_file),
            "KEYTURN_OUTBOX_FOLDER": self.settings.outbox_folder,
            "LANG": "en_GB.UTF-8",
        }

    @contextmanager
    def database(self, clock: MovedClock) -> Iterator[Database]:
        """Its database under its keys."""
        database = Database(self.url, load_vault(self.settings.secret_file), clock)
        use_office(PaperOffice(database, outlets_of(self.settings, database)))
        try:
            yield database
        finally:
            database.engine.dispose()

    def rows(self) -> Rows:
        """Every row of every table, in an order of their own."""
        engine = connect(self.url)
        with engine.connect() as connection:
            found = {
                name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for name, table in metadata.tables.items()
            }
        engine.dispose()
        return found

    def files(self) -> dict[str, bytes]:
        """Every file of the machine, the database aside."""
        return {
            str(file.relative_to(self.folder)): file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file() and not file.name.startswith("keyturn.db")
        }

    def lose(self) -> None:
        """The machine is gone."""
        shutil.rmtree(self.folder)
        if self.server is not None:
            self.server.drop()
            self.server = None


@contextmanager
def empty_site(folder: Path) -> Iterator[Site]:
    """A machine on which nothing was done yet."""
    folder.mkdir()
    server = PostgresDatabase(POSTGRES, migrated=False) if POSTGRES else None
    site = Site(folder, server.url if server else f"sqlite:///{folder}/data/keyturn.db", server)
    yield site
    if site.server is not None:
        site.server.drop()


def found(site: Site, vault: Vault) -> None:
    """Keys and an empty schema."""
    vault.save(site.settings.secret_file)
    if site.server is None:
        (site.folder / "data").mkdir()
    engine = connect(site.url)
    migrate(engine)
    engine.dispose()


def without_leases(rows: Rows) -> Rows:
    """The same rows with every job free to be taken."""
    columns = [column.name for column in metadata.tables["engine_job"].columns]
    taken = [columns.index("lock_owner"), columns.index("locked_until")]
    jobs = [tuple(None if at in taken else value for at, value in enumerate(row)) for row in rows["engine_job"]]
    return {**rows, "engine_job": sorted(jobs, key=repr)}


def at_work(database: Database, clock: MovedClock) -> tuple[Company, Case, Case]:
    """A company with a signed contract whose papers are made and whose buyers are told, and one under approval."""
    company = found_company(database, clock)
    signed = company.start(entry="walk_in")
    signed.enter_terms(off=100)
    signed.decide("manager_1")
    company.pay()
    signed.sign()
    JobRunner(database, handlers.registry()).run_due()
    waiting = company.start(unit_id=company.units[1], customer_id=company.customers["zhou"], entry="walk_in")
    waiting.enter_terms(off=100, buyers=[{"customer_id": company.customers["zhou"]}])
    return company, signed, waiting


def moved_to(company: Company, database: Database) -> Company:
    """The same people, homes and customers in another database."""
    return Company(
        database,
        company.clock,
        company.people,
        company.units,
        company.customers,
        company.project_id,
        company.plan_id,
    )
