"""Picking what is due must cost by what is due, not by what waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from bench.databases import analyze, fresh, kind_of
from bench.diagrams import receipt
from bench.house import House
from bench.measuring import Figure, at_most, medians
from bench.sizes import FULL, Sizes
from engine.commands.run_due import JOBS, RunDue
from engine.running.services import job_row
from kernel.clock import SystemClock
from kernel.database import writing_session

_BATCH = 10_000


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """Picking a hundred due timers, one after the other, among a million that wait and among a thousand."""
    most, least, due = sizes.many_timers, sizes.few_timers, sizes.due_timers
    with fresh(url) as first, fresh(url) as second:
        many, few = _House(first, most, due), _House(second, least, due)
        try:
            slow, fast = medians(many.pick, few.pick, runs=sizes.runs)
        finally:
            many.house.close()
            few.house.close()
    return [at_most(f"{due} due timers among {most:,} / among {least:,}", slow / fast, 2.0, "ratio", kind_of(url))]


class _House:
    """One case with as many timers as are wanted, some of them due."""

    def __init__(self, url: str, waiting: int, due: int) -> None:
        self._due = due
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
        due: datetime = self._now + timedelta(minutes=number - self._due + 1)
        row = job_row("timer", "timer", due, {}, f"timer {number}")
        return row | {"instance_id": self._case, "element_id": "wait", "token": 0}

    def pick(self) -> None:
        """Pick each due timer as a worker does and note it as done; nothing of it stays."""
        with writing_session(self.house.database.engine, self.house.database.vault) as session:
            host = self.house.engine(session).host
            pick = RunDue(self._now + timedelta(seconds=1))
            for _ in range(self._due):
                found = pick.next_due(host)
                if found is None:
                    raise RuntimeError("fewer timers were due than there are")
                session.execute(update(JOBS).where(JOBS.c.id == found[0].id).values(state="done"))
            if pick.next_due(host) is not None:
                raise RuntimeError("more timers were due than there are")
            session.rollback()
