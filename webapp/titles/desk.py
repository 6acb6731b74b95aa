"""The blueprint of areas and titles, and what all its pages know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.surveys.models import BuildingRun
from webapp.acting import acting, clock
from webapp.once import once

pages = Blueprint("titles", __name__, url_prefix="/titles")


def today() -> date:
    """The business date by which pages judge what is late."""
    return business_date(clock())


def given_day(name: str) -> date | None:
    """A day of the form, or None when it is missing or no day."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def begun(act: Callable[[Session, Actor], BuildingRun | None], *, else_to: str, done: str) -> Response:
    """Let ``act`` begin a run in a transaction of its own and go to where its progress is shown."""
    with acting() as (session, actor):

        def run() -> str:
            found = act(session, actor)
            return url_for("titles.building_run", building_run_id=found.id) if found else else_to

        address = once(session, actor, clock(), run)
    flash(done, "success")
    return redirect(address)
