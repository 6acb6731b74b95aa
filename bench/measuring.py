"""How figures are made: alternating runs in one process, medians, ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

Figure = dict[str, Any]
Work = Callable[[], object]


def seconds(work: Work) -> float:
    """How long one call takes, beginning without garbage from the one before."""
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def medians(*works: Work, runs: int) -> list[float]:
    """The median seconds of each piece of work; they take turns, so that a slow moment meets all of them."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for times, work in zip(taken, works, strict=True):
            times.append(seconds(work))
    return [statistics.median(times) for times in taken]


def at_most(figure: str, value: float, limit: float | None, unit: str, database: str | None) -> Figure:
    """A figure that holds up to its limit."""
    return _figure(figure, value, limit, limit is None or value <= limit, unit, database)


def at_least(figure: str, value: float, limit: float, unit: str, database: str | None) -> Figure:
    """A figure that holds from its limit on."""
    return _figure(figure, value, limit, value >= limit, unit, database)


def _figure(
    figure: str, value: float, limit: float | None, holds: bool, unit: str, database: str | None
) -> Figure:
    return {
        "figure": figure,
        "value": round(value, 3),
        "limit": limit,
        "holds": holds,
        "unit": unit,
        "database": database,
    }
