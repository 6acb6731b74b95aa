"""Price versions (价格方案): what is proposed and what it changes; its approval is a case of `price_change`."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import InstanceFilter, Missing
from engine.api import Page as PageNumber
from kernel.actor import SYSTEM, Actor
from ledger.inventory import operations
from ledger.inventory import queries as inventory
from ledger.inventory.models import PriceVersion
from ledger.inventory.price_impact import impact_of
from ledger.inventory.price_versions import reference_of
from ledger.organisation.queries import get_project, list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.engine_room import engine_for
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
    """A price version with every price beside the one in force, what it changes, and the case that decides it."""
    with reading() as (session, actor):
        version, lines = inventory.version_prices(session, actor, version_id)
        project = get_project(session, actor, version.project_id, Permission.UNITS_VIEW)
        people = {who for who in (version.proposed_by, version.approved_by, version.released_by) if who}
        waits, case_id = version.state in ("submitted", "approved"), _case_of(session, version)
        return render_template(
            "units/price_version.html",
            version=version,
            lines=lines,
            project=project,
            names=staff.names(session, people),
            impact=impact_of(session, version.id) if waits else None,
            case_id=_seen(session, actor, case_id),
            may_ask=version.state == "submitted"
            and case_id is None
            and actor.may(Permission.PRICES_PROPOSE, version.path),
            may_withdraw=waits
            and (actor.may(Permission.PRICES_APPROVE, version.path) or version.proposed_by == actor.id),
            floor_price=actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, version.path),
        )


def _case_of(session: Session, version: PriceVersion) -> str | None:
    """The case that decides a version, whoever looks."""
    wanted = InstanceFilter(definition_keys=("price_change",), business_key=reference_of(session, version))
    found = engine_for(session, SYSTEM, clock()).find_instances(wanted, PageNumber(1, 1)).rows
    return found[0].id if found else None


def _seen(session: Session, actor: Actor, case_id: str | None) -> str | None:
    """The case where the reader may see it: as operator, or because it asks him."""
    try:
        return engine_for(session, actor, clock()).get_instance(case_id).id if case_id else None
    except Missing:
        return None


@pages.post("/prices/<version_id>/ask")
def ask_for_approval(version_id: str) -> Response:
    """Ask for the approval of prices that came before there was a process to decide them."""

    def act(session: Session, actor: Actor) -> None:
        operations.ask_for_approval(session, actor, clock(), version_id=version_id)

    leads_to = url_for("units.price_version", version_id=version_id)
    return carried_out(act, leads_to=leads_to, done=_("Approval is asked for."))


@pages.post("/prices/<version_id>/withdraw")
def withdraw_prices(version_id: str) -> Response:
    """Take a version back before it is in force, with the reason."""

    def act(session: Session, actor: Actor) -> None:
        reason = request.form.get("reason", "")
        operations.withdraw_prices(session, actor, clock(), version_id=version_id, reason=reason)

    leads_to = url_for("units.price_version", version_id=version_id)
    return carried_out(act, leads_to=leads_to, done=_("The price version is taken back."))
