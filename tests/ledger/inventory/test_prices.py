"""Prices are proposed by one, approved by another, in force from an instant on, and kept for every past day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Missing
from ledger.inventory.errors import PricesInvalid, PriceVersionState, SecondPersonNeeded
from ledger.inventory.models import PriceVersion, Unit
from ledger.inventory.operations import (
    Prices,
    approve_prices,
    import_units,
    propose_prices,
    put_prices_in_force,
    reject_prices,
)
from ledger.inventory.price_list.rows import PriceList
from ledger.inventory.queries import find_price_versions, get_unit, price_as_of, price_history
from ledger.organisation.models import Project


@pytest.fixture
def units(session: Session, admin: Actor, clock: MovedClock, project: Project, few: PriceList) -> list[Unit]:
    import_units(session, admin, clock, project_id=project.id, price_list=few, release=True)
    return list(session.scalars(select(Unit).order_by(Unit.unit_no).limit(3)))


@pytest.fixture
def second(actor_with: Callable[..., Actor]) -> Actor:
    return actor_with("prices:approve", "units:view", "units:view_floor_price")


def propose(session: Session, actor: Actor, clock: MovedClock, units: list[Unit], fen: int) -> PriceVersion:
    prices = {unit.id: Prices(fen, fen * 9 // 10) for unit in units}
    return propose_prices(session, actor, clock, project_id=units[0].project_id, prices=prices)


def test_who_proposes_does_not_approve(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    version = propose(session, admin, clock, units, 200_000_000)
    with pytest.raises(SecondPersonNeeded):
        approve_prices(session, admin, clock, version_id=version.id)
    with pytest.raises(PriceVersionState):
        put_prices_in_force(session, second, clock, version_id=version.id)
    approve_prices(session, second, clock, version_id=version.id)
    assert put_prices_in_force(session, second, clock, version_id=version.id).units == 3
    assert get_unit(session, admin, units[0].id, clock=clock).list_price_fen == 200_000_000


def test_the_database_too_asks_for_a_second_person(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    version = propose(session, admin, clock, units, 200_000_000)
    version.state, version.approved_by = "approved", admin.id
    with pytest.raises(IntegrityError, match="second_person"):
        session.flush()


def test_a_price_waits_for_its_time_and_the_past_stays_known(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    first = get_unit(session, admin, units[0].id, clock=clock).list_price_fen
    bought_on = clock.now()
    version = propose(session, admin, clock, units, 200_000_000)
    approve_prices(session, second, clock, version_id=version.id, effective_at=clock.now() + timedelta(days=2))
    with pytest.raises(PriceVersionState) as early:
        put_prices_in_force(session, second, clock, version_id=version.id)
    assert early.value.code == "price_version_not_due"
    clock.advance(timedelta(days=2))
    put_prices_in_force(session, admin, clock, version_id=version.id)
    then = price_as_of(session, admin, units[0].id, bought_on)
    now = price_as_of(session, admin, units[0].id, clock.now())
    assert (then and then.list_price_fen, now and now.list_price_fen) == (first, 200_000_000)
    assert price_as_of(session, admin, units[0].id, bought_on - timedelta(days=1)) is None


def test_a_sold_unit_keeps_its_price(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    version = propose(session, admin, clock, units, 200_000_000)
    approve_prices(session, second, clock, version_id=version.id)
    units[0].status, units[0].sale_id = "subscribed", "a sale"
    session.flush()
    result = put_prices_in_force(session, second, clock, version_id=version.id)
    assert (result.units, result.left_alone) == (2, 1)
    assert len(price_history(session, admin, units[0].id)) == 1


def test_an_older_version_approved_late_does_not_replace_newer_prices(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    older = propose(session, admin, clock, units, 200_000_000)
    newer = propose(session, admin, clock, units[:1], 210_000_000)
    for version in (newer, older):
        approve_prices(session, second, clock, version_id=version.id)
        put_prices_in_force(session, second, clock, version_id=version.id)
    found = [get_unit(session, admin, unit.id, clock=clock).list_price_fen for unit in units]
    assert found == [210_000_000, 200_000_000, 200_000_000]


def test_an_older_version_whose_units_all_have_newer_prices_is_turned_down(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    older, newer = (propose(session, admin, clock, units, fen) for fen in (200_000_000, 210_000_000))
    approve_prices(session, second, clock, version_id=newer.id)
    put_prices_in_force(session, second, clock, version_id=newer.id)
    assert (older.state, older.end_reason) == ("rejected", f"replaced by price version {newer.no}")


def test_one_price_is_in_force_for_a_unit(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    version = propose(session, admin, clock, units, 200_000_000)
    with pytest.raises(IntegrityError):
        session.execute(
            text("UPDATE unit_price SET since = '2026-03-01 00:00:00' WHERE version_id = :id"), {"id": version.id}
        )


def test_a_rejected_version_is_over(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    version = propose(session, admin, clock, units, 200_000_000)
    reject_prices(session, second, clock, version_id=version.id, reason="too dear")
    with pytest.raises(PriceVersionState):
        approve_prices(session, second, clock, version_id=version.id)
    assert [v.state for v in find_price_versions(session, second)] == ["rejected", "in_force"]


@pytest.mark.parametrize(
    ("prices", "code"),
    [
        (Prices(0), "price_out_of_range"),
        (Prices(-1), "price_out_of_range"),
        (Prices(10**12 + 1), "price_out_of_range"),
        (Prices(100, 101), "floor_above_list"),
        (Prices(100, 0), "price_out_of_range"),
    ],
)
def test_wrong_prices_are_refused(
    session: Session, admin: Actor, clock: MovedClock, units: list[Unit], prices: Prices, code: str
) -> None:
    with pytest.raises(PricesInvalid) as refusal:
        propose_prices(session, admin, clock, project_id=units[0].project_id, prices={units[0].id: prices})
    assert refusal.value.code == code


def test_prices_are_proposed_only_with_the_right_and_for_the_projects_own_units(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, units: list[Unit]
) -> None:
    project_id = units[0].project_id
    with pytest.raises(Missing):
        propose_prices(session, second, clock, project_id=project_id, prices={units[0].id: Prices(1)})
    with pytest.raises(PricesInvalid, match="unit_of_another_project"):
        propose_prices(session, admin, clock, project_id=project_id, prices={"elsewhere": Prices(1)})
    with pytest.raises(PricesInvalid, match="prices_missing"):
        propose_prices(session, admin, clock, project_id=project_id, prices={})
