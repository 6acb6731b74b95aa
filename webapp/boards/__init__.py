"""The board of managers (工作量看板): how much lies with each group and person, and giving it to others."""

from __future__ import annotations

from flask import Flask

from ledger.staff.permissions import Permission
from webapp.boards import board, giving, rows
from webapp.boards.blueprint import pages
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

# Importing them puts their views on the blueprint.
VIEWS = (board, giving, rows)


def install(app: Flask) -> None:
    """Serve the board beside the inbox."""
    app.register_blueprint(pages)
    entry = NavEntry(
        "boards.index", N_("Workload"), "chart-bar", group="work", order=60, permission=Permission.TASKS_OVERSEE
    )
    add_entry(app, entry)
