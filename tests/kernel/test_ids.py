"""Identifiers are unique and stand in the order in which they were drawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from kernel.clock import MovedClock
from kernel.ids import RandomIds, new_id


def test_ids_of_one_process_are_ordered_as_drawn_within_a_millisecond_too() -> None:
    drawn = [new_id() for _ in range(20_000)]
    assert drawn == sorted(set(drawn))
    assert {UUID(one).version for one in drawn} == {7}


def test_ids_stay_in_order_while_a_clock_that_was_set_back_catches_up(clock: MovedClock) -> None:
    ids = RandomIds()
    ids._clock = clock  # type: ignore[assignment]
    before = ids()
    clock.set(clock.now() - timedelta(days=1))
    assert before < ids() < ids()


def test_threads_draw_different_ids() -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: new_id(), range(4_000)))
    assert len(set(drawn)) == len(drawn)
