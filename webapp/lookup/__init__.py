"""What pick fields of forms search in: customers, units, payment plans, staff, projects, queue batches."""

from flask import Flask

from webapp.lookup.views import pages


def install(app: Flask) -> None:
    """Serve the answers."""
    app.register_blueprint(pages)
