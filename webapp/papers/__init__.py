"""Papers: looking at issued documents, and the facts that every paper names."""

from flask import Flask

from webapp.papers.views import pages


def install(app: Flask) -> None:
    """Serve these pages."""
    app.register_blueprint(pages)
