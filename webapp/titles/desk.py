"""The blueprint of areas and titles, and what all its pages know."""

from __future__ import annotations

from datetime import date
from typing import cast

from flask import Blueprint, current_app, request

from kernel.clock import business_date
from webapp.acting import clock
from webapp.db import Database

pages = Blueprint("titles", __name__, url_prefix="/titles")


def today() -> date:
    """The business date by which pages judge what is late."""
    return business_date(clock())


def database() -> Database:
    """The database of this application."""
    return cast(Database, current_app.extensions["keyturn.database"])


def given_day(name: str) -> date | None:
    """A day of the form, or None when it is missing or no day."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
