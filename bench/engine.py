"""The engine's figures: steps, loops, starts, and what waits in great numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench import lists, loops, messages, starting, steps, timers
from bench.measuring import Figure
from bench.sizes import FULL, Sizes

PARTS: tuple[Callable[[str, Sizes], list[Figure]], ...] = (
    steps.figures,
    loops.figures,
    starting.figures,
    timers.figures,
    messages.figures,
    lists.figures,
)


def figures(database_urls: Sequence[str], sizes: Sizes = FULL) -> list[Figure]:
    """All figures on each database."""
    return [figure for url in database_urls for part in PARTS for figure in part(url, sizes)]
