"""A legal hold: the history of a case, or of all cases with a business key, stays until the hold is lifted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from engine.commands.on_task import require_operate
from engine.editing import require_reason
from engine.errors import Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.results.history import LegalHold
from engine.store.instances import lock_instance
from engine.tables.columns import AnyRow, table_of
from engine.tables.keeping import LegalHoldRow
from kernel.actor import ROOT
from kernel.audit import record
from kernel.ids import new_id

HOLDS = table_of(LegalHoldRow)


@dataclass(frozen=True)
class PlaceHold:
    """On one instance, or on every one with a business key, those to come included."""

    instance_id: str | None
    business_key: str | None
    reason: str

    def run(self, host: Host) -> LegalHold:
        """Raises `Missing`, `NotAllowed`, `Invalid` without a reason or without exactly one of the two."""
        require_reason(self.reason)
        if (self.instance_id is None) == (self.business_key is None):
            raise Invalid("legal_hold_of_what", field="instance_id")
        path = ROOT
        if self.instance_id is not None:
            path = lock_instance(host.session, self.instance_id).path
            require_operate(host, path)
        elif not host.operates_house():
            raise NotAllowed("operate_missing", path=ROOT)
        row = {
            "id": new_id(),
            "instance_id": self.instance_id,
            "business_key": self.business_key,
            "reason": self.reason[:500],
            "placed_at": host.clock.now(),
            "placed_by": host.actor.id,
            "lifted_at": None,
            "lifted_by": None,
        }
        host.session.execute(insert(HOLDS).values(row))
        after = {"instance_id": self.instance_id, "business_key": self.business_key}
        record(
            host.session, host.actor, host.clock, "hold:place", "hold", str(row["id"]), path=path,
            after=after, reason=self.reason,
        )  # fmt: skip
        return _get(host, str(row["id"]))


@dataclass(frozen=True)
class LiftHold:
    """The hold is over; the clean-up takes the history when its time is."""

    hold_id: str
    reason: str

    def run(self, host: Host) -> LegalHold:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` when it is lifted already."""
        require_reason(self.reason)
        if not host.operates_house():
            raise NotAllowed("operate_missing", path=ROOT)
        known = _get(host, self.hold_id)
        if known.lifted_at is not None:
            raise Stale("legal_hold_lifted", by=known.lifted_by, at=known.lifted_at)
        lifted = {"lifted_at": host.clock.now(), "lifted_by": host.actor.id}
        host.session.execute(update(HOLDS).where(HOLDS.c.id == self.hold_id).values(lifted))
        record(host.session, host.actor, host.clock, "hold:lift", "hold", self.hold_id, reason=self.reason)
        return _get(host, self.hold_id)


def find_holds(host: Host, *, lifted_too: bool = False) -> list[LegalHold]:
    """The holds, the newest first; raises `NotAllowed`."""
    if not host.operates_house():
        raise NotAllowed("operate_missing", path=ROOT)
    query = select(HOLDS).order_by(HOLDS.c.placed_at.desc(), HOLDS.c.id.desc()).limit(500)
    if not lifted_too:
        query = query.where(HOLDS.c.lifted_at.is_(None))
    return [_to_hold(row) for row in host.session.execute(query)]


def _get(host: Host, hold_id: str) -> LegalHold:
    row = host.session.execute(select(HOLDS).where(HOLDS.c.id == hold_id)).first()
    if row is None:
        raise Missing("legal_hold_missing", hold_id=hold_id)
    return _to_hold(row)


def _to_hold(row: AnyRow) -> LegalHold:
    return LegalHold(**{name: getattr(row, name) for name in LegalHold.__annotations__})
