"""Progress (办理进度) at the desks: the daily look at steps that are late, and the report of what was on time."""

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry


def install(app: Flask) -> None:
    """Serve the report and offer it in the navigation."""
    from webapp.progress.pages import pages  # noqa: PLC0415 - whoever runs jobs needs no views

    app.register_blueprint(pages)
    entry = NavEntry(
        "progress.report", N_("On-time rate"), "clock", group="after_sales", order=90, permission="sales:view"
    )
    add_entry(app, entry)
