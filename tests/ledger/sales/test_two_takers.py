"""Several people take the same unit at once, on connections of their own: one wins, the others learn who and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Stale
from ledger.inventory.errors import UnitTaken
from ledger.inventory.models import Unit
from ledger.sales.models import Sale, SaleEvent
from ledger.sales.operations import cancel_sale, hold_unit, open_sale
from tests.ledger.sales.conftest import MANAGER, make_customer, open_for_sale
from webapp.db import Database


@pytest.fixture
def on_sale(database: Database, admin: Actor, clock: MovedClock) -> tuple[list[str], str]:
    """The ids of the units for sale and of a customer, committed."""
    with database.unit_of_work(admin) as session:
        project = open_for_sale(session, admin, clock)
        customer = make_customer(session, project, clock, "王芳").id
        units = list(session.scalars(select(Unit.id).order_by(Unit.unit_no)))
    return units, customer


def race(database: Database, admin: Actor, clock: MovedClock, unit_ids: list[str], customer: str) -> list[object]:
    """Each taker tries one unit at the same moment; the answers are sale ids or refusals."""
    start = Barrier(len(unit_ids))

    def take(number: int) -> object:
        start.wait(timeout=30)
        consultant = f"consultant-{number}"
        try:
            with database.unit_of_work(admin) as session:
                return open_sale(
                    session, admin, clock, unit_id=unit_ids[number], customer_id=customer, consultant_id=consultant
                ).id
        except UnitTaken as refusal:
            return refusal

    with ThreadPoolExecutor(len(unit_ids)) as pool:
        return list(pool.map(take, range(len(unit_ids))))


def test_one_of_several_takers_wins_and_the_others_learn_who_and_when(
    database: Database, admin: Actor, clock: MovedClock, on_sale: tuple[list[str], str]
) -> None:
    units, customer = on_sale
    answers = race(database, admin, clock, [units[0]] * 4, customer)
    won = [answer for answer in answers if isinstance(answer, str)]
    lost = [answer for answer in answers if isinstance(answer, UnitTaken)]
    assert (len(won), len(lost)) == (1, 3)
    winner = f"consultant-{answers.index(won[0])}"
    for refusal in lost:
        assert isinstance(refusal, Stale)
        assert (refusal.params["taken_by"], refusal.params["taken_at"]) == (winner, clock.now())
    with database.reading() as session:
        assert [sale.id for sale in session.scalars(select(Sale))] == won


def test_takers_of_different_units_all_win(
    database: Database, admin: Actor, clock: MovedClock, on_sale: tuple[list[str], str]
) -> None:
    units, customer = on_sale
    answers = race(database, admin, clock, units[:4], customer)
    assert all(isinstance(answer, str) for answer in answers)
    with database.reading() as session:
        assert len({sale.no for sale in session.scalars(select(Sale))}) == 4


def test_an_expired_hold_is_taken_over_by_one_of_two(
    database: Database, admin: Actor, clock: MovedClock, on_sale: tuple[list[str], str]
) -> None:
    units, customer = on_sale
    with database.unit_of_work(admin) as session:
        hold_unit(
            session, admin, clock, unit_id=units[0], customer_id=customer, reason="thinks it over",
            approved_by=MANAGER, expires_at=clock.now() + timedelta(hours=1),
        )  # fmt: skip
    clock.advance(timedelta(hours=1))
    answers = race(database, admin, clock, [units[0]] * 2, customer)
    assert sorted(isinstance(answer, UnitTaken) for answer in answers) == [False, True]
    with database.reading() as session:
        closed = session.scalars(select(Sale).where(Sale.state == "closed")).one()
    assert closed.close_kind == "hold_expired"


def test_the_same_call_made_twice_at_once_acts_once(
    database: Database, admin: Actor, clock: MovedClock, on_sale: tuple[list[str], str]
) -> None:
    units, customer = on_sale
    start = Barrier(2)

    def run(_number: int) -> tuple[str, str]:
        start.wait(timeout=30)
        with database.unit_of_work(admin) as session:
            sale = open_sale(session, admin, clock, unit_id=units[0], customer_id=customer, key="form-1")
        start.wait(timeout=30)
        with database.unit_of_work(admin) as session:
            cancel_sale(session, admin, clock, sale_id=sale.id, reason="changed her mind", key="form-2")
        return sale.id, sale.no

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, range(2))
    assert first == second
    with database.reading() as session:
        events = session.scalars(select(SaleEvent).where(SaleEvent.key.is_not(None)).order_by(SaleEvent.id)).all()
    assert [event.kind for event in events] == ["opened", "cancelled"]
