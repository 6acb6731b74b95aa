"""The studio: deployed processes and decisions with versions, drawings and tables, and deploying new ones."""

from __future__ import annotations

from flask import Flask

from ledger.staff.permissions import Permission
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.studio.views import pages


def install(app: Flask) -> None:
    """Serve the desk to who may view or deploy definitions."""
    app.register_blueprint(pages)
    entry = NavEntry(
        "studio.index",
        N_("Studio"),
        "sitemap",
        group="design",
        order=70,
        permission=Permission.ENGINE_VIEW,
        desk_of=Permission.ENGINE_DEPLOY,
    )
    add_entry(app, entry)
