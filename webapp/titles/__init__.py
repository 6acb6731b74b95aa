"""The desks of areas and titles: surveys, settlements, certificates; by building and by sale."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.titles import areas, building_runs, settlement, surveys
from webapp.titles.desk import pages
from webapp.titles.words import fraction_percent, square_metres

__all__ = ["areas", "building_runs", "install", "pages", "settlement", "surveys"]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.jinja_env.filters.update(square_metres=square_metres, fraction_percent=fraction_percent)
    add_entry(
        app,
        NavEntry("titles.areas", N_("Areas"), "ruler-2", group="after_sales", order=60, permission="sales:view"),
    )
