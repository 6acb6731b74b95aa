"""Changes under review (变更审核): what waits, what became of what was proposed, and who decided it."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.reviews import views
from webapp.reviews.desk import pages

__all__ = ["install", "pages", "views"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    add_entry(app, NavEntry("reviews.index", N_("Changes under review"), "clipboard-check", "business", 45))
