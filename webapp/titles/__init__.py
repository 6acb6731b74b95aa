"""The desks of areas and titles: surveys, settlements, certificates; by building and by sale."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry
from webapp.titles import areas, building_runs, card, certificate, certificates, settlement, surveys
from webapp.titles.desk import pages
from webapp.titles.words import daily_rate, fraction_percent, square_metres, title_paper

__all__ = [
    "areas",
    "building_runs",
    "certificate",
    "certificates",
    "install",
    "pages",
    "settlement",
    "surveys",
]


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    app.register_blueprint(pages)
    app.jinja_env.filters.update(
        square_metres=square_metres,
        fraction_percent=fraction_percent,
        title_paper=title_paper,
        daily_rate=daily_rate,
    )
    app.add_template_global(card.after_sale, "title_card")
    add_entry(
        app,
        NavEntry(
            "titles.board",
            N_("Areas and titles"),
            "certificate",
            group="after_sales",
            order=60,
            permission="sales:view",
        ),
    )
