"""Requests of one token, counted for several processes in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import MovedClock
from webapp.db import Database
from webapp.pace import SharedPace, forget_counts


@pytest.fixture
def processes(database: Database) -> tuple[SharedPace, SharedPace]:
    """What two processes count with."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("on SQLite there is one process")
    return SharedPace(database, most=40), SharedPace(database, most=40)


def test_two_processes_allow_together_what_one_may_ask_in_a_minute(
    processes: tuple[SharedPace, SharedPace], clock: MovedClock
) -> None:
    allowed = [processes[number % 2].allows("somebody", clock.now()) for number in range(60)]
    assert allowed.count(True) == 40
    assert allowed[:38] == [True] * 38
    assert processes[0].allows("somebody else", clock.now())
    clock.advance(timedelta(minutes=1))
    assert processes[0].allows("somebody", clock.now())


def test_a_process_that_gets_little_takes_its_part_of_the_minute_at_once(
    processes: tuple[SharedPace, SharedPace], clock: MovedClock, database: Database
) -> None:
    assert processes[0].allows("somebody", clock.now())
    allowed = [processes[1].allows("somebody", clock.now()) for _ in range(50)]
    assert allowed.count(True) == 38
    with database.unit_of_work() as session:
        forget_counts(session, clock.now() + timedelta(minutes=1))
    assert SharedPace(database, most=40).allows("somebody", clock.now())
