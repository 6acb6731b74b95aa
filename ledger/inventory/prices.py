"""Price plans (调价): proposed by one person, approved by another, then in force from an instant on.

A price is in force for a unit from ``since`` to ``until`` of its row, so any past day can be asked for. A version
never touches units that are sold already, and never replaces prices of a later version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.inventory.changes import given_reason
from ledger.inventory.errors import ContentChanged, PricesInvalid, SecondPersonNeeded
from ledger.inventory.facts import PricesProposed, PricesWithdrawn
from ledger.inventory.models import PriceVersion, Unit
from ledger.inventory.price_force import release_version
from ledger.inventory.price_versions import (
    Prices,
    check_prices,
    content_hash,
    draft_version,
    lock_version,
    price_row,
    record,
    require_state,
)
from ledger.organisation.queries import get_project
from ledger.staff.permissions import Permission


def propose_prices(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    prices: Mapping[str, Prices],
    note: str = "",
    effective_at: datetime | None = None,
    release: bool = False,
) -> PriceVersion:
    """Propose list and floor prices (调价) for units of a project; somebody else approves them.

    ``effective_at`` is the instant from which they are to hold, left out as soon as they are approved. ``release``
    puts them in force at once, which takes the administrator's right ``prices:release`` at set-up. Raises
    `PricesInvalid` when there are none, one is not positive, the floor lies above the list, a unit is not of the
    project, or ``effective_at`` is past.
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
        check_prices(units[unit_id], given)
    version = draft_version(session, actor, clock, project_id=project.id, path=project.path, note=note)
    for unit_id, given in prices.items():
        session.add(price_row(version.id, units[unit_id], given))
    record(session, actor, clock, version, "propose", after={"units": len(prices), "no": version.no})
    submit_version(session, actor, clock, version, effective_at=effective_at, release=release)
    return version


def submit_version(
    session: Session,
    actor: Actor,
    clock: Clock,
    version: PriceVersion,
    *,
    effective_at: datetime | None = None,
    release: bool = False,
) -> None:
    """The prices of a version are complete: it waits for approval, or is released at set-up.

    Raises `PricesInvalid` for an ``effective_at`` in the past, `NotAllowed` to release.
    """
    if effective_at is not None and effective_at <= clock.now():
        raise PricesInvalid("prices_effective_in_past", field="effective_at")
    version.effective_at = effective_at
    session.flush()  # What is told of, or brought into force, is asked of the database.
    if release:
        release_version(session, actor, clock, version)
    else:
        tell(session, PricesProposed(version.id, version.project_id, version.path))


def approve_prices(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    version_id: str,
    effective_at: datetime | None = None,
    approved_hash: str | None = None,
) -> PriceVersion:
    """Approve a submitted version as a second person.

    From ``effective_at`` on it may be in force; left out, from the instant it was proposed for, or now.
    ``approved_hash`` is the content that was approved. Raises `SecondPersonNeeded` to who proposed it,
    `PriceVersionState` when it is not submitted, `ContentChanged` when its prices are others by now.
    """
    version = lock_version(session, actor, version_id, Permission.PRICES_APPROVE)
    require_state(version, "submitted")
    if version.proposed_by in (actor.id, actor.on_behalf_of):
        raise SecondPersonNeeded(version_id=version.id, no=version.no)
    if approved_hash is not None and content_hash(session, version_id) != approved_hash:
        raise ContentChanged(version_id=version.id, no=version.no)
    version.state, version.approved_by, version.approved_at = "approved", actor.id, clock.now()
    version.effective_at = max(effective_at or version.effective_at or clock.now(), clock.now())
    record(session, actor, clock, version, "approve", after={"effective_at": version.effective_at.isoformat()})
    return version


def ask_for_approval(session: Session, actor: Actor, clock: Clock, *, version_id: str) -> PriceVersion:
    """Ask once more for the approval of a version that waits; nothing changes where it is asked for already.

    Raises `PriceVersionState` when it is decided, `NotAllowed`.
    """
    version = lock_version(session, actor, version_id, Permission.PRICES_PROPOSE)
    require_state(version, "submitted")
    record(session, actor, clock, version, "ask", after={})
    tell(session, PricesProposed(version.id, version.project_id, version.path))
    return version


def reject_prices(session: Session, actor: Actor, clock: Clock, *, version_id: str, reason: str) -> PriceVersion:
    """Turn a version down, with a reason for who proposed it."""
    return _end(session, actor, clock, version_id, Permission.PRICES_APPROVE, "reject", reason)


def withdraw_prices(session: Session, actor: Actor, clock: Clock, *, version_id: str, reason: str) -> PriceVersion:
    """Take a version back before it is in force: who proposed it, or whoever may approve prices.

    Raises `PriceVersionState` once it is in force, `NotAllowed`, `ReasonMissing`.
    """
    right = Permission.PRICES_APPROVE
    if session.scalar(select(PriceVersion.proposed_by).where(PriceVersion.id == version_id)) == actor.id:
        right = Permission.PRICES_PROPOSE
    version = _end(session, actor, clock, version_id, right, "withdraw", reason)
    tell(session, PricesWithdrawn(version.id, reason.strip()))
    return version


def _end(
    session: Session, actor: Actor, clock: Clock, version_id: str, right: str, act: str, reason: str
) -> PriceVersion:
    version = lock_version(session, actor, version_id, right)
    require_state(version, "submitted", "approved")
    version.state, version.end_reason, version.ended_at = "rejected", given_reason(reason), clock.now()
    record(session, actor, clock, version, act, after={}, reason=version.end_reason)
    return version
