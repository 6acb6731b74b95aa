"""Operations: running and ended cases, incidents to mend and retry, what is due without a person."""

from __future__ import annotations

from flask import Flask

from ledger.staff.permissions import Permission
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.operations import jobs, mending
from webapp.operations.views import pages

ROOMS = (jobs, mending)  # Their views join the pages when they are imported.


def install(app: Flask) -> None:
    """Serve the desk to who may view or operate the engine."""
    app.register_blueprint(pages)
    label = N_("Operations")
    entry = NavEntry(
        "operations.instances", label, "activity", group="design", order=80, permission=Permission.ENGINE_VIEW
    )
    add_entry(app, entry)
