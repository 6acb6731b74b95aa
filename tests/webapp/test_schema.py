"""The migrations build what the models say, on the database of this run."""

from pathlib import Path

from sqlalchemy import inspect

from kernel.database import connect
from webapp.db import Database
from webapp.models import metadata
from webapp.schema import head, is_current, migrate
from webapp.schema_check import differences


def test_the_migrations_build_tables_columns_indexes_and_triggers_of_the_models() -> None:
    assert differences() == []


def test_a_new_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert not is_current(engine)
    assert migrate(engine) == (None, head())
    assert migrate(engine) == (head(), head())
    assert is_current(engine)
    engine.dispose()


def test_every_table_stands_in_the_database_of_this_run(database: Database) -> None:
    assert set(metadata.tables) <= set(inspect(database.engine).get_table_names())
