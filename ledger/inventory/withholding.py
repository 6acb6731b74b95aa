"""Withholding units from sale (销控) and the flags that block a sale; each change is logged with its reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.inventory.changes import given_reason, lock_unit, note_change
from ledger.inventory.errors import UnitTaken
from ledger.inventory.models import Unit
from ledger.inventory.states import Flag, UnitStatus
from ledger.staff.permissions import Permission


def withhold_unit(session: Session, actor: Actor, clock: Clock, *, unit_id: str, reason: str) -> Unit:
    """Keep an available unit from sale. Raises `UnitTaken` when a sale has it, `ReasonMissing`."""
    unit = lock_unit(session, actor, unit_id)
    actor.require(Permission.UNITS_WITHHOLD, unit.path)
    reason = given_reason(reason)
    if unit.status != UnitStatus.AVAILABLE:
        raise UnitTaken(unit_id=unit.id, unit_no=unit.unit_no, taken_by=unit.taken_by, taken_at=unit.taken_at)
    before = unit.withheld_reason
    if before == reason:
        return unit
    unit.withheld_reason = reason
    _record(session, actor, clock, unit, "withheld", before=before, after=reason, reason=reason)
    return unit


def release_unit(session: Session, actor: Actor, clock: Clock, *, unit_id: str, reason: str) -> Unit:
    """Give a withheld unit to sale; one that is not withheld stays as it is. Raises `ReasonMissing`."""
    unit = lock_unit(session, actor, unit_id)
    actor.require(Permission.UNITS_WITHHOLD, unit.path)
    reason = given_reason(reason)
    if unit.withheld_reason is None:
        return unit
    before, unit.withheld_reason = unit.withheld_reason, None
    _record(session, actor, clock, unit, "withheld", before=before, after=None, reason=reason)
    return unit


def set_flag(
    session: Session, actor: Actor, clock: Clock, *, unit_id: str, flag: Flag, on: bool, reason: str
) -> Unit:
    """Set or lift a flag; a sold unit may well become seized, the flag then blocks the next sale only."""
    unit = lock_unit(session, actor, unit_id)
    actor.require(Permission.UNITS_WITHHOLD, unit.path)
    reason = given_reason(reason)
    if getattr(unit, flag.value) == on:
        return unit
    setattr(unit, flag.value, on)
    before, after = (None, flag.value) if on else (flag.value, None)
    _record(session, actor, clock, unit, "flag", before=before, after=after, reason=reason)
    return unit


def _record(
    session: Session,
    actor: Actor,
    clock: Clock,
    unit: Unit,
    kind: str,
    *,
    before: str | None,
    after: str | None,
    reason: str,
) -> None:
    note_change(session, actor, clock, unit, kind, before=before, after=after, reason=reason)
    audit.record(
        session,
        actor,
        clock,
        f"units:{kind}",
        "unit",
        unit.id,
        path=unit.path,
        before={kind: before},
        after={kind: after},
        reason=reason,
    )
