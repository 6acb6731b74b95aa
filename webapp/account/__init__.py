"""The reader's own account: signing in and out, changing the password, the page about oneself with API tokens."""

from flask import Flask

from webapp.account import profile, substitution
from webapp.account.views import pages

__all__ = ["install", "pages", "profile", "substitution"]


def install(app: Flask) -> None:
    """Serve these pages."""
    app.register_blueprint(pages)
