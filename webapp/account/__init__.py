"""The reader's own account: signing in and out, changing the password."""

from flask import Flask

from webapp.account.views import pages


def install(app: Flask) -> None:
    """Serve these pages."""
    app.register_blueprint(pages)
