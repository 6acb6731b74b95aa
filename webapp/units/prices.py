"""Price versions (价格方案): what is proposed, and a second person's yes or no."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.inventory import operations
from ledger.inventory import queries as inventory
from ledger.organisation.queries import get_project, list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.units.asked import chosen_project
from webapp.units.desk import pages


@pages.get("/prices")
def price_versions() -> str:
    """The price versions of a project, those that wait first."""
    with reading() as (session, actor):
        permission = Permission.PRICES_APPROVE
        if not list_projects(session, actor, permission):
            permission = Permission.PRICES_PROPOSE
        project, projects = chosen_project(session, actor, permission)
        if project is None:
            return render_template("units/no_project.html")
        versions = inventory.find_price_versions(session, actor, project_id=project.id)
        people = {who for one in versions for who in (one.proposed_by, one.approved_by, one.released_by) if who}
        return render_template(
            "units/prices.html",
            project=project,
            projects=projects,
            versions=sorted(versions, key=lambda one: one.state not in ("submitted", "approved")),
            totals=inventory.version_totals(session, [one.id for one in versions]),
            names=staff.names(session, people),
        )


@pages.get("/prices/<version_id>")
def price_version(version_id: str) -> str:
    """A price version with every price beside the one in force."""
    with reading() as (session, actor):
        version, lines = inventory.version_prices(session, actor, version_id)
        project = get_project(session, actor, version.project_id, Permission.UNITS_VIEW)
        people = {who for who in (version.proposed_by, version.approved_by, version.released_by) if who}
        return render_template(
            "units/price_version.html",
            version=version,
            lines=lines,
            project=project,
            names=staff.names(session, people),
            may_approve=actor.may(Permission.PRICES_APPROVE, version.path),
            own=version.proposed_by == actor.id,
            floor_price=actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, version.path),
        )


@pages.post("/prices/<version_id>/approve")
def approve_prices(version_id: str) -> Response:
    """Approve as the second person, and bring the prices into force."""

    def act(session: Session, actor: Actor) -> None:
        operations.approve_prices(session, actor, clock(), version_id=version_id)
        operations.put_prices_in_force(session, actor, clock(), version_id=version_id)

    return _decide(version_id, act, _("The prices are in force."))


@pages.post("/prices/<version_id>/reject")
def reject_prices(version_id: str) -> Response:
    """Turn a version down, with the reason."""

    def act(session: Session, actor: Actor) -> None:
        reason = request.form.get("reason", "")
        operations.reject_prices(session, actor, clock(), version_id=version_id, reason=reason)

    return _decide(version_id, act, _("The price version is turned down."))


def _decide(version_id: str, act: Callable[[Session, Actor], None], done: str) -> Response:
    return carried_out(act, leads_to=url_for("units.price_version", version_id=version_id), done=done)
