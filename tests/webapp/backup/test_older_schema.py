"""A backup of an earlier version comes back under the schema it was taken of, and is migrated then."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from kernel.clock import MovedClock
from kernel.database import connect
from kernel.vault import Vault
from tests.webapp.backup.site import Site, empty_site
from webapp.backup import restore, take_backup
from webapp.schema import head, revision_of, upgrade

FIRST = "0001_initial"


def test_a_backup_of_the_first_schema_is_migrated_when_it_comes_back(
    elsewhere: Site, clock: MovedClock, vault: Vault, tmp_path: Path
) -> None:
    with empty_site(tmp_path / "old") as site:
        vault.save(site.settings.secret_file)
        if site.server is None:
            (site.folder / "data").mkdir()
        engine = connect(site.url)
        with engine.begin() as connection:
            upgrade(connection, FIRST)
            connection.execute(
                text("INSERT INTO number_range (kind, path, year, last) VALUES ('contract', '/', 2026, 41)")
            )
        engine.dispose()
        file = take_backup(site.settings, tmp_path / "safe", clock=clock).file
    restore(elsewhere.settings, file)
    engine = connect(elsewhere.url)
    with engine.connect() as connection:
        assert revision_of(connection) == head()
        assert connection.execute(text("SELECT kind, last FROM number_range")).all() == [("contract", 41)]
    engine.dispose()
