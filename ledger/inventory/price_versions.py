"""The rows of a price version (价格方案): drawn up, found and locked, and every act on one recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Missing
from ledger.inventory.errors import PricesInvalid, PriceVersionState
from ledger.inventory.models import PriceVersion, Unit, UnitPrice
from ledger.organisation.models import Project
from ledger.scope import visible

MOST_FEN = 10**12
"""Ten billion yuan: what lies above is a slip of the hand."""


@dataclass(frozen=True)
class Prices:
    """A unit's prices in fen; the price per square metre is computed from the total where it is not given."""

    list_price_fen: int
    floor_price_fen: int | None = None
    list_unit_price_fen: int | None = None


def check_prices(unit: Unit, given: Prices) -> None:
    """Raise `PricesInvalid` for an amount that is none, or a floor above the list."""
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


def content_hash(session: Session, version_id: str) -> str:
    """SHA-256 over every price of a version and the one in force that it would replace, in a canonical order.

    Another version that came into force meanwhile makes another change of this one: dearer may be cheaper by then,
    and below the floor. A sale does not, since a sold home keeps its price either way.
    """
    now = aliased(UnitPrice)
    query = (
        select(
            UnitPrice.unit_id,
            UnitPrice.list_price_fen,
            UnitPrice.floor_price_fen,
            now.list_price_fen,
            now.floor_price_fen,
        )
        .outerjoin(now, and_(now.unit_id == UnitPrice.unit_id, now.since.is_not(None), now.until.is_(None)))
        .where(UnitPrice.version_id == version_id)
    )
    rows = session.execute(query.order_by(UnitPrice.unit_id))
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def reference_of(session: Session, version: PriceVersion) -> str:
    """What people and cases call a version: ``YUNXI-JG-2`` is the second of that project (JG: 价格)."""
    code = session.scalar(select(Project.code).where(Project.id == version.project_id)) or ""
    return f"{code.upper()}-JG-{version.no}"


def lock_version(session: Session, actor: Actor, version_id: str, permission: str) -> PriceVersion:
    """A version, locked until the commit. Raises `Missing` outside the actor's reach."""
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


def require_state(version: PriceVersion, *states: str) -> None:
    """Raise `PriceVersionState` unless the version is in one of the states."""
    if version.state not in states:
        raise PriceVersionState(no=version.no, state=version.state, wanted=list(states))


def record(
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
