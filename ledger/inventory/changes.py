"""How every change of a unit is made: the row locked, its revision raised, its history written, the fact told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from kernel.facts import tell
from ledger.inventory.errors import ReasonMissing
from ledger.inventory.facts import UnitChanged
from ledger.inventory.models import Unit, UnitEvent
from ledger.locking import locked
from ledger.scope import visible
from ledger.staff.permissions import Permission

LONGEST_REASON = 200


def lock_unit(session: Session, actor: Actor, unit_id: str) -> Unit:
    """The unit, read afresh and locked until the transaction ends. Raises `Missing` outside the actor's scope.

    On SQLite the writing transaction holds the whole database already.
    """
    query = select(Unit.id).where(Unit.id == unit_id, visible(actor, Unit, Permission.UNITS_VIEW))
    if session.scalar(query) is None:
        raise Missing("unit_missing", field="unit_id", unit_id=unit_id)
    return lock_unit_of_sale(session, unit_id)


def lock_unit_of_sale(session: Session, unit_id: str) -> Unit:
    """The unit of a sale that the actor was found to reach, read afresh and locked."""
    return session.scalars(locked(select(Unit).where(Unit.id == unit_id), Unit)).one()


def given_reason(reason: str) -> str:
    """The reason, trimmed. Raises `ReasonMissing` when there is none or it is too long to keep."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    if len(reason) > LONGEST_REASON:
        raise ReasonMissing("reason_too_long", field="reason", longest=LONGEST_REASON)
    return reason


def note_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    unit: Unit,
    kind: str,
    *,
    before: str | None,
    after: str | None,
    reason: str,
    sale_id: str | None = None,
    told: bool = True,
) -> None:
    """Raise the unit's revision and append to its history; ``told`` off where one fact stands for many units."""
    unit.revision = (unit.revision or 0) + 1
    unit.changed_at = clock.now()
    session.add(
        UnitEvent(
            unit_id=unit.id,
            project_id=unit.project_id,
            path=unit.path,
            kind=kind,
            before=before,
            after=after,
            reason=reason[:LONGEST_REASON],
            actor_id=actor.id,
            sale_id=sale_id,
            at=clock.now(),
        )
    )
    if told:
        tell(session, UnitChanged(unit.id, unit.project_id, unit.path, kind, unit.status, unit.sale_id))
