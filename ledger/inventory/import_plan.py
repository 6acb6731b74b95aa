"""What a price list would change: each of its good rows compared with the unit it names. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.inventory.changes import LONGEST_REASON
from ledger.inventory.models import Building, PriceVersion, Unit, UnitPrice
from ledger.inventory.price_list.rows import PriceList, Refusal, UnitRow
from ledger.inventory.price_versions import Prices
from ledger.inventory.states import SOLD, UnitStatus

_DATA = ("entrance", "floor", "layout", "orientation", "building_area_hundredths", "inside_area_hundredths")

Verdict = Literal["imported", "updated", "unchanged"]


@dataclass(frozen=True)
class ImportReport:
    """What came of a price list: ``imported + updated + unchanged + len(refused)`` are all its unit rows.

    ``withheld`` counts those among the first three that are not for sale (销控).
    """

    imported: int
    updated: int
    unchanged: int
    withheld: int
    refused: tuple[Refusal, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The four counts by name."""
        names = ("imported", "updated", "unchanged", "withheld")
        return {name: getattr(self, name) for name in names}


@dataclass
class RowPlan:
    """One good row: its unit (None while new), what differs, and whether its price is new or its release due."""

    row: UnitRow
    unit: Unit | None
    permit_id: str | None
    data: dict[str, object] = field(default_factory=dict)
    price_is_new: bool = False
    price_not_in_force: bool = False
    permit_is_new: bool = False
    reason_is_new: bool = False

    @property
    def verdict(self) -> Verdict:
        """Imported, updated or unchanged."""
        if self.unit is None:
            return "imported"
        changes = self.data or self.price_is_new or self.permit_is_new or self.reason_is_new
        return "updated" if changes else "unchanged"

    @property
    def prices(self) -> Prices:
        """The prices of the row."""
        row = self.row
        return Prices(row.list_price_fen, row.floor_price_fen, row.list_unit_price_fen)

    @property
    def withheld(self) -> bool:
        """Whether the unit is withheld once the row is in."""
        return self.withheld_reason is not None

    @property
    def listed_reason(self) -> str | None:
        """What the list says withholds the unit, as long as it can be kept."""
        reason = self.row.withheld_reason
        return None if reason is None else reason[:LONGEST_REASON]

    @property
    def withheld_reason(self) -> str | None:
        """What withholds the unit once the row is in.

        The list decides where it says something new; it never lifts what a person has withheld since.
        """
        if self.unit is None:
            return self.listed_reason
        by_list = self.unit.withheld_reason == self.unit.listed_reason
        if self.reason_is_new and (self.listed_reason is not None or by_list):
            return self.listed_reason
        return self.unit.withheld_reason


@dataclass
class ImportPlan:
    """All good rows of a list, and those that the list or the state of their unit refuses."""

    rows: list[RowPlan]
    refused: list[Refusal]

    def report(self) -> ImportReport:
        """The counts."""
        verdicts = [plan.verdict for plan in self.rows]
        return ImportReport(
            imported=verdicts.count("imported"),
            updated=verdicts.count("updated"),
            unchanged=verdicts.count("unchanged"),
            withheld=sum(plan.withheld for plan in self.rows),
            refused=tuple(self.refused),
        )


def code_of(building: str) -> str:
    """How a building is told from others whatever the case of its letters."""
    return building.strip().casefold()


def plan_import(
    session: Session, project_id: str, price_list: PriceList, permits: Mapping[str, str | None]
) -> ImportPlan:
    """Compare a list with the project's units. ``permits`` gives the permit id that holds for each sheet.

    A row that differs from a sold unit is refused (``unit_sold``), and so is one that would withhold a unit that
    a sale has (``unit_taken``): neither can go in.
    """
    units = _units(session, project_id)
    known, in_force = _prices(session, project_id)
    plan = ImportPlan([], list(price_list.refused))
    for row in price_list.units:
        unit = units.get((code_of(row.building), row.unit_no.casefold()))
        step = RowPlan(row, unit, permits.get(row.sheet))
        if unit is not None:
            _compare(step, unit, known, in_force)
            if refusal := _refusal(step, unit):
                plan.refused.append(refusal)
                continue
        plan.rows.append(step)
    plan.refused.sort(key=lambda refusal: (_sheet_order(price_list, refusal.sheet), refusal.row))
    return plan


def _sheet_order(price_list: PriceList, sheet: str) -> int:
    names = [read.name for read in price_list.sheets]
    return names.index(sheet) if sheet in names else len(names)


def _units(session: Session, project_id: str) -> dict[tuple[str, str], Unit]:
    query = select(Building.code, Unit).join(Building).where(Unit.project_id == project_id)
    return {(code, unit.unit_no.casefold()): unit for code, unit in session.execute(query)}


def _prices(session: Session, project_id: str) -> tuple[dict[str, Prices], dict[str, Prices]]:
    """Each unit's latest known prices (waiting for approval or in force), and those in force."""
    query = (
        select(UnitPrice)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state.not_in(("rejected", "superseded")))
        .order_by(PriceVersion.no)
    )
    known: dict[str, Prices] = {}
    in_force: dict[str, Prices] = {}
    for price in session.scalars(query):
        prices = Prices(price.list_price_fen, price.floor_price_fen, price.list_unit_price_fen)
        if price.until is None:
            known[price.unit_id] = prices
        if price.since is not None and price.until is None:
            in_force[price.unit_id] = prices
    return known, in_force


def _compare(step: RowPlan, unit: Unit, known: Mapping[str, Prices], in_force: Mapping[str, Prices]) -> None:
    for name in _DATA:
        if getattr(unit, name) != getattr(step.row, name):
            step.data[name] = getattr(step.row, name)
    sold = unit.status in SOLD
    step.price_is_new = (in_force if sold else known).get(unit.id) != step.prices
    if sold:
        return
    step.price_not_in_force = in_force.get(unit.id) != step.prices
    step.permit_is_new = step.permit_id is not None and unit.permit_id != step.permit_id
    step.reason_is_new = unit.listed_reason != step.listed_reason


def _refusal(step: RowPlan, unit: Unit) -> Refusal | None:
    row = step.row
    code = None
    if unit.status in SOLD and (step.data or step.price_is_new):
        code = "unit_sold"
    elif unit.status != UnitStatus.AVAILABLE and step.reason_is_new and row.withheld_reason is not None:
        code = "unit_taken"
    return Refusal(row.sheet, row.row, row.unit_no, code, {}) if code else None
