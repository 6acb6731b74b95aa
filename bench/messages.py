"""A message must find its receiver at the same cost, however many wait for the same name under other keys."""

from __future__ import annotations

import itertools
import statistics

from sqlalchemy import insert

from bench.databases import analyze, fresh, kind_of
from bench.diagrams import receipt
from bench.house import House
from bench.measuring import Figure, at_most, seconds
from bench.sizes import FULL, Sizes
from engine.api import Instance
from engine.correlation import canonical
from engine.tables.columns import table_of
from engine.tables.work import SubscriptionRow
from kernel.clock import SystemClock
from kernel.ids import new_id

_BATCH = 10_000


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """Delivering one message among many waiting receivers against among few."""
    most, least = sizes.many_receivers, sizes.few_receivers
    with fresh(url) as first, fresh(url) as second:
        many, few = _House(first, most), _House(second, least)
        try:
            taken: dict[_House, list[float]] = {many: [], few: []}
            for turn, house in itertools.product(range(sizes.messages), (many, few)):
                taken[house].append(house.deliver(turn))
        finally:
            many.house.close()
            few.house.close()
    ratio = statistics.median(taken[many]) / statistics.median(taken[few])
    return [at_most(f"one message with {most:,} waiting / with {least}", ratio, 1.5, "ratio", kind_of(url))]


class _House:
    """Receivers that wait for other sales, and one real case after the other that waits for its own."""

    def __init__(self, url: str, waiting: int) -> None:
        self.house = House(url, {"receipt": receipt()})
        someone = self.house.start("receipt", {"sale": "nobody's"})
        for begin in range(0, waiting, _BATCH):
            self._subscribe(someone, range(begin, min(begin + _BATCH, waiting)))
        analyze(self.house.database.engine)
        self.deliver(-1)

    def _subscribe(self, instance: Instance, numbers: range) -> None:
        now = SystemClock().now()
        rows = [
            {
                "id": new_id(),
                "kind": "message",
                "name": "paid",
                "correlation": canonical({"sale": f"other {number}"}),
                "instance_id": instance.id,
                "definition_id": None,
                "element_id": "wait",
                "token": 0,
                "created_at": now,
            }
            for number in numbers
        ]
        with self.house.database.unit_of_work(self.house.actor) as session:
            session.execute(insert(table_of(SubscriptionRow)), rows)

    def deliver(self, turn: int) -> float:
        """How long the message to one new case takes."""
        sale = f"sale {turn}"
        self.house.start("receipt", {"sale": sale})
        return seconds(lambda: self._publish(sale))

    def _publish(self, sale: str) -> None:
        with self.house.database.unit_of_work(self.house.actor) as session:
            if self.house.engine(session).publish("paid", {"sale": sale}) != 1:
                raise RuntimeError("the message did not find its receiver")
