"""Templates of papers (文书模板): listed by kind and node, written with a preview, released by two people."""

from __future__ import annotations

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.paper_templates import acts, comparing, index, previews, version
from webapp.paper_templates.desk import pages

__all__ = ["acts", "comparing", "index", "install", "previews", "version"]

_ENTRIES = (NavEntry("paper_templates.index", N_("Papers’ texts"), "file-text", "house", 75, "templates:release"),)


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    for entry in _ENTRIES:
        add_entry(app, entry)
