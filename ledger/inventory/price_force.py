"""Bringing a price version into force: at its time, or at set-up by the administrator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.inventory.changes import note_change
from ledger.inventory.errors import PriceVersionState
from ledger.inventory.facts import PricesInForce, PricesWithdrawn
from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.inventory.price_versions import lock_version, record, require_state
from ledger.inventory.states import SOLD
from ledger.locking import locked
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class InForce:
    """How many units a version reached, and how many it left alone because they are sold or priced later."""

    units: int
    left_alone: int


def put_prices_in_force(session: Session, actor: Actor, clock: Clock, *, version_id: str) -> InForce:
    """Bring an approved version into force; one price is in force for each unit.

    Raises `PriceVersionState` when it is not approved or its time has not come.
    """
    version = lock_version(session, actor, version_id, Permission.PRICES_APPROVE)
    require_state(version, "approved")
    if version.effective_at is not None and version.effective_at > clock.now():
        raise PriceVersionState("price_version_not_due", no=version.no, effective_at=version.effective_at)
    return bring_into_force(session, actor, clock, version)


def release_version(session: Session, actor: Actor, clock: Clock, version: PriceVersion) -> InForce:
    """Bring a submitted version into force without a second person: an administrator's right at set-up."""
    actor.require(Permission.PRICES_RELEASE, version.path)
    require_state(version, "submitted")
    version.released_by, version.effective_at = actor.id, clock.now()
    return bring_into_force(session, actor, clock, version)


def bring_into_force(session: Session, actor: Actor, clock: Clock, version: PriceVersion) -> InForce:
    """Close the prices in force of the version's units and open the new ones."""
    now = clock.now()
    units = (
        select(UnitPrice, Unit)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .where(UnitPrice.version_id == version.id)
        .order_by(Unit.id)
    )
    rows = session.execute(locked(units, Unit)).all()
    current = _current_prices(session, version.id)
    changed: list[tuple[UnitPrice, Unit, UnitPrice | None]] = []
    for price, unit in rows:
        old, old_no = current.get(unit.id, (None, 0))
        if unit.status not in SOLD and old_no < version.no:
            changed.append((price, unit, old))
            if old is not None:
                old.until = now
    session.flush()  # The prices in force must be closed before the next ones open: one per unit.
    for price, unit, old in changed:
        price.since, unit.price_version_id = now, version.id
        before = None if old is None else str(old.list_price_fen)
        after, reason = str(price.list_price_fen), f"price version {version.no}"
        note_change(session, actor, clock, unit, "price", before=before, after=after, reason=reason, told=False)
    version.state, version.in_force_at = "in_force", now
    session.flush()  # Which older versions are used up is asked of the database.
    _supersede_used_up(session, clock, version)
    _close_replaced(session, clock, version)
    after_all = {"units": len(changed), "left_alone": len(rows) - len(changed)}
    record(session, actor, clock, version, "put_in_force", after=after_all)
    tell(session, PricesInForce(version.id, version.project_id, version.path))
    return InForce(len(changed), len(rows) - len(changed))


def _current_prices(session: Session, version_id: str) -> dict[str, tuple[UnitPrice, int]]:
    """The price in force, with its version's number, of each unit that the version prices."""
    wanted = aliased(UnitPrice)
    query = (
        select(UnitPrice, PriceVersion.no)
        .join(wanted, wanted.unit_id == UnitPrice.unit_id)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(wanted.version_id == version_id, UnitPrice.since.is_not(None), UnitPrice.until.is_(None))
    )
    return {price.unit_id: (price, no) for price, no in session.execute(query)}


def _supersede_used_up(session: Session, clock: Clock, version: PriceVersion) -> None:
    """Older versions of which no price is in force any more are superseded."""
    open_price = select(UnitPrice.unit_id).where(
        UnitPrice.version_id == PriceVersion.id, UnitPrice.since.is_not(None), UnitPrice.until.is_(None)
    )
    query = select(PriceVersion).where(
        PriceVersion.project_id == version.project_id,
        PriceVersion.state == "in_force",
        PriceVersion.id != version.id,
        ~open_price.exists(),
    )
    for old in session.scalars(query):
        old.state, old.ended_at = "superseded", clock.now()


def _close_replaced(session: Session, clock: Clock, version: PriceVersion) -> None:
    """Older versions that wait while all their units have later prices could do nothing: they are turned down."""
    later = select(UnitPrice.unit_id).where(UnitPrice.version_id == version.id)
    untouched = select(UnitPrice.unit_id).where(
        UnitPrice.version_id == PriceVersion.id, UnitPrice.unit_id.not_in(later)
    )
    query = select(PriceVersion).where(
        PriceVersion.project_id == version.project_id,
        PriceVersion.state.in_(("submitted", "approved")),
        PriceVersion.no < version.no,
        ~untouched.exists(),
    )
    for waiting in session.scalars(query):
        waiting.state, waiting.ended_at = "rejected", clock.now()
        waiting.end_reason = f"replaced by price version {version.no}"
        tell(session, PricesWithdrawn(waiting.id, waiting.end_reason))
