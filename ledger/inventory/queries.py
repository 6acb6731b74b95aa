"""Reading the inventory: the control chart (销控图), units by filter, prices on a day, histories.

The floor price (底价) leaves this module only towards who holds ``units:view_floor_price`` for the project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.inventory.models import Building, ImportBatch, PriceVersion, Unit, UnitEvent, UnitPrice
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import blocking_reason
from ledger.organisation.models import PresalePermit, Project
from ledger.organisation.queries import get_project
from ledger.scope import get_scoped, scoped, visible
from ledger.staff.permissions import Permission

LATE_COMMITS = timedelta(seconds=15)
"""How far `changes_since` looks back behind its cursor, for changes that were made earlier and committed later."""


@dataclass(frozen=True)
class Cell:
    """A unit as boards and lists show it. Prices are fen, areas hundredths of a square metre.

    ``state`` is a status of the unit, where it is available the reason for which it may not be sold (``withheld``,
    ``seized``, ``mortgaged``, ``not_for_sale``, ``unlicensed``, ``unreleased``), else ``available``; an expired
    hold shows as available because anybody may take the unit.
    """

    unit_id: str
    project_id: str
    building_id: str
    building: str
    unit_no: str
    floor: int | None
    layout: str
    orientation: str
    building_area_hundredths: int
    inside_area_hundredths: int | None
    list_price_fen: int | None
    list_unit_price_fen: int | None
    floor_price_fen: int | None
    state: str
    withheld_reason: str | None
    sale_id: str | None
    taken_by: str | None
    taken_at: datetime | None
    held_until: datetime | None
    revision: int
    changed_at: datetime

    @property
    def label(self) -> str:
        """Building and unit number, as people say it."""
        return f"{self.building}-{self.unit_no}"


@dataclass(frozen=True)
class UnitFilter:
    """What a list of units is cut by; ``state`` as in `Cell`, ``text`` a part of the unit number."""

    project_id: str | None = None
    building_id: str | None = None
    floor: int | None = None
    layout: str | None = None
    state: str | None = None
    text: str = ""
    smallest_area_hundredths: int | None = None
    largest_area_hundredths: int | None = None
    lowest_price_fen: int | None = None
    highest_price_fen: int | None = None


@dataclass(frozen=True)
class Changes:
    """Units changed since a cursor, and the cursor for the next question. A unit may come twice, never be lost."""

    cells: tuple[Cell, ...]
    cursor: datetime


@dataclass(frozen=True)
class PricePeriod:
    """A price of a unit and when it was in force; ``until`` is exclusive, None while it is."""

    version_id: str
    version_no: int
    list_price_fen: int
    list_unit_price_fen: int
    floor_price_fen: int | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class VersionLine:
    """A unit's price in a version, in fen, and the one in force now (None while there is none)."""

    unit_id: str
    label: str
    list_price_fen: int
    floor_price_fen: int | None
    now_fen: int | None


def board(session: Session, actor: Actor, project_id: str, *, clock: Clock) -> tuple[Cell, ...]:
    """All units of a project in one query, by building, floor from the top, unit number. Raises `Missing`."""
    project = get_project(session, actor, project_id, Permission.UNITS_VIEW)
    query = _cells(actor).where(Unit.project_id == project.id)
    order = (Building.code, Unit.floor.desc().nulls_last(), Unit.unit_no)
    return tuple(_cell(actor, clock, row) for row in session.execute(query.order_by(*order)))


def changes_since(
    session: Session, actor: Actor, project_id: str, cursor: datetime | None, *, clock: Clock
) -> Changes:
    """The units of a project that changed since the cursor of the last answer (None: nothing yet, only a cursor).

    The cursor is an instant; the query looks a little further back than it says, so that a change whose
    transaction ended late is still seen.
    """
    project = get_project(session, actor, project_id, Permission.UNITS_VIEW)
    if cursor is None:
        return Changes((), clock.now())
    expired = and_(Unit.held_until.is_not(None), Unit.held_until > cursor, Unit.held_until <= clock.now())
    query = _cells(actor).where(
        Unit.project_id == project.id, or_(Unit.changed_at >= cursor - LATE_COMMITS, expired)
    )
    rows = session.execute(query.order_by(Unit.changed_at, Unit.id)).all()
    return Changes(tuple(_cell(actor, clock, row) for row in rows), max(cursor, clock.now()))


def get_unit(session: Session, actor: Actor, unit_id: str, *, clock: Clock) -> Cell:
    """A unit. Raises `Missing` when there is none or it lies outside the actor's scope."""
    row = session.execute(_cells(actor).where(Unit.id == unit_id)).one_or_none()
    if row is None:
        raise Missing("unit_missing", id=unit_id)
    return _cell(actor, clock, row)


def labels_of_units(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """What several units are called, in one query; those outside the actor's scope are left out."""
    query = (
        select(Unit.id, Building.name, Unit.unit_no)
        .join(Building, Building.id == Unit.building_id)
        .where(visible(actor, Unit, Permission.UNITS_VIEW), Unit.id.in_(set(ids)))
    )
    return {row.id: f"{row.name} {row.unit_no}" for row in session.execute(query)}


def find_units(
    session: Session,
    actor: Actor,
    wanted: UnitFilter,
    *,
    clock: Clock,
    limit: int = 100,
    offset: int = 0,
) -> tuple[Cell, ...]:
    """Units by filter, over all projects the actor may see where none is named."""
    query = _filtered(_cells(actor), wanted, clock)
    order = (Unit.path, Building.code, Unit.floor.nulls_last(), Unit.unit_no)
    rows = session.execute(query.order_by(*order).limit(limit).offset(offset))
    return tuple(_cell(actor, clock, row) for row in rows)


def count_units(session: Session, actor: Actor, wanted: UnitFilter, *, clock: Clock, most: int = 1000) -> int:
    """How many units fit a filter, counted up to ``most`` + 1 (“more than”)."""
    some = _filtered(_cells(actor).with_only_columns(Unit.id), wanted, clock).limit(most + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def price_history(session: Session, actor: Actor, unit_id: str) -> tuple[PricePeriod, ...]:
    """Every price that was in force for a unit, the newest first."""
    unit = get_scoped(session, actor, Unit, Permission.UNITS_VIEW, unit_id)
    secret = not actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, unit.path)
    query = (
        select(UnitPrice, PriceVersion.no)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(UnitPrice.unit_id == unit.id, UnitPrice.since.is_not(None))
        .order_by(UnitPrice.since.desc(), PriceVersion.no.desc())
    )
    return tuple(
        PricePeriod(
            version_id=price.version_id,
            version_no=no,
            list_price_fen=price.list_price_fen,
            list_unit_price_fen=price.list_unit_price_fen,
            floor_price_fen=None if secret else price.floor_price_fen,
            since=price.since,
            until=price.until,
        )
        for price, no in session.execute(query)
        if price.since is not None
    )


def price_as_of(session: Session, actor: Actor, unit_id: str, at: datetime) -> PricePeriod | None:
    """The price that was in force for a unit at an instant; None before its first."""
    for period in price_history(session, actor, unit_id):
        if period.since <= at and (period.until is None or at < period.until):
            return period
    return None


def unit_history(session: Session, actor: Actor, unit_id: str, *, limit: int = 200) -> Sequence[UnitEvent]:
    """What happened to a unit, the newest first."""
    unit = get_scoped(session, actor, Unit, Permission.UNITS_VIEW, unit_id)
    query = select(UnitEvent).where(UnitEvent.unit_id == unit.id)
    return session.scalars(query.order_by(UnitEvent.at.desc(), UnitEvent.id.desc()).limit(limit)).all()


def find_price_versions(
    session: Session, actor: Actor, *, project_id: str | None = None, state: str | None = None, limit: int = 100
) -> Sequence[PriceVersion]:
    """Price versions of the projects whose prices the actor proposes or approves, the newest first."""
    reach = or_(*(visible(actor, PriceVersion, p) for p in (Permission.PRICES_PROPOSE, Permission.PRICES_APPROVE)))
    query = select(PriceVersion).where(reach)
    if project_id is not None:
        query = query.where(PriceVersion.project_id == project_id)
    if state is not None:
        query = query.where(PriceVersion.state == state)
    return session.scalars(
        query.order_by(PriceVersion.proposed_at.desc(), PriceVersion.no.desc()).limit(limit)
    ).all()


def find_import_batches(
    session: Session, actor: Actor, *, project_id: str | None = None, limit: int = 50
) -> Sequence[ImportBatch]:
    """The price lists that changed something, the newest first."""
    query = scoped(actor, ImportBatch, Permission.UNITS_IMPORT)
    if project_id is not None:
        query = query.where(ImportBatch.project_id == project_id)
    return session.scalars(query.order_by(ImportBatch.at.desc(), ImportBatch.id.desc()).limit(limit)).all()


def get_import_batch(session: Session, actor: Actor, batch_id: str) -> ImportBatch:
    """A price list that changed something. Raises `Missing`."""
    return get_scoped(session, actor, ImportBatch, Permission.UNITS_IMPORT, batch_id)


def version_prices(
    session: Session, actor: Actor, version_id: str, *, limit: int = 1000
) -> tuple[PriceVersion, tuple[VersionLine, ...]]:
    """A price version with its prices beside those in force now, by building and unit. Raises `Missing`."""
    reach = or_(*(visible(actor, PriceVersion, p) for p in (Permission.PRICES_PROPOSE, Permission.PRICES_APPROVE)))
    version = session.scalars(select(PriceVersion).where(PriceVersion.id == version_id, reach)).one_or_none()
    if version is None:
        raise Missing("price_version_missing", id=version_id)
    secret = not actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, version.path)
    now = aliased(UnitPrice)
    query = (
        select(UnitPrice, Unit.unit_no, Building.name, now.list_price_fen)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(now, and_(now.unit_id == Unit.id, now.version_id == Unit.price_version_id))
        .where(UnitPrice.version_id == version.id)
        .order_by(Building.code, Unit.floor.nulls_last(), Unit.unit_no)
    )
    return version, tuple(
        VersionLine(
            price.unit_id,
            f"{building}-{unit_no}",
            price.list_price_fen,
            None if secret else price.floor_price_fen,
            old,
        )
        for price, unit_no, building, old in session.execute(query.limit(limit))
    )


def version_totals(session: Session, version_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many units each version prices and their total in fen, for versions the caller has reached."""
    query = (
        select(UnitPrice.version_id, func.count(), func.sum(UnitPrice.list_price_fen))
        .where(UnitPrice.version_id.in_(version_ids))
        .group_by(UnitPrice.version_id)
    )
    return {version_id: (count, int(total)) for version_id, count, total in session.execute(query)}


def _cells(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Unit,
            Building.name.label("building"),
            UnitPrice.list_price_fen,
            UnitPrice.list_unit_price_fen,
            UnitPrice.floor_price_fen,
            PresalePermit.granted_on,
            Project.zone,
        )
        .join(Building, Building.id == Unit.building_id)
        .join(Project, Project.id == Unit.project_id)
        .outerjoin(UnitPrice, and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == Unit.price_version_id))
        .outerjoin(PresalePermit, PresalePermit.id == Unit.permit_id)
        .where(visible(actor, Unit, Permission.UNITS_VIEW))
    )
    return query


def _cell(actor: Actor, clock: Clock, row: Row[Any]) -> Cell:
    unit: Unit = row[0]
    today = business_date(clock, row.zone)
    open_again = unit.status == UnitStatus.HELD and unit.held_until is not None and unit.held_until <= clock.now()
    state = UnitStatus.AVAILABLE.value if open_again else unit.status
    if state == UnitStatus.AVAILABLE:
        state = _short(blocking_reason(unit, row.granted_on, today)) or state
    return Cell(
        unit_id=unit.id,
        project_id=unit.project_id,
        building_id=unit.building_id,
        building=row.building,
        unit_no=unit.unit_no,
        floor=unit.floor,
        layout=unit.layout,
        orientation=unit.orientation,
        building_area_hundredths=unit.building_area_hundredths,
        inside_area_hundredths=unit.inside_area_hundredths,
        list_price_fen=row.list_price_fen,
        list_unit_price_fen=row.list_unit_price_fen,
        floor_price_fen=row.floor_price_fen if actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, unit.path) else None,
        state=state,
        withheld_reason=unit.withheld_reason,
        sale_id=unit.sale_id,
        taken_by=unit.taken_by,
        taken_at=unit.taken_at,
        held_until=unit.held_until,
        revision=unit.revision,
        changed_at=unit.changed_at,
    )


def _short(reason: str | None) -> str | None:
    return None if reason is None else reason.removeprefix("unit_")


def _filtered(query: Select[*tuple[Any, ...]], wanted: UnitFilter, clock: Clock) -> Select[*tuple[Any, ...]]:
    equal = {
        Unit.project_id: wanted.project_id,
        Unit.building_id: wanted.building_id,
        Unit.floor: wanted.floor,
        Unit.layout: wanted.layout,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.text:
        query = query.where(Unit.unit_no.contains(wanted.text.strip(), autoescape=True))
    for column, low, high in (
        (Unit.building_area_hundredths, wanted.smallest_area_hundredths, wanted.largest_area_hundredths),
        (UnitPrice.list_price_fen, wanted.lowest_price_fen, wanted.highest_price_fen),
    ):
        if low is not None:
            query = query.where(column >= low)
        if high is not None:
            query = query.where(column <= high)
    return query if wanted.state is None else query.where(_in_state(wanted.state, clock))


def _in_state(state: str, clock: Clock) -> Any:
    """The condition for a state as `Cell` shows it, in the order in which `blocking_reason` asks."""
    expired = and_(Unit.status == "held", Unit.held_until <= clock.now())
    free = or_(Unit.status == "available", expired)
    licensed = and_(Unit.permit_id.is_not(None), PresalePermit.granted_on <= _today(clock))
    steps: list[tuple[str, Any]] = [
        ("withheld", Unit.withheld_reason.is_not(None)),
        ("seized", Unit.seized),
        ("mortgaged", Unit.mortgaged),
        ("not_for_sale", Unit.not_for_sale),
        ("unlicensed", ~func.coalesce(licensed, False)),
        ("unreleased", Unit.price_version_id.is_(None)),
    ]
    names = [name for name, _ in steps]
    if state == "available":
        return and_(free, *(~condition for _, condition in steps))
    if state in names:
        at = names.index(state)
        return and_(free, steps[at][1], *(~condition for _, condition in steps[:at]))
    return and_(Unit.status == state, ~func.coalesce(expired, False))


def _today(clock: Clock) -> date:
    # The filter spans projects; the house's usual zone stands for theirs, a permit's first day aside.
    return business_date(clock)
