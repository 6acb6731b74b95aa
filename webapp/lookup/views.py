"""Answers what somebody types into a pick field."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kernel.errors import Missing
from webapp.acting import clock, reading
from webapp.lookup.finding import FINDERS, Asked

pages = Blueprint("lookup", __name__, url_prefix="/lookup")


@pages.get("/<kind>")
def look(kind: str) -> str:
    """The choices for a text (``q``) at an organisation node (``path``), as buttons."""
    find = FINDERS.get(kind)
    if find is None:
        raise Missing
    path = request.args.get("path", "/")
    with reading() as (session, actor):
        found = find(session, actor, Asked(request.args.get("q", "").strip()[:100], path, clock()))
        return render_template("lookup/choices.html", choices=found)
