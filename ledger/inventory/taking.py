"""Taking a unit for a sale, moving it on and freeing it. Sales call this; nobody else changes a unit's status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.inventory.changes import note_change
from ledger.inventory.errors import UnitNotSellable, UnitStatusWrong, UnitTaken
from ledger.inventory.models import Unit, UnitPrice
from ledger.inventory.states import UnitStatus, may_move
from ledger.organisation.models import PresalePermit, Project


@dataclass(frozen=True)
class PriceInForce:
    """The prices at which a unit is offered now, in fen; ``floor_price_fen`` is secret (底价)."""

    version_id: str
    list_price_fen: int
    floor_price_fen: int | None


def blocking_reason(unit: Unit, permit_granted_on: date | None, today: date) -> str | None:
    """Why the unit may not be sold whoever has it, as a code of `UnitNotSellable`; None when it may. Pure."""
    if unit.withheld_reason is not None:
        return "unit_withheld"
    for flag in ("seized", "mortgaged", "not_for_sale"):
        if getattr(unit, flag):
            return f"unit_{flag}"
    if permit_granted_on is None or permit_granted_on > today:
        return "unit_unlicensed"
    return "unit_unreleased" if unit.price_version_id is None else None


def check_sellable(session: Session, clock: Clock, unit: Unit) -> PriceInForce:
    """The guard before a sale opens: the unit is licensed, released, not withheld or flagged, and not taken.

    Returns the prices in force. Raises `UnitTaken` (who and when) or `UnitNotSellable` with the reason's code.
    """
    if unit.status != UnitStatus.AVAILABLE:
        raise UnitTaken(unit_id=unit.id, unit_no=unit.unit_no, taken_by=unit.taken_by, taken_at=unit.taken_at)
    return check_unblocked(session, clock, unit)


def check_unblocked(session: Session, clock: Clock, unit: Unit) -> PriceInForce:
    """The part of the guard that also holds when a sale which has the unit already goes further.

    Returns the prices in force. Raises `UnitNotSellable`.
    """
    permit = session.get(PresalePermit, unit.permit_id) if unit.permit_id else None
    project = session.get_one(Project, unit.project_id)
    reason = blocking_reason(unit, permit.granted_on if permit else None, business_date(clock, project.zone))
    if reason is not None or unit.price_version_id is None:
        raise UnitNotSellable(reason, field="unit_id", unit_id=unit.id, unit_no=unit.unit_no)
    price = session.get_one(UnitPrice, (unit.price_version_id, unit.id))
    return PriceInForce(price.version_id, price.list_price_fen, price.floor_price_fen)


def list_price_now(session: Session, unit: Unit) -> int | None:
    """What a unit is listed at now, in fen; None before its first price version is in force."""
    if unit.price_version_id is None:
        return None
    return session.get_one(UnitPrice, (unit.price_version_id, unit.id)).list_price_fen


def move_unit(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    unit: Unit,
    status: UnitStatus,
    sale_id: str,
    reason: str,
    taken_by: str | None = None,
    held_until: datetime | None = None,
) -> None:
    """Give a locked unit another status for a sale; the first move away from available takes it.

    ``taken_by`` is the consultant whose sale it is. Raises `UnitTaken` when another sale has the unit,
    `UnitStatusWrong` when the status does not lead there.
    """
    if unit.sale_id not in (None, sale_id):
        raise UnitTaken(unit_id=unit.id, unit_no=unit.unit_no, taken_by=unit.taken_by, taken_at=unit.taken_at)
    before = UnitStatus(unit.status)
    if before != status and not may_move(before, status):
        raise UnitStatusWrong(unit_id=unit.id, unit_no=unit.unit_no, status=before.value, wanted=status.value)
    if before == UnitStatus.AVAILABLE:
        unit.sale_id, unit.taken_by, unit.taken_at = sale_id, taken_by or actor.id, clock.now()
    unit.status, unit.held_until = status.value, held_until
    note_change(
        session,
        actor,
        clock,
        unit,
        "status",
        before=before.value,
        after=status.value,
        reason=reason,
        sale_id=sale_id,
    )


def free_unit(session: Session, actor: Actor, clock: Clock, *, unit: Unit, sale_id: str, reason: str) -> None:
    """Give the unit back after its sale was closed (the database refuses it earlier, DOMAIN §10.7)."""
    if unit.sale_id != sale_id:
        return
    before = unit.status
    unit.status, unit.held_until = UnitStatus.AVAILABLE.value, None
    unit.sale_id = unit.taken_by = unit.taken_at = unit.handed_over_on = None
    note_change(
        session,
        actor,
        clock,
        unit,
        "status",
        before=before,
        after=unit.status,
        reason=reason,
        sale_id=sale_id,
    )
