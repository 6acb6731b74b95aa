"""Holds (预留): a unit kept for somebody for a time, with reason, approver and expiry (FEATURES C2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.inventory.changes import given_reason, note_change
from ledger.inventory.states import UnitStatus
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.closing import close_line
from ledger.sales.errors import ApproverIsApplicant, ExpiryInvalid, SaleNotReady
from ledger.sales.facts import HoldReleased, UnitHeld
from ledger.sales.models import Sale
from ledger.sales.opening import Opening, open_line
from ledger.sales.stage_models import Hold
from ledger.staff.permissions import Permission

HOLD = Opening("hold", "held", UnitStatus.HELD, Permission.SALES_HOLD)


def hold_unit(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    unit_id: str,
    customer_id: str,
    reason: str,
    approved_by: str,
    expires_at: datetime,
    consultant_id: str | None = None,
    instance_id: str | None = None,
    key: str | None = None,
) -> Sale:
    """Open a sale that holds a unit until ``expires_at`` (UTC).

    ``approved_by`` is a person other than the consultant who asks. Raises `UnitTaken`, `UnitNotSellable`,
    `ApproverIsApplicant`, `ExpiryInvalid`, `ReasonMissing`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("held", unit_id=unit_id):
        return earlier
    reason = given_reason(reason)
    _check_expiry(clock, expires_at)
    requested_by = consultant_id or actor.id
    if approved_by == requested_by:
        raise ApproverIsApplicant(field="approved_by", approver=approved_by)
    sale = open_line(
        act,
        HOLD,
        unit_id=unit_id,
        customer_id=customer_id,
        consultant_id=requested_by,
        instance_id=instance_id,
        reason=reason,
        held_until=expires_at,
    )
    session.add(
        Hold(
            sale_id=sale.id,
            unit_id=sale.unit_id,
            customer_id=customer_id,
            reason=reason,
            requested_by=requested_by,
            approved_by=approved_by,
            expires_at=expires_at,
            state="active",
        )
    )
    details = {"expires_at": expires_at.isoformat(), "approved_by": approved_by}
    act.note(sale, "held", after="held", reason=reason, details=details)
    tell(session, UnitHeld(*about(sale), expires_at=expires_at))
    return sale


def extend_hold(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    expires_at: datetime,
    approved_by: str,
    reason: str,
    key: str | None = None,
) -> Sale:
    """Give a hold more time, again with an approver.

    Raises `SaleNotReady`, `ExpiryInvalid`, `ApproverIsApplicant`, `ReasonMissing`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("hold_extended", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_HOLD)
    require_stage(sale, "extend_hold", "held")
    reason = given_reason(reason)
    hold = _hold_of(session, sale)
    _check_expiry(clock, expires_at)
    if approved_by == hold.requested_by:
        raise ApproverIsApplicant(field="approved_by", approver=approved_by)
    hold.expires_at, hold.approved_by, unit.held_until = expires_at, approved_by, expires_at
    note_change(session, actor, clock, unit, "status", before="held", after="held", reason=reason, sale_id=sale.id)
    details = {"expires_at": expires_at.isoformat(), "approved_by": approved_by}
    act.note(sale, "hold_extended", reason=reason, details=details)
    tell(session, UnitHeld(*about(sale), expires_at=expires_at))
    return sale


def release_hold(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str, key: str | None = None
) -> Sale:
    """Give a held unit up before its time: the sale closes and the unit is free. Raises `SaleNotReady`."""
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("hold_released", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_HOLD)
    require_stage(sale, "release_hold", "held")
    hold = _hold_of(session, sale)
    hold.state, hold.ended_at = "released", clock.now()
    close_line(act, sale, unit, kind="hold_released", reason=given_reason(reason))
    tell(session, HoldReleased(*about(sale), expired=False))
    return sale


def expire_hold(session: Session, actor: Actor, clock: Clock, *, sale_id: str) -> bool:
    """What the timer of a hold does: release it if its time is over; returns whether it did.

    A hold that was extended, converted or taken over in the meantime is left as it is, so the timer may fire
    twice or late.
    """
    act = Act(session, actor, clock)
    sale, unit = act.lock(sale_id, Permission.SALES_HOLD)
    hold = _hold_of(session, sale)
    if hold.state != "active" or hold.expires_at > clock.now():
        return False
    hold.state, hold.ended_at = "expired", clock.now()
    close_line(act, sale, unit, kind="hold_expired", reason="hold_expired")
    tell(session, HoldReleased(*about(sale), expired=True))
    return True


def _hold_of(session: Session, sale: Sale) -> Hold:
    query = select(Hold).where(Hold.sale_id == sale.id).execution_options(populate_existing=True)
    hold = session.scalars(query).one_or_none()
    if hold is None:
        raise SaleNotReady("hold_missing", sale_id=sale.id, no=sale.no, stage=sale.stage)
    return hold


def _check_expiry(clock: Clock, expires_at: datetime) -> None:
    if expires_at <= clock.now():
        raise ExpiryInvalid(field="expires_at", expires_at=expires_at)
