"""Wording outside of a request: what a job writes for people, in a language and a zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import force_locale

from webapp import language
from webapp.settings import Settings


@contextmanager
def speaking(code: str, zone: str) -> Iterator[None]:
    """Texts, money and times within the block are in a language and show the clocks of a zone."""
    app = Flask("webapp")
    language.install(app, zone)
    app.extensions["keyturn.settings"] = Settings(zone=zone)
    with app.test_request_context(), force_locale(code):
        yield
