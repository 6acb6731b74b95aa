"""Putting units under a presale permit (预售许可证), where it did not come with the price list."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from ledger.inventory.changes import note_change
from ledger.inventory.models import Unit
from ledger.locking import locked
from ledger.organisation.models import PresalePermit
from ledger.organisation.queries import get_project
from ledger.staff.permissions import Permission


def license_units(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    permit_id: str,
    building_ids: Collection[str] | None = None,
) -> int:
    """License a project's units, of some buildings or of all; returns how many came under the permit by it.

    Units that have a sale keep the permit under which it was opened. Raises `Missing`.
    """
    permit = session.get(PresalePermit, permit_id)
    if permit is None:
        raise Missing("presale_permit_missing", field="permit_id", permit_id=permit_id)
    project = get_project(session, actor, permit.project_id, Permission.UNITS_IMPORT)
    query = select(Unit).where(
        Unit.project_id == project.id, Unit.status == "available", Unit.permit_id.is_distinct_from(permit.id)
    )
    if building_ids is not None:
        query = query.where(Unit.building_id.in_(building_ids))
    units = session.scalars(locked(query.order_by(Unit.id), Unit)).all()
    for unit in units:
        before, unit.permit_id = unit.permit_id, permit.id
        reason = f"permit {permit.no}"
        note_change(session, actor, clock, unit, "permit", before=before, after=permit.id, reason=reason)
    after = {"units": len(units), "no": permit.no}
    audit.record(
        session, actor, clock, "units:license", "presale_permit", permit.id, path=project.path, after=after
    )
    return len(units)
