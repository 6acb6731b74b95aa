"""The migrations build what the models say, on the database of this run."""

from pathlib import Path

from sqlalchemy import inspect, text

from kernel.database import connect
from webapp.db import Database
from webapp.models import metadata
from webapp.schema import head, is_usable, migrate, upgrade
from webapp.schema_check import differences


def test_the_migrations_build_tables_columns_indexes_and_triggers_of_the_models() -> None:
    assert differences() == []


def test_a_new_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert not is_usable(engine)
    assert migrate(engine) == (None, head())
    assert migrate(engine) == (head(), head())
    assert is_usable(engine)
    engine.dispose()


def test_every_table_stands_in_the_database_of_this_run(database: Database) -> None:
    assert set(metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_a_version_works_on_the_schema_of_a_later_one_and_not_on_that_of_an_earlier_one(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(engine)
    for revision, usable in (("0999_of_a_later_version", True), ("0001_initial", head() == "0001_initial")):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        assert is_usable(engine) is usable
    engine.dispose()


def test_changes_that_wait_in_no_case_any_more_are_withdrawn_by_the_migration(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    put = text(
        "INSERT INTO proposed_change (id, kind, record_id, path, confirmed, reason, state, proposed_by, proposed_at)"
        " VALUES ('c1', 'parameters', 'n:x', '/', 0, 'why', 'pending', 'p', '2026-03-02 08:00:00.000000')"
    )
    with engine.begin() as connection:
        upgrade(connection, "0026_proposed_changes")
        connection.execute(put)
    migrate(engine)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT state, decided_by, decided_at FROM proposed_change")).one()
    assert tuple(row) == ("withdrawn", "system", "2026-03-02 08:00:00.000000")
    engine.dispose()
