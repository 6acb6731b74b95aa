"""Makes the demo company: founded, opened, and lived through with a moved clock and a fixed seed.

The same seed and end give the same company: the same people, homes, sales, money and ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import handlers
from demo.agenda import Agenda, Script
from demo.cast import PROJECTS, YUNXI
from demo.changes import BEGINS_BEFORE_END, review_changes
from demo.finance_desk import keep_the_desk
from demo.lending import agree_banks
from demo.life import Life
from demo.measuring import measure_a_building
from demo.moving_in import hand_a_building_over
from demo.names import Buyers
from demo.orders import change_sales
from demo.places import Places, agree_offers, agree_plans, found, load_prices
from demo.plots import plots
from demo.pricing import raise_prices
from demo.stories import Plot, play
from demo.verdicts import hear_banks
from kernel.actor import SYSTEM
from kernel.clock import DEFAULT_ZONE, MovedClock
from kernel.ids import SeededIds, use_ids
from ledger.sales.operations import open_queue_batch
from webapp.db import Database
from webapp.definitions import deploy_shipped
from webapp.jobs import JobRunner

SEED = 20_260_301
DAYS = 250
Say = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """A finished demo company."""

    places: Places
    units: int
    sales: int


def last_evening(now: datetime) -> datetime:
    """Where the demo's story ends: this morning at half past eight in Shanghai, or the morning before."""
    local = now.astimezone(ZoneInfo(DEFAULT_ZONE))
    morning = local.replace(hour=8, minute=30, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def build(
    database: Database,
    clock: MovedClock,
    ends_at: datetime,
    *,
    seed: int = SEED,
    most: int | None = None,
    say: Say = print,
) -> Demo:
    """Build the company in an empty, migrated database; its ``clock`` stands at ``ends_at`` afterwards.

    ``most`` limits how many sales are told of, for tests.
    """
    clock.set(ends_at - timedelta(days=DAYS))
    with use_ids(SeededIds(seed, clock)):
        say("  the company, its people and its processes")
        with database.unit_of_work() as session:
            places = found(session, clock)
            deploy_shipped(session, SYSTEM, clock)
        units = 0
        for path in PROJECTS:
            with database.unit_of_work() as session:
                units += load_prices(session, clock, places, path)
        with database.unit_of_work() as session:
            agree_plans(session, clock, places)
            agree_offers(session, clock, places)
            agree_banks(session, clock, places)
        say(f"  three price lists with {units} homes, released")
        life = Life(database, clock, places, JobRunner(database, handlers.registry(), name="demo"))
        sales = _live(life, clock, ends_at, _spread(list(plots(seed, ends_at)), most), say)

    return Demo(places, units, sales)


def _spread(told: list[tuple[datetime, Plot]], most: int | None) -> list[tuple[datetime, Plot]]:
    """All plots, or so many of them from the first to the last, so that a small company has old sales too."""
    return told if most is None else told[:: max(1, len(told) // most)][:most]


def _live(
    life: Life, clock: MovedClock, ends_at: datetime, told: Sequence[tuple[datetime, Plot]], say: Say
) -> int:
    agenda = Agenda(clock, life.run_due)
    for begins_at, plot in told:
        agenda.add(play(life, plot), begins_at)
    steps = 0

    def each(_left: int) -> None:
        nonlocal steps
        steps += 1
        if steps % 60 == 0:
            say(f"  {clock.now():%d %B}: {steps} acts")

    _queue(life, ends_at, agenda)
    keep_the_desk(life, ends_at, agenda)
    hand_a_building_over(life, ends_at, agenda)
    measure_a_building(life, ends_at, agenda)
    hear_banks(life, ends_at, agenda)
    change_sales(life, SEED + 3, ends_at, agenda)
    raise_prices(life, ends_at, agenda)
    agenda.add(review_changes(life, SEED + 2), ends_at - BEGINS_BEFORE_END)
    agenda.run_until(ends_at, each=each)
    say(f"  {len(told)} sales lived through in {steps} acts")
    return len(told)


def _queue(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """Queue numbers for the next release of the first project."""
    buyers = Buyers(SEED + 1, first=5000)

    def script() -> Script:
        batch = life.act(
            "manager",
            lambda s, a: (
                open_queue_batch(
                    s, a, life.clock, project_id=life.places.projects[YUNXI].id, code="second", name="二批次加推"
                ).id
            ),
        )
        for number in range(6):
            yield timedelta(hours=2)
            buyer = buyers.next()
            customer = life.meet("sales2", YUNXI, buyer, "预约排号")
            case = life.start("sales2", YUNXI, entry="queue", batch_id=batch, customer_id=customer)
            if number < 4:
                yield timedelta(hours=1)
                life.pay_queue_fee(case, buyer.name)

    agenda.add(script(), ends_at - timedelta(days=4))
