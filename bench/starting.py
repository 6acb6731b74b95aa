"""What must not slow a start: many deployed definitions, and blocks that explode when they are predicted."""

from __future__ import annotations

import itertools

from bench.databases import fresh, kind_of
from bench.diagrams import fan_outs, linear
from bench.house import CLERK, SCOPE, House
from bench.measuring import Figure, at_most, medians, seconds
from bench.sizes import FULL, Sizes
from kernel.actor import Actor, Grant


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """Starting among few and many definitions; starting before eight parallel blocks in a row."""
    return [_among_many(url, sizes), _fan_outs(url, sizes)]


def _among_many(url: str, sizes: Sizes) -> Figure:
    most, least = sizes.many_definitions, sizes.few_definitions
    with fresh(url) as first, fresh(url) as second:
        many, few = _house(first, most), _house(second, least)
        try:
            counts = ((many, most), (few, least))
            keys = {house: itertools.cycle(_keys(count)) for house, count in counts}
            for house, count in counts:
                for _ in range(count):
                    _start_and_step(house, next(keys[house]))
            each = sizes.starts_in_a_run
            slow, fast = medians(
                lambda: _some(many, keys[many], each), lambda: _some(few, keys[few], each), runs=sizes.starts
            )
        finally:
            many.close()
            few.close()
    name = f"start and first task with {most} definitions / with {least}"
    return at_most(name, slow / fast, 1.2, "ratio", kind_of(url))


def _keys(count: int) -> list[str]:
    return [f"linear_{number}" for number in range(count)]


def _house(url: str, count: int) -> House:
    rights = frozenset({"engine:deploy", *(f"{key}:start" for key in _keys(count))})
    actor = Actor(CLERK.id, CLERK.name, (Grant("clerk", SCOPE, rights),))
    return House(url, {key: linear(2, key) for key in _keys(count)}, actor)


def _some(house: House, keys: itertools.cycle[str], count: int) -> None:
    for _ in range(count):
        _start_and_step(house, next(keys))


def _start_and_step(house: House, key: str) -> None:
    house.step(house.start(key, {"step": 0}))


def _fan_outs(url: str, sizes: Sizes) -> Figure:
    blocks = sizes.blocks
    with fresh(url) as place:
        house = House(place, {"fan_outs": fan_outs(blocks)})
        try:
            house.start("fan_outs", {})
            taken = min(seconds(lambda: house.start("fan_outs", {})) for _ in range(sizes.starts))
        finally:
            house.close()
    return at_most(f"start before {blocks} three-way parallel blocks", taken * 1000, 20.0, "ms", kind_of(url))
