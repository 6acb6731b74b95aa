"""The control chart: who sees what, what blocks a sale, what changed since one last looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.inventory.errors import ReasonMissing, UnitNotSellable, UnitStatusWrong, UnitTaken
from ledger.inventory.models import Unit
from ledger.inventory.operations import (
    Permit,
    import_units,
    license_units,
    release_unit,
    set_flag,
    withhold_unit,
)
from ledger.inventory.price_list.rows import PriceList
from ledger.inventory.queries import (
    UnitFilter,
    board,
    changes_since,
    count_units,
    find_units,
    get_unit,
    unit_history,
)
from ledger.inventory.states import Flag, UnitStatus
from ledger.inventory.taking import check_sellable, free_unit, move_unit
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project

PERMIT = Permit("0188", date(2026, 1, 15))


@pytest.fixture(autouse=True)
def _stock(session: Session, admin: Actor, clock: MovedClock, project: Project, few: PriceList) -> None:
    import_units(session, admin, clock, project_id=project.id, price_list=few, permit=PERMIT, release=True)
    session.flush()


@pytest.fixture
def unit(session: Session) -> Unit:
    return session.scalars(select(Unit).where(Unit.unit_no == "A-0301")).one()


def take(
    session: Session, admin: Actor, clock: MovedClock, unit: Unit, status: UnitStatus, sale: str = "s1"
) -> None:
    move_unit(session, admin, clock, unit=unit, status=status, sale_id=sale, reason="test", taken_by=admin.id)


def test_the_board_is_one_query_however_many_units(
    session: Session, admin: Actor, clock: MovedClock, project: Project
) -> None:
    statements: list[str] = []
    bind = session.get_bind()
    listen = lambda *args: statements.append(args[2])  # noqa: E731 - the hook of this test alone
    event.listen(bind, "before_cursor_execute", listen)
    cells = board(session, admin, project.id, clock=clock)
    event.remove(bind, "before_cursor_execute", listen)
    assert len(cells) == 24
    assert len([s for s in statements if "FROM unit" in s]) == 1
    first = [cell.floor for cell in cells if cell.building == cells[0].building]
    assert first == sorted(first, key=lambda floor: -(floor or 0))


def test_the_floor_price_is_shown_only_to_who_may_see_it(
    session: Session, admin: Actor, clock: MovedClock, project: Project, actor_with: Callable[..., Actor]
) -> None:
    consultant = actor_with("units:view", path=project.path)
    assert {cell.floor_price_fen for cell in board(session, consultant, project.id, clock=clock)} == {None}
    assert None not in {cell.floor_price_fen for cell in board(session, admin, project.id, clock=clock)}


def test_another_projects_people_see_nothing(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    project: Project,
    unit: Unit,
    actor_with: Callable[..., Actor],
) -> None:
    other = organisation.create_project(session, admin, clock, code="harbour", name="海港城")
    stranger = actor_with("units:view", "units:withhold", path=other.path)
    with pytest.raises(Missing):
        board(session, stranger, project.id, clock=clock)
    with pytest.raises(Missing):
        get_unit(session, stranger, unit.id, clock=clock)
    with pytest.raises(Missing):
        withhold_unit(session, stranger, clock, unit_id=unit.id, reason="mine")
    assert find_units(session, stranger, UnitFilter(), clock=clock) == ()
    assert unit_history(session, admin, unit.id)


def test_withholding_needs_a_reason_and_is_logged(
    session: Session, admin: Actor, clock: MovedClock, unit: Unit, actor_with: Callable[..., Actor]
) -> None:
    with pytest.raises(ReasonMissing):
        withhold_unit(session, admin, clock, unit_id=unit.id, reason="  ")
    with pytest.raises(NotAllowed):
        withhold_unit(session, actor_with("units:view"), clock, unit_id=unit.id, reason="show flat")
    withhold_unit(session, admin, clock, unit_id=unit.id, reason="show flat")
    with pytest.raises(UnitNotSellable) as refusal:
        check_sellable(session, clock, unit)
    assert refusal.value.code == "unit_withheld"
    release_unit(session, admin, clock, unit_id=unit.id, reason="sold out elsewhere")
    check_sellable(session, clock, unit)
    clock.advance(timedelta(seconds=1))
    history = [(e.kind, e.before, e.after, e.reason) for e in unit_history(session, admin, unit.id)]
    assert ("withheld", None, "show flat", "show flat") in history
    assert ("withheld", "show flat", None, "sold out elsewhere") in history


@pytest.mark.parametrize("flag", list(Flag))
def test_each_flag_blocks_a_sale_by_name(
    session: Session, admin: Actor, clock: MovedClock, unit: Unit, flag: Flag
) -> None:
    set_flag(session, admin, clock, unit_id=unit.id, flag=flag, on=True, reason="court order")
    with pytest.raises(UnitNotSellable, match=f"unit_{flag.value}"):
        check_sellable(session, clock, unit)
    found = find_units(session, admin, UnitFilter(state=flag.value), clock=clock)
    assert [cell.unit_id for cell in found] == [unit.id]
    set_flag(session, admin, clock, unit_id=unit.id, flag=flag, on=False, reason="lifted")
    assert check_sellable(session, clock, unit).list_price_fen == 162_830_000


def test_a_permit_granted_tomorrow_licenses_nothing_today(
    session: Session, admin: Actor, clock: MovedClock, project: Project, unit: Unit
) -> None:
    permit = organisation.add_permit(
        session, admin, clock, project_id=project.id, no="0200", granted_on=date(2026, 3, 3)
    )
    assert license_units(session, admin, clock, permit_id=permit.id, building_ids=[unit.building_id]) > 0
    with pytest.raises(UnitNotSellable, match="unit_unlicensed"):
        check_sellable(session, clock, unit)
    clock.advance(timedelta(days=1))
    check_sellable(session, clock, unit)


def test_a_taken_unit_says_who_took_it_and_when(
    session: Session, admin: Actor, clock: MovedClock, unit: Unit
) -> None:
    take(session, admin, clock, unit, UnitStatus.HELD)
    taken_at = clock.now()
    clock.advance(timedelta(minutes=5))
    with pytest.raises(UnitTaken) as refusal:
        check_sellable(session, clock, unit)
    assert (refusal.value.params["taken_by"], refusal.value.params["taken_at"]) == (admin.id, taken_at)
    with pytest.raises(UnitTaken):
        take(session, admin, clock, unit, UnitStatus.SUBSCRIBED, sale="s2")
    with pytest.raises(UnitTaken):
        withhold_unit(session, admin, clock, unit_id=unit.id, reason="show flat")
    with pytest.raises(UnitStatusWrong):
        take(session, admin, clock, unit, UnitStatus.CONTRACTED)


def test_a_freed_unit_is_for_sale_again(session: Session, admin: Actor, clock: MovedClock, unit: Unit) -> None:
    take(session, admin, clock, unit, UnitStatus.HELD)
    take(session, admin, clock, unit, UnitStatus.SUBSCRIBED)
    free_unit(session, admin, clock, unit=unit, sale_id="another", reason="not mine")
    assert unit.status == "subscribed"
    free_unit(session, admin, clock, unit=unit, sale_id="s1", reason="withdrawn")
    session.flush()
    assert get_unit(session, admin, unit.id, clock=clock).state == "available"


def test_who_looks_again_sees_what_changed_and_no_change_is_lost(
    session: Session, admin: Actor, clock: MovedClock, project: Project, unit: Unit
) -> None:
    clock.advance(timedelta(minutes=1))
    start = changes_since(session, admin, project.id, None, clock=clock)
    clock.advance(timedelta(seconds=5))
    assert changes_since(session, admin, project.id, start.cursor, clock=clock).cells == ()
    take(session, admin, clock, unit, UnitStatus.HELD)
    unit.held_until = clock.now() + timedelta(hours=1)
    session.flush()
    late = clock.now() + timedelta(seconds=10)  # The next look comes before the change is committed.
    assert [c.state for c in changes_since(session, admin, project.id, late, clock=clock).cells] == ["held"]
    clock.advance(timedelta(minutes=50))
    later = changes_since(session, admin, project.id, late, clock=clock).cursor
    clock.advance(timedelta(minutes=30))
    expired = changes_since(session, admin, project.id, later, clock=clock).cells
    assert [(c.unit_id, c.state) for c in expired] == [(unit.id, "available")]


def test_units_are_found_by_what_they_are(
    session: Session, admin: Actor, clock: MovedClock, project: Project, unit: Unit
) -> None:
    cells = board(session, admin, project.id, clock=clock)
    for wanted, fits in (
        (UnitFilter(floor=5), lambda c: c.floor == 5),
        (UnitFilter(text="04"), lambda c: "04" in c.unit_no),
        (UnitFilter(highest_price_fen=200_000_000), lambda c: c.list_price_fen <= 200_000_000),
        (UnitFilter(smallest_area_hundredths=9812), lambda c: c.building_area_hundredths >= 9812),
        (UnitFilter(state="withheld"), lambda c: c.state == "withheld"),
        (UnitFilter(state="available"), lambda c: c.state == "available"),
        (UnitFilter(state="held"), lambda c: False),
    ):
        found = find_units(session, admin, wanted, clock=clock, limit=1000)
        assert {c.unit_id for c in found} == {c.unit_id for c in cells if fits(c)}, wanted
    assert count_units(session, admin, UnitFilter(), clock=clock, most=10) == 11


@pytest.mark.parametrize("act", ["UPDATE unit_event SET reason = 'x'", "DELETE FROM unit_event"])
def test_the_history_of_a_unit_refuses_to_be_changed(session: Session, act: str) -> None:
    with pytest.raises(DatabaseError, match="append_only:unit_event"):
        session.execute(text(act))
