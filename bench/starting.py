"""What must not slow a start: many deployed definitions, and blocks that explode when they are predicted."""

from __future__ import annotations

import itertools

from bench.databases import fresh, kind_of
from bench.diagrams import fan_outs, linear
from bench.house import CLERK, SCOPE, House
from bench.measuring import Figure, at_most, medians, seconds
from kernel.actor import Actor, Grant

FEW, MANY = 5, 500
RUNS, IN_A_RUN = 15, 10
BLOCKS = 8


def figures(url: str) -> list[Figure]:
    """Starting among few and many definitions; starting before eight parallel blocks in a row."""
    return [_among_many(url), _fan_outs(url)]


def _among_many(url: str) -> Figure:
    with fresh(url) as first, fresh(url) as second:
        many, few = _house(first, MANY), _house(second, FEW)
        try:
            keys = {house: itertools.cycle(_keys(count)) for house, count in ((many, MANY), (few, FEW))}
            for house, count in ((many, MANY), (few, FEW)):
                for _ in range(count):
                    _start_and_step(house, next(keys[house]))
            slow, fast = medians(lambda: _some(many, keys[many]), lambda: _some(few, keys[few]), runs=RUNS)
        finally:
            many.close()
            few.close()
    name = f"start and first task with {MANY} definitions / with {FEW}"
    return at_most(name, slow / fast, 1.2, "ratio", kind_of(url))


def _keys(count: int) -> list[str]:
    return [f"linear_{number}" for number in range(count)]


def _house(url: str, count: int) -> House:
    rights = frozenset({"engine:deploy", *(f"{key}:start" for key in _keys(count))})
    actor = Actor(CLERK.id, CLERK.name, (Grant("clerk", SCOPE, rights),))
    return House(url, {key: linear(2, key) for key in _keys(count)}, actor)


def _some(house: House, keys: itertools.cycle[str]) -> None:
    for _ in range(IN_A_RUN):
        _start_and_step(house, next(keys))


def _start_and_step(house: House, key: str) -> None:
    house.step(house.start(key, {"step": 0}))


def _fan_outs(url: str) -> Figure:
    with fresh(url) as place:
        house = House(place, {"fan_outs": fan_outs(BLOCKS)})
        try:
            house.start("fan_outs", {})
            taken = min(seconds(lambda: house.start("fan_outs", {})) for _ in range(RUNS))
        finally:
            house.close()
    return at_most(f"start before {BLOCKS} three-way parallel blocks", taken * 1000, 20.0, "ms", kind_of(url))
