"""The reader's own account: signing in and out, changing the password, the page about oneself with API tokens."""

from flask import Flask

from webapp.account import profile
from webapp.account.views import pages

__all__ = ["install", "pages", "profile"]


def install(app: Flask) -> None:
    """Serve these pages."""
    app.register_blueprint(pages)
