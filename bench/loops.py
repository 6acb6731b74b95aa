"""A rework loop must cost the same at its ten-thousandth turn as at its tenth, in time and in bytes."""

from __future__ import annotations

import json
import statistics

from sqlalchemy import text

from bench.databases import fresh, kind_of
from bench.diagrams import rework
from bench.house import House
from bench.measuring import Figure, at_most, seconds
from bench.sizes import FULL, Sizes
from engine.api import Instance


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """Step and state late in a loop against early in it."""
    turn, first = sizes.late_turn, sizes.early_turn
    with fresh(url) as place:
        house = House(place, {"rework": rework()})
        try:
            late, late_bytes = _at_turn(house, turn)
            early, early_bytes = _at_turn(house, first)
            slow, fast = _alternating(house, late, early, sizes.loop_steps)
        finally:
            house.close()
    kind = kind_of(url)
    return [
        at_most(f"step {turn:,} of a loop / step {first}", slow / fast, 1.2, "ratio", kind),
        at_most(f"state bytes at turn {turn:,} / turn {first}", late_bytes / early_bytes, 1.1, "ratio", kind),
    ]


def _at_turn(house: House, turn: int) -> tuple[Instance, int]:
    instance = house.start("rework", {"step": 0})
    for _ in range(turn):
        instance = house.step(instance)
    return instance, _state_bytes(house, instance)


def _state_bytes(house: House, instance: Instance) -> int:
    statement = text("SELECT tokens, variables, facts FROM engine_instance WHERE id = :id")
    with house.database.reading() as session:
        tokens, *values = session.execute(statement, {"id": instance.id}).one()
    written = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return len(tokens) + sum(map(len, written))


def _alternating(house: House, late: Instance, early: Instance, steps: int) -> tuple[float, float]:
    taken: dict[str, list[float]] = {"late": [], "early": []}
    for _ in range(steps):
        for name, instance in (("late", late), ("early", early)):
            fresh_one: list[Instance] = []
            taken[name].append(seconds(lambda i=instance, kept=fresh_one: kept.append(house.step(i))))
            late, early = (fresh_one[0], early) if name == "late" else (late, fresh_one[0])
    return statistics.median(taken["late"]), statistics.median(taken["early"])
