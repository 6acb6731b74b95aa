"""Picking what is due must cost by what is due, not by what waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from bench.databases import analyze, fresh, kind_of
from bench.diagrams import receipt
from bench.house import House
from bench.measuring import Figure, at_most, medians
from engine.commands.run_due import JOBS, RunDue
from engine.running.services import job_row
from kernel.clock import SystemClock

FEW, MANY, DUE = 1_000, 1_000_000, 100
_BATCH = 10_000


def figures(url: str) -> list[Figure]:
    """Picking a hundred due timers, one after the other, among a million that wait and among a thousand."""
    with fresh(url) as first, fresh(url) as second:
        many, few = _House(first, MANY), _House(second, FEW)
        try:
            slow, fast = medians(many.pick, few.pick)
        finally:
            many.house.close()
            few.house.close()
    return [at_most(f"{DUE} due timers among {MANY:,} / among {FEW:,}", slow / fast, 2.0, "ratio", kind_of(url))]


class _House:
    """One case with as many timers as are wanted, a hundred of them due."""

    def __init__(self, url: str, waiting: int) -> None:
        self.house = House(url, {"receipt": receipt()})
        self._case = self.house.start("receipt", {"sale": "nobody's"}).id
        self._now = SystemClock().now()
        for begin in range(0, waiting, _BATCH):
            self._add(range(begin, min(begin + _BATCH, waiting)))
        analyze(self.house.database.engine)

    def _add(self, numbers: range) -> None:
        rows = [self._timer(number) for number in numbers]
        with self.house.database.unit_of_work(self.house.actor) as session:
            session.execute(insert(JOBS), rows)

    def _timer(self, number: int) -> dict[str, Any]:
        due: datetime = self._now + timedelta(minutes=number - DUE + 1)
        row = job_row("timer", "timer", due, {}, f"timer {number}")
        return row | {"instance_id": self._case, "element_id": "wait", "token": 0}

    def pick(self) -> None:
        """Pick each due timer as a worker does and note it as done; nothing of it stays."""
        with self.house.database.reading() as session:
            host = self.house.engine(session).host
            pick = RunDue(self._now + timedelta(seconds=1))
            for _ in range(DUE):
                found = pick.next_due(host)
                if found is None:
                    raise RuntimeError("fewer timers were due than there are")
                session.execute(update(JOBS).where(JOBS.c.id == found[0].id).values(state="done"))
            if pick.next_due(host) is not None:
                raise RuntimeError("more timers were due than there are")
