"""Changes of sales (变更): apply with a preview, one order, the register, a sale as of any day."""

from flask import Flask

from webapp.changes import applying, as_of, order, register
from webapp.changes.desk import pages
from webapp.language import N_
from webapp.navigation import NavEntry, add_entry

__all__ = ["applying", "as_of", "install", "order", "pages", "register"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    entry = NavEntry(
        "changes.index", N_("Changes"), "arrows-exchange", group="after_sales", order=70, permission="changes:view"
    )
    add_entry(app, entry)
