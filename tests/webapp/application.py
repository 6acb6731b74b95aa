"""One application of a test process, put over the database of the test at hand.

Building the application compiles hundreds of routes and templates, which takes longer than most tests; what it keeps
between requests is taken away again before each.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from webapp import pace
from webapp.db import Database
from webapp.desks import build_app
from webapp.settings import Settings

SETTINGS = Settings(testing=True)


@dataclass
class _Built:
    app: Flask
    extensions: dict[str, object]


_built: list[_Built] = []


def application(database: Database) -> Flask:
    """The whole application, every desk, over a database."""
    if not _built:
        app = build_app(SETTINGS, database)
        _built.append(_Built(app, dict(app.extensions)))
    app, extensions = _built[0].app, _built[0].extensions
    app.config["SECRET_KEY"] = database.vault.signing
    app.extensions.clear()
    app.extensions.update(extensions)
    app.extensions.update({"keyturn.database": database, "keyturn.clock": database.clock})
    pace.install(app, SETTINGS, database)
    return app
