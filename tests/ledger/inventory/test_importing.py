"""A price list goes in once; what differs later is updated, what is sold is left alone, wrong rows come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.audit import AuditRow
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.inventory.models import Building, ImportBatch, PriceVersion, Unit, UnitEvent, UnitPrice
from ledger.inventory.operations import Permit, import_units, preview_units, release_unit
from ledger.inventory.price_list.rows import PriceList
from ledger.inventory.queries import board
from ledger.inventory.wording import report_json
from ledger.organisation.models import PresalePermit, Project

PERMIT = Permit("(2026)房预售证第0188号", date(2026, 1, 15))


def rows_in(session: Session) -> dict[str, int]:
    tables = (Building, Unit, UnitEvent, PriceVersion, UnitPrice, ImportBatch, PresalePermit, AuditRow)
    return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def state_of(session: Session, admin: Actor, clock: MovedClock, project: Project) -> dict[str, int]:
    states = [cell.state for cell in board(session, admin, project.id, clock=clock)]
    return {state: states.count(state) for state in set(states)}


def change(price_list: PriceList, unit_no: str, **values: object) -> PriceList:
    units = tuple(
        replace(unit, **values) if unit.unit_no == unit_no else unit  # type: ignore[arg-type]
        for unit in price_list.units
    )
    return replace(price_list, units=units)


def test_both_sample_lists_go_in_with_every_row_accounted_for(
    session: Session, admin: Actor, clock: MovedClock, project: Project, yunxi: PriceList, harbour: PriceList
) -> None:
    for price_list in (yunxi, harbour):
        report = import_units(session, admin, clock, project_id=project.id, price_list=price_list)
        all_rows = sum(sheet.unit_rows for sheet in price_list.sheets)
        assert report.imported + report.updated + report.unchanged + len(report.refused) == all_rows
        assert (report.updated, report.unchanged) == (0, 0)
        assert report.withheld == sum(unit.withheld_reason is not None for unit in price_list.units) > 0
    said = report_json(import_units(session, admin, clock, project_id=project.id, price_list=yunxi))
    assert [sorted(row) for row in said["refused"]] == [["reason", "row", "sheet", "unit"]] * 3  # type: ignore[attr-defined]


def test_the_same_list_again_writes_nothing(
    session: Session, admin: Actor, clock: MovedClock, project: Project, yunxi: PriceList
) -> None:
    first = import_units(session, admin, clock, project_id=project.id, price_list=yunxi, release=True)
    session.flush()
    before = rows_in(session)
    clock.advance(timedelta(days=1))
    again = import_units(session, admin, clock, project_id=project.id, price_list=yunxi, release=True)
    session.flush()
    assert (again.imported, again.updated, again.unchanged) == (0, 0, first.imported)
    assert (again.withheld, again.refused) == (first.withheld, first.refused)
    assert rows_in(session) == before


def test_without_a_permit_or_a_release_nothing_is_for_sale(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, release=True)
    assert set(state_of(session, admin, clock, project)) == {"withheld", "unlicensed"}
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, permit=PERMIT)
    assert set(state_of(session, admin, clock, project)) == {"withheld", "available"}


def test_a_list_with_a_permit_waits_for_its_release(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, permit=PERMIT)
    assert set(state_of(session, admin, clock, project)) == {"withheld", "unreleased"}
    report = import_units(session, admin, clock, project_id=project.id, price_list=harbour, release=True)
    assert report.unchanged == len(harbour.units)
    assert set(state_of(session, admin, clock, project)) == {"withheld", "available"}
    versions = session.scalars(select(PriceVersion).order_by(PriceVersion.no)).all()
    assert [version.state for version in versions] == ["rejected", "in_force"]


def test_the_permit_named_in_the_title_licenses_its_sheets_from_its_day_on(
    session: Session, admin: Actor, clock: MovedClock, project: Project, yunxi: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=yunxi, release=True)
    assert set(state_of(session, admin, clock, project)) == {"withheld", "unlicensed"}  # published in September
    clock.advance(timedelta(days=220))
    assert set(state_of(session, admin, clock, project)) == {"withheld", "available"}


def test_a_permit_only_named_by_the_list_needs_somebody_who_may_enter_it(
    session: Session,
    clock: MovedClock,
    project: Project,
    yunxi: PriceList,
    actor_with: Callable[..., Actor],
) -> None:
    clerk = actor_with("units:import", "units:view")
    import_units(session, clerk, clock, project_id=project.id, price_list=yunxi)
    assert session.scalars(select(PresalePermit)).all() == []
    with pytest.raises(NotAllowed):
        import_units(session, clerk, clock, project_id=project.id, price_list=yunxi, release=True)
    with pytest.raises(Missing):
        import_units(session, actor_with("units:view"), clock, project_id=project.id, price_list=yunxi)


def test_a_new_price_becomes_a_version_of_its_own_that_waits(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, permit=PERMIT, release=True)
    dearer = change(harbour, "A-0301", list_price_fen=170_000_000)
    report = import_units(session, admin, clock, project_id=project.id, price_list=dearer, permit=PERMIT)
    assert (report.imported, report.updated, report.unchanged) == (0, 1, len(harbour.units) - 1)
    cell = next(c for c in board(session, admin, project.id, clock=clock) if c.unit_no == "A-0301")
    assert cell.list_price_fen == 162_830_000
    version = session.scalars(select(PriceVersion).order_by(PriceVersion.no.desc())).first()
    assert version is not None
    assert (version.state, version.no) == ("submitted", 2)
    again = import_units(session, admin, clock, project_id=project.id, price_list=dearer, permit=PERMIT)
    assert again.unchanged == len(harbour.units)


def test_a_row_that_differs_from_a_sold_unit_comes_back(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, permit=PERMIT, release=True)
    unit = session.scalars(select(Unit).where(Unit.unit_no == "A-0301")).one()
    unit.status, unit.sale_id = "subscribed", "a sale"
    assert not import_units(session, admin, clock, project_id=project.id, price_list=harbour).refused
    dearer = change(harbour, "A-0301", list_price_fen=170_000_000)
    report = import_units(session, admin, clock, project_id=project.id, price_list=dearer, release=True)
    assert [(r.unit, r.code) for r in report.refused] == [("A-0301", "unit_sold")]
    assert report.unchanged == len(harbour.units) - 1
    assert session.scalars(select(PriceVersion)).one().no == 1


def test_what_a_person_released_is_not_withheld_again_by_the_same_list(
    session: Session, admin: Actor, clock: MovedClock, project: Project, harbour: PriceList
) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=harbour, permit=PERMIT, release=True)
    unit = session.scalars(select(Unit).where(Unit.unit_no == "A-0304")).one()
    assert unit.withheld_reason == "销控"
    release_unit(session, admin, clock, unit_id=unit.id, reason="opened for sale")
    report = import_units(session, admin, clock, project_id=project.id, price_list=harbour)
    assert (report.updated, unit.withheld_reason) == (0, None)
    report = import_units(
        session, admin, clock, project_id=project.id, price_list=change(harbour, "A-0304", withheld_reason="查封")
    )
    assert (report.updated, unit.withheld_reason) == (1, "查封")


def test_a_preview_says_the_same_and_writes_nothing(
    session: Session, admin: Actor, clock: MovedClock, project: Project, yunxi: PriceList
) -> None:
    session.flush()
    before = rows_in(session)
    preview = preview_units(session, admin, project_id=project.id, price_list=yunxi)
    session.flush()
    assert rows_in(session) == before
    assert preview == import_units(session, admin, clock, project_id=project.id, price_list=yunxi)
