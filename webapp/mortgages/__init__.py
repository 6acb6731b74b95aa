"""Mortgages (按揭): the board by bank and step, one case, submissions, and the banks with their lists."""

from flask import Flask

from webapp.language import N_
from webapp.mortgages import banks, board, case, submitting
from webapp.mortgages.card import mortgage_card
from webapp.mortgages.desk import pages
from webapp.navigation import NavEntry, add_entry

__all__ = ["banks", "board", "case", "install", "pages", "submitting"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.add_template_global(mortgage_card)
    entry = NavEntry(
        "mortgages.index",
        N_("Mortgages"),
        "building-bank",
        group="after_sales",
        order=60,
        permission="sales:view",
        desk_of="mortgages:work",
    )
    add_entry(app, entry)
