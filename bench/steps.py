"""The cost of a persisted step: beside bare SpiffWorkflow in memory, and beside the stock way of keeping it.

A step of ours is one command as the product runs it: rights, form check, load, restore, act, state, task, history
and audit rows, one commit.
"""

from __future__ import annotations

from bench.bare import Bare
from bench.databases import fresh, kind_of
from bench.diagrams import ENGINE_TASKS, linear
from bench.house import House
from bench.measuring import Figure, at_least, at_most, medians
from bench.sizes import FULL, Sizes

LIMITS = {"sqlite": (1.0, 0.3, 8.0), "postgresql": (1.3, 0.4, 6.0)}


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """Linear processes of 40 and of 150 user tasks."""
    short, long, stock = LIMITS[kind_of(url)]
    ours, bare, whole = _measured(url, sizes.short_run, sizes.runs)
    ours_long, bare_long, _ = _measured(url, sizes.long_run, sizes.runs, with_stock=False)
    kind = kind_of(url)
    return [
        at_most(
            f"persisted run of {sizes.short_run} user tasks / bare in memory", ours / bare, short, "ratio", kind
        ),
        at_most(
            f"persisted run of {sizes.long_run} user tasks / bare in memory",
            ours_long / bare_long,
            long,
            "ratio",
            kind,
        ),
        at_least(
            f"stock serialization of {sizes.short_run} user tasks / ours", whole / ours, stock, "ratio", kind
        ),
    ]


def _measured(url: str, user_tasks: int, runs: int, *, with_stock: bool = True) -> tuple[float, float, float]:
    with fresh(url) as place:
        house, bare = House(place, {"linear": linear(user_tasks)}), Bare(user_tasks)
        try:
            run_linear(house, user_tasks)
            works = [lambda: run_linear(house, user_tasks), bare.in_memory]
            taken = medians(*works, bare.stock, runs=runs) if with_stock else [*medians(*works, runs=runs), 0.0]
        finally:
            house.close()
    return taken[0], taken[1], taken[2]


def run_linear(house: House, user_tasks: int) -> None:
    """One instance from start to end."""
    instance = house.start("linear", {"step": 0})
    while instance.state == "active":
        instance = house.step(instance)
    if house.variables(instance)["step"] != user_tasks * ENGINE_TASKS:
        raise RuntimeError("our run did not finish")
