"""What the reader asked the board for, read from the address: project and filter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from flask import request
from flask import session as browser
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.organisation.models import Project
from ledger.organisation.queries import list_projects
from webapp.units.grid import BoardFilter

REMEMBERED_PROJECT = "project"
_TEN_THOUSAND_YUAN = 1_000_000


def chosen_project(session: Session, actor: Actor, permission: str) -> tuple[Project | None, Sequence[Project]]:
    """The project asked for, else the one looked at last, else the first; and all that may be chosen.

    Raises `Missing` when the one asked for is none of them.
    """
    projects = list_projects(session, actor, permission)
    asked = request.args.get("project") or request.form.get("project") or ""
    by_name = {key: project for project in projects for key in (project.id, project.code)}
    if asked and asked not in by_name:
        raise Missing("project_missing")
    chosen = (
        by_name.get(asked)
        or by_name.get(browser.get(REMEMBERED_PROJECT, ""))
        or (projects[0] if projects else None)
    )
    if chosen is not None and browser.get(REMEMBERED_PROJECT) != chosen.id:
        browser[REMEMBERED_PROJECT] = chosen.id
    return chosen, projects


def board_filter(arguments: MultiDict[str, str]) -> BoardFilter:
    """The filter in the address; prices are typed in ten thousand yuan (万元), areas in square metres."""
    return BoardFilter(
        building=arguments.get("building", ""),
        layout=arguments.get("layout", ""),
        state=arguments.get("state", ""),
        text=arguments.get("q", "").strip(),
        smallest=_scaled(arguments.get("area_from"), 100),
        largest=_scaled(arguments.get("area_to"), 100),
        lowest=_scaled(arguments.get("price_from"), _TEN_THOUSAND_YUAN),
        highest=_scaled(arguments.get("price_to"), _TEN_THOUSAND_YUAN),
    )


def _scaled(text: str | None, factor: int) -> int | None:
    """A typed number as whole units; what is no number is no filter."""
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return int(value * factor) if value.is_finite() and 0 <= value < 10**9 else None
