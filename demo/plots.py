"""Which sales the demo tells of: every way in, every stage, every early end, spread over the last weeks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from demo.cast import CONSULTANTS, HARBOUR, LANTING, PROJECTS, YUNXI
from demo.names import Buyers
from demo.stories import DAYS_TO_KEYS, Plot

_PLANS = ("loan", "lump", "instalments", "combined", "fund")


def plots(seed: int, ends_at: datetime) -> Iterator[tuple[datetime, Plot]]:
    """Each plot with the instant at which it begins."""
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    buyers = Buyers(seed)
    for days_ago, sketch in _SKETCHES:
        count = 2 if sketch.ownership in ("joint", "shares") else 1
        plot = replace(
            sketch,
            consultant=draw.choice(CONSULTANTS[sketch.path]),
            unit=draw.randrange(1000),
            buyers=[buyers.next() for _ in range(count)],
        )
        yield ends_at - timedelta(days=days_ago, hours=draw.randrange(8)), plot
    for number in range(_QUIET_SALES):
        path = PROJECTS[number % 3]
        plot = Plot(
            path=path,
            consultant=draw.choice(CONSULTANTS[path]),
            unit=draw.randrange(1000),
            buyers=[buyers.next()],
            off=draw.choice((0, 0, 50, 100)),
            plan=draw.choice(_PLANS),
            pays=draw.choice((1, 2, 3)),
        )
        yield ends_at - timedelta(days=draw.randrange(18, 58), hours=draw.randrange(8)), plot
    for days_ago, path, plan, pays in _EARLIER:
        plot = Plot(
            path=path,
            consultant=draw.choice(CONSULTANTS[path]),
            unit=draw.randrange(1000),
            buyers=[buyers.next()],
            off=draw.choice((0, 50, 100)),
            plan=plan,
            pays=pays,
            days_to_keys=_FINISHED_KEYS if days_ago > _FINISHED_AGO else DAYS_TO_KEYS,
        )
        yield ends_at - timedelta(days=days_ago, hours=draw.randrange(8)), plot


def _sketch(path: str, until: str, **more: object) -> Plot:
    return Plot(path=path, consultant="", unit=0, buyers=(), until=until, **more)  # type: ignore[arg-type]


_QUIET_SALES = 18
# Whoever bought that long ago bought a home nearly finished: keys and certificate were promised for this summer.
_FINISHED_AGO, _FINISHED_KEYS = 200, 100
# Sales of earlier months: days before the end, where, by which plan, and how many instalments were paid. They give
# collection its history and let what is late be of every age.
_EARLIER: tuple[tuple[int, str, str, int], ...] = (
    (236, LANTING, "lump", 0),
    (228, HARBOUR, "loan", 9),
    (214, HARBOUR, "instalments", 1),
    (203, HARBOUR, "loan", 9),
    (192, LANTING, "lump", 9),
    (181, HARBOUR, "combined", 9),
    (170, HARBOUR, "lump", 0),
    (163, HARBOUR, "instalments", 2),
    (150, LANTING, "loan", 1),
    (142, HARBOUR, "loan", 9),
    (127, HARBOUR, "combined", 1),
    (119, LANTING, "loan", 9),
    (111, LANTING, "lump", 9),
    (104, HARBOUR, "loan", 1),
    (96, HARBOUR, "fund", 1),
    (85, HARBOUR, "fund", 9),
    (76, LANTING, "instalments", 1),
)
_SHORT = timedelta(hours=2)
# Days before the end, and what happens. Approvals that wait stand at each level of the matrix (DOMAIN §9).
_SKETCHES: tuple[tuple[float, Plot], ...] = (
    (0.9, _sketch(YUNXI, "hold", entry="hold", pace=_SHORT)),
    (0.3, _sketch(HARBOUR, "hold_asked", entry="hold", pace=timedelta(minutes=30))),
    (0.4, _sketch(LANTING, "hold", entry="hold", pace=timedelta(minutes=40))),
    (6, _sketch(LANTING, "hold", entry="hold")),  # Expired: its unit is free again.
    (1.5, _sketch(YUNXI, "small_order", entry="small_order")),
    (1.0, _sketch(HARBOUR, "small_order_unpaid", entry="small_order")),
    (0.5, _sketch(YUNXI, "terms", pace=timedelta(minutes=30))),
    (1.2, _sketch(YUNXI, "approval", off=100, approvals=0, pace=_SHORT)),
    (1.4, _sketch(HARBOUR, "approval", off=280, approvals=1, pace=_SHORT)),
    (2.2, _sketch(YUNXI, "approval", off=400, approvals=2, pace=_SHORT, ownership="joint")),
    (2.3, _sketch(HARBOUR, "approval", off=450, approvals=3, pace=_SHORT)),
    (2.6, _sketch(LANTING, "approval", off=480, approvals=4, pace=_SHORT)),
    (2.8, _sketch(YUNXI, "approval", off=900, approvals=5, pace=_SHORT)),
    (1.1, _sketch(HARBOUR, "approval", off=60, approvals=0, pace=_SHORT)),
    (9, _sketch(LANTING, "rejected", off=700, approvals=1)),
    (1.6, _sketch(YUNXI, "deposit", pace=_SHORT, off=200)),
    (1.3, _sketch(HARBOUR, "deposit", pace=_SHORT, plan="fund")),
    (8, _sketch(LANTING, "deposit")),  # Not paid in time: a default.
    (6.5, _sketch(YUNXI, "subscribed", plan="combined")),  # The sign-by date is near.
    (3.5, _sketch(HARBOUR, "subscribed", ownership="shares")),
    (2.9, _sketch(LANTING, "subscribed", entry="hold", pace=_SHORT)),
    (20, _sketch(YUNXI, "subscribed")),  # Never signed: lapsed.
    (15, _sketch(HARBOUR, "withdrawn", entry="small_order")),
    (7, _sketch(YUNXI, "signed", ownership="joint", plan="loan", pays=0)),
    (26, _sketch(HARBOUR, "signed", plan="instalments", pays=1)),
    (12, _sketch(YUNXI, "submitted", pays=1, off=250)),
    (10, _sketch(LANTING, "submitted", plan="lump", pays=1)),
    (14, _sketch(HARBOUR, "returned", pays=1)),
    (52, _sketch(YUNXI, "filed", plan="instalments", pays=1, off=300)),  # A long overdue instalment.
    (55, _sketch(HARBOUR, "filed", plan="loan", pays=1, ownership="joint")),  # The bank is late.
    (48, _sketch(LANTING, "filed", plan="lump", pays=0)),  # The buyer is late.
    (40, _sketch(YUNXI, "filed", plan="lump", pays=1, extra_fen=5_000_00)),  # Paid too much: credit.
    (35, _sketch(HARBOUR, "filed", plan="combined", ownership="shares", off=380)),
)
