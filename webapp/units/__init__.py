"""The sales board (销控), units with quotes, price lists and price versions."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.plan_words import due_words
from webapp.units import board, discounts, imports, prices, purchase_plan, queue, quotes, selling, unit
from webapp.units.desk import pages
from webapp.units.words import unit_event

__all__ = [
    "board",
    "discounts",
    "imports",
    "install",
    "pages",
    "prices",
    "purchase_plan",
    "queue",
    "quotes",
    "selling",
    "unit",
]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.jinja_env.filters.update(plan_due=due_words, unit_event=unit_event)
    add_entry(
        app,
        NavEntry(
            "units.board", N_("Sales board"), "layout-grid", group="business", order=20, permission="units:view"
        ),
    )
