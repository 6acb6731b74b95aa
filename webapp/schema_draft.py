"""Drafts a migration from what the models have and the migrations have not: ``make migration NAME="add ..."``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from kernel.database import connect
from webapp.schema import configuration, migrate


def main() -> None:
    """Migrate an empty database, compare it with the models, write the difference down."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what the migration does: make migration NAME="add the key column"')
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'draft.db'}")
        if any((Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")):
            migrate(engine)
        with engine.connect() as connection:
            command.revision(configuration(connection), message, autogenerate=True)


if __name__ == "__main__":
    main()
