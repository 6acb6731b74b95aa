"""A price list goes in: good rows all together or not at all, wrong rows come back with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.facts import tell
from kernel.ids import new_id
from ledger.inventory.changes import note_change
from ledger.inventory.facts import UnitsImported
from ledger.inventory.import_plan import ImportPlan, ImportReport, RowPlan, code_of, plan_import
from ledger.inventory.models import Building, ImportBatch, Unit
from ledger.inventory.price_list.rows import PermitFound, PriceList
from ledger.inventory.price_versions import draft_version, price_row
from ledger.inventory.prices import submit_version
from ledger.organisation.models import PresalePermit, Project
from ledger.organisation.operations import add_permit
from ledger.organisation.queries import get_project, list_permits
from ledger.staff.permissions import Permission


class Permit(NamedTuple):
    """A presale permit (预售许可证) given with a list; a plain pair of number and day will do as well."""

    no: str
    granted_on: date


@dataclass
class _Act:
    """What every step of one import shares."""

    session: Session
    actor: Actor
    clock: Clock
    project: Project
    reason: str
    buildings: dict[str, Building] = field(default_factory=dict)


def preview_units(
    session: Session,
    actor: Actor,
    *,
    project_id: str,
    price_list: PriceList,
    permit: Permit | tuple[str, date] | None = None,
) -> ImportReport:
    """What `import_units` would report; nothing is written."""
    project = get_project(session, actor, project_id, Permission.UNITS_IMPORT)
    ids = {found.no: found.id for found in list_permits(session, project.id)}
    wanted = {permit[0].strip()} if permit else {found.number for found in price_list.permits}
    # A permit that the project does not know yet would be entered; any id stands for it.
    known = {no: ids.get(no) or new_id() for no in wanted}
    return plan_import(session, project.id, price_list, _permits_of_sheets(price_list, permit, known)).report()


def import_units(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    price_list: PriceList,
    permit: Permit | tuple[str, date] | None = None,
    release: bool = False,
    effective_at: datetime | None = None,
) -> ImportReport:
    """Bring a price list into a project's inventory.

    New units are made; units that differ are updated unless they are sold; the same list again writes nothing.
    Changed prices go into a new price version that waits for approval and holds from ``effective_at`` (UTC; left
    out, once approved); ``release`` puts it in force at once, which takes the permission ``prices:release``.
    ``permit`` licenses all units of the list; left out, the permit that a sheet names licenses that sheet's units,
    if the project knows it or the actor may enter it. Raises `NotAllowed`, `Missing`, `PermitInvalid`.
    """
    project = get_project(session, actor, project_id, Permission.UNITS_IMPORT)
    if release:
        actor.require(Permission.PRICES_RELEASE, project.path)
    # Two imports into one project wait for each other, so that neither makes the other's units twice.
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))
    act = _Act(session, actor, clock, project, price_list.file_name[:200])
    permits = _enter_permits(act, price_list, permit)
    plan = plan_import(session, project.id, price_list, _permits_of_sheets(price_list, permit, permits))
    report = plan.report()
    if report.imported or report.updated:
        _apply(act, plan)
        _write_batch(act, price_list, report)
    _apply_prices(act, plan, release=release, effective_at=effective_at)
    return report


def _permits_of_sheets(
    price_list: PriceList, permit: Permit | tuple[str, date] | None, ids: Mapping[str, str]
) -> dict[str, str | None]:
    if permit is not None:
        return {sheet.name: ids.get(permit[0].strip()) for sheet in price_list.sheets}
    return {found.sheet: ids.get(found.number) for found in reversed(price_list.permits)}


def _enter_permits(act: _Act, price_list: PriceList, permit: Permit | tuple[str, date] | None) -> dict[str, str]:
    """The ids of the permits to use, by number; those that the project does not know yet are entered."""
    known: dict[str, PresalePermit] = {found.no: found for found in list_permits(act.session, act.project.id)}
    if permit is not None:
        entered = _add(act, *permit)
        return {permit[0].strip(): entered.id}
    ids = {no: found.id for no, found in known.items()}
    if act.actor.may(Permission.ORGANISATION_MANAGE, act.project.path):
        for found in price_list.permits:
            if found.number not in ids:
                ids[found.number] = _add(act, found.number, _day_of(act, found)).id
    return ids


def _day_of(act: _Act, found: PermitFound) -> date:
    """By the day of a public notice the permit had been issued; without any day it counts from today."""
    return found.day or business_date(act.clock, act.project.zone)


def _add(act: _Act, no: str, granted_on: date) -> PresalePermit:
    return add_permit(act.session, act.actor, act.clock, project_id=act.project.id, no=no, granted_on=granted_on)


def _apply(act: _Act, plan: ImportPlan) -> None:
    query = select(Building).where(Building.project_id == act.project.id)
    act.buildings = {building.code: building for building in act.session.scalars(query)}
    for step in plan.rows:
        if step.unit is None:
            _make_building(act, step.row.building)
    act.session.flush()  # Units refer to their buildings' ids.
    new = [step for step in plan.rows if step.unit is None]
    updated = [step for step in plan.rows if step.verdict == "updated"]
    for step in new:
        step.unit = _make_unit(act, step)
    act.session.flush()  # The history and the prices refer to the units' ids.
    for step in new:
        assert step.unit is not None  # noqa: S101 - made just above
        _note(act, step.unit, "created", None, step.unit.unit_no)
        if step.unit.withheld_reason is not None:
            _note(act, step.unit, "withheld", None, step.unit.withheld_reason)
    for step in updated:
        _update_unit(act, step)


def _make_building(act: _Act, name: str) -> None:
    code = code_of(name)
    if code not in act.buildings:
        building = Building(project_id=act.project.id, path=act.project.path, code=code, name=name.strip())
        act.session.add(building)
        act.buildings[code] = building


def _make_unit(act: _Act, step: RowPlan) -> Unit:
    row = step.row
    unit = Unit(
        project_id=act.project.id,
        path=act.project.path,
        building_id=act.buildings[code_of(row.building)].id,
        unit_no=row.unit_no,
        entrance=row.entrance,
        floor=row.floor,
        layout=row.layout,
        orientation=row.orientation,
        building_area_hundredths=row.building_area_hundredths,
        inside_area_hundredths=row.inside_area_hundredths,
        permit_id=step.permit_id,
        withheld_reason=step.listed_reason,
        listed_reason=step.listed_reason,
        changed_at=act.clock.now(),
        revision=0,
    )
    act.session.add(unit)
    step.price_is_new = step.price_not_in_force = True
    return unit


def _update_unit(act: _Act, step: RowPlan) -> None:
    unit = step.unit
    assert unit is not None  # noqa: S101 - only rows of known units are updated
    if step.data:
        before = {name: getattr(unit, name) for name in step.data}
        for name, value in step.data.items():
            setattr(unit, name, value)
        _note(act, unit, "data", _worded(before), _worded(step.data))
    if step.permit_is_new:
        before_permit, unit.permit_id = unit.permit_id, step.permit_id
        _note(act, unit, "permit", before_permit, step.permit_id)
    if step.reason_is_new:
        before_reason, after_reason = unit.withheld_reason, step.withheld_reason
        unit.listed_reason, unit.withheld_reason = step.listed_reason, after_reason
        _note(act, unit, "withheld", before_reason, after_reason)


def _worded(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())[:200]


def _note(act: _Act, unit: Unit, kind: str, before: str | None, after: str | None) -> None:
    note_change(
        act.session, act.actor, act.clock, unit, kind, before=before, after=after, reason=act.reason, told=False
    )


def _apply_prices(act: _Act, plan: ImportPlan, *, release: bool, effective_at: datetime | None) -> None:
    """New prices become a version; a release also takes those that have been waiting for approval."""
    rows = [step for step in plan.rows if (step.price_not_in_force if release else step.price_is_new)]
    if not rows:
        return
    version = draft_version(
        act.session, act.actor, act.clock, project_id=act.project.id, path=act.project.path, note=act.reason
    )
    for step in rows:
        assert step.unit is not None  # noqa: S101 - every row of the plan has its unit by now
        act.session.add(price_row(version.id, step.unit, step.prices))
    submit_version(act.session, act.actor, act.clock, version, effective_at=effective_at, release=release)


def _write_batch(act: _Act, price_list: PriceList, report: ImportReport) -> None:
    refused = [
        {"sheet": r.sheet, "row": r.row, "unit": r.unit, "code": r.code, "params": dict(r.params)}
        for r in report.refused
    ]
    batch = ImportBatch(
        project_id=act.project.id,
        path=act.project.path,
        file_name=price_list.file_name[:200],
        at=act.clock.now(),
        actor_id=act.actor.id,
        counts=report.counts,
        refused=refused,
    )
    act.session.add(batch)
    act.session.flush()  # The fact and the audit row name the batch.
    after = {**report.counts, "refused": len(refused)}
    audit.record(
        act.session,
        act.actor,
        act.clock,
        "units:import",
        "import_batch",
        batch.id,
        path=act.project.path,
        after=after,
    )
    tell(act.session, UnitsImported(act.project.id, act.project.path, batch.id))
