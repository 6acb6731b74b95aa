"""Sales (交易): the list, a sale's whole line on one page, its papers, its withdrawal."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.sales import issuing, line, listing, sale
from webapp.sales.desk import pages

__all__ = ["install", "issuing", "line", "listing", "pages", "sale"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    add_entry(
        app,
        NavEntry("sales.index", N_("Sales"), "home-dollar", group="business", order=30, permission="sales:view"),
    )
