"""One unit: its card on the board, its page with prices and history, keeping it from sale and giving it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.inventory import operations
from ledger.inventory import queries as inventory
from ledger.inventory.queries import Cell
from ledger.organisation.models import Project
from ledger.organisation.queries import get_project
from ledger.sales import queries as sales
from ledger.sales.queries import SaleFilter, SaleRow
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.units.desk import pages


@dataclass(frozen=True)
class UnitRights:
    """What the reader may do with a unit, for its buttons; the commands check again."""

    sell: bool
    withhold: bool
    floor_price: bool
    paper: bool


def rights(actor: Actor, path: str) -> UnitRights:
    """The reader's rights at a project."""
    return UnitRights(
        sell=actor.may(Permission.BOOKING_TO_CONTRACT_START, path),
        withhold=actor.may(Permission.UNITS_WITHHOLD, path),
        floor_price=actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, path),
        paper=actor.may(Permission.DOCUMENTS_ISSUE, path),
    )


@dataclass(frozen=True)
class Opened:
    """A unit with its project, the live sale if the reader may see it, and the name of who sells it."""

    cell: Cell
    project: Project
    sale: SaleRow | None
    seller: str


def opened(session: Session, actor: Actor, unit_id: str) -> Opened:
    """A unit and what stands around it. Raises `Missing`."""
    cell = inventory.get_unit(session, actor, unit_id, clock=clock())
    project = get_project(session, actor, cell.project_id, Permission.UNITS_VIEW)
    found: tuple[SaleRow, ...] = ()
    if cell.sale_id is not None:
        found = sales.find_sales(session, actor, SaleFilter(unit_id=unit_id, state="live"), limit=1)
    seller = staff.names(session, [cell.taken_by]).get(cell.taken_by, "") if cell.taken_by else ""
    return Opened(cell, project, found[0] if found else None, seller)


@pages.get("/<unit_id>/card")
def card(unit_id: str) -> str:
    """What the board shows over a unit that was clicked."""
    with reading() as (session, actor):
        about = opened(session, actor, unit_id)
        return render_template("units/card.html", about=about, may_here=rights(actor, about.project.path))


@pages.post("/<unit_id>/withhold")
def withhold(unit_id: str) -> Response:
    """Keep a unit from sale (销控), with the reason."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        operations.withhold_unit(session, actor, clock(), unit_id=unit_id, reason=reason)

    return carried_out(
        act, leads_to=url_for("units.show", unit_id=unit_id), done=_("The unit is withheld from sale.")
    )


@pages.post("/<unit_id>/release")
def release(unit_id: str) -> Response:
    """Give a withheld unit to sale, with the reason."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        operations.release_unit(session, actor, clock(), unit_id=unit_id, reason=reason)

    return carried_out(
        act, leads_to=url_for("units.show", unit_id=unit_id), done=_("The unit is no longer withheld.")
    )
