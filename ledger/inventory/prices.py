"""Price versions (价格方案): proposed by one person, approved by another, then in force from an instant on.

A price is in force for a unit from ``since`` to ``until`` of its row, so any past day can be asked for. A version
never touches units that are sold already, and never replaces prices of a later version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from kernel.facts import tell
from ledger.inventory.changes import given_reason, note_change
from ledger.inventory.errors import PricesInvalid, PriceVersionState, SecondPersonNeeded
from ledger.inventory.facts import PricesInForce
from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.inventory.states import SOLD
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.organisation.queries import get_project
from ledger.scope import visible
from ledger.staff.permissions import Permission

MOST_FEN = 10**12
"""Ten billion yuan: what lies above is a slip of the hand."""


@dataclass(frozen=True)
class Prices:
    """A unit's prices in fen; the price per square metre is computed from the total where it is not given."""

    list_price_fen: int
    floor_price_fen: int | None = None
    list_unit_price_fen: int | None = None


@dataclass(frozen=True)
class InForce:
    """How many units a version reached, and how many it left alone because they are sold or priced later."""

    units: int
    left_alone: int


def propose_prices(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, prices: Mapping[str, Prices], note: str = ""
) -> PriceVersion:
    """Propose list and floor prices for units of a project; somebody else approves them.

    Raises `PricesInvalid` when there are none, one is not positive, the floor lies above the list, or a unit is
    not of the project.
    """
    project = get_project(session, actor, project_id, Permission.PRICES_PROPOSE)
    if not prices:
        raise PricesInvalid("prices_missing", field="prices")
    units = {
        unit.id: unit
        for unit in session.scalars(select(Unit).where(Unit.project_id == project.id, Unit.id.in_(prices)))
    }
    for unit_id, given in prices.items():
        if unit_id not in units:
            raise PricesInvalid("unit_of_another_project", field="prices", unit_id=unit_id)
        _check(units[unit_id], given)
    version = draft_version(session, actor, clock, project_id=project.id, path=project.path, note=note)
    for unit_id, given in prices.items():
        session.add(price_row(version.id, units[unit_id], given))
    _record(session, actor, clock, version, "propose", after={"units": len(prices), "no": version.no})
    return version


def _check(unit: Unit, given: Prices) -> None:
    for field in ("list_price_fen", "floor_price_fen"):
        amount = getattr(given, field)
        if amount is not None and not 0 < amount <= MOST_FEN:
            raise PricesInvalid("price_out_of_range", field=field, unit_no=unit.unit_no, amount_fen=amount)
    if given.floor_price_fen is not None and given.floor_price_fen > given.list_price_fen:
        raise PricesInvalid("floor_above_list", field="floor_price_fen", unit_no=unit.unit_no)


def draft_version(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, path: str, note: str
) -> PriceVersion:
    """An empty version with the next number of the project, submitted for approval."""
    # Two proposals at once wait for each other here, so that each gets a number of its own.
    session.execute(select(Project.id).where(Project.id == project_id).with_for_update(key_share=True))
    last = session.scalar(select(func.max(PriceVersion.no)).where(PriceVersion.project_id == project_id)) or 0
    version = PriceVersion(
        project_id=project_id,
        path=path,
        no=last + 1,
        note=note.strip()[:200],
        state="submitted",
        proposed_by=actor.id,
        proposed_at=clock.now(),
    )
    session.add(version)
    session.flush()  # The price rows refer to the version's id.
    return version


def price_row(version_id: str, unit: Unit, given: Prices) -> UnitPrice:
    """A unit's row in a version."""
    per_metre = given.list_unit_price_fen
    if per_metre is None:
        exact = Fraction(given.list_price_fen * 100, unit.building_area_hundredths)
        per_metre = int(exact + Fraction(1, 2))
    return UnitPrice(
        version_id=version_id,
        unit_id=unit.id,
        list_unit_price_fen=per_metre,
        list_price_fen=given.list_price_fen,
        floor_price_fen=given.floor_price_fen,
    )


def approve_prices(
    session: Session, actor: Actor, clock: Clock, *, version_id: str, effective_at: datetime | None = None
) -> PriceVersion:
    """Approve a submitted version as a second person; from ``effective_at`` (now, if left out) it may be in force.

    Raises `SecondPersonNeeded` to who proposed it, `PriceVersionState` when it is not submitted.
    """
    version = _lock_version(session, actor, version_id, Permission.PRICES_APPROVE)
    _require_state(version, "submitted")
    if version.proposed_by in (actor.id, actor.on_behalf_of):
        raise SecondPersonNeeded(version_id=version.id, no=version.no)
    version.state, version.approved_by, version.approved_at = "approved", actor.id, clock.now()
    version.effective_at = max(effective_at or clock.now(), clock.now())
    _record(session, actor, clock, version, "approve", after={"effective_at": version.effective_at.isoformat()})
    return version


def reject_prices(session: Session, actor: Actor, clock: Clock, *, version_id: str, reason: str) -> PriceVersion:
    """Turn a version down, with a reason for who proposed it."""
    version = _lock_version(session, actor, version_id, Permission.PRICES_APPROVE)
    _require_state(version, "submitted", "approved")
    version.state, version.end_reason, version.ended_at = "rejected", given_reason(reason), clock.now()
    _record(session, actor, clock, version, "reject", after={}, reason=version.end_reason)
    return version


def put_prices_in_force(session: Session, actor: Actor, clock: Clock, *, version_id: str) -> InForce:
    """Bring an approved version into force; one price is in force for each unit.

    Raises `PriceVersionState` when it is not approved or its time has not come.
    """
    version = _lock_version(session, actor, version_id, Permission.PRICES_APPROVE)
    _require_state(version, "approved")
    if version.effective_at is not None and version.effective_at > clock.now():
        raise PriceVersionState("price_version_not_due", no=version.no, effective_at=version.effective_at)
    return bring_into_force(session, actor, clock, version)


def put_due_prices_in_force(session: Session, actor: Actor, clock: Clock) -> int:
    """Bring every approved version whose time has come into force, the oldest first; returns how many."""
    due = select(PriceVersion.id).where(PriceVersion.state == "approved", PriceVersion.effective_at <= clock.now())
    ids = session.scalars(due.order_by(PriceVersion.project_id, PriceVersion.no)).all()
    for version_id in ids:
        put_prices_in_force(session, actor, clock, version_id=version_id)
    return len(ids)


def release_version(session: Session, actor: Actor, clock: Clock, version: PriceVersion) -> InForce:
    """Bring a submitted version into force without a second person: an administrator's right at set-up."""
    actor.require(Permission.PRICES_RELEASE, version.path)
    _require_state(version, "submitted")
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
    after_all = {"units": len(changed), "left_alone": len(rows) - len(changed)}
    _record(session, actor, clock, version, "put_in_force", after=after_all)
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


def _lock_version(session: Session, actor: Actor, version_id: str, permission: str) -> PriceVersion:
    query = (
        select(PriceVersion)
        .where(PriceVersion.id == version_id, visible(actor, PriceVersion, permission))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    version = session.scalars(query).one_or_none()
    if version is None:
        raise Missing("price_version_missing", field="version_id", version_id=version_id)
    return version


def _require_state(version: PriceVersion, *states: str) -> None:
    if version.state not in states:
        raise PriceVersionState(no=version.no, state=version.state, wanted=list(states))


def _record(
    session: Session,
    actor: Actor,
    clock: Clock,
    version: PriceVersion,
    act: str,
    *,
    after: Mapping[str, object],
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        actor,
        clock,
        f"prices:{act}",
        "price_version",
        version.id,
        path=version.path,
        after={"state": version.state, **after},
        reason=reason,
    )
