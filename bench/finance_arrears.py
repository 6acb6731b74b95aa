"""Chasing arrears beside its parts: the statement that finds what is late, a step of the engine, a letter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.arrears_house import LATE, LINES, TODAY, ArrearsHouse
from bench.databases import analyze, fresh
from bench.measuring import Figure, at_most, medians, seconds
from bench.sizes import FULL, Sizes
from kernel.actor import SYSTEM
from ledger.arrears.cases import open_case_of
from ledger.arrears.finding import late_lines
from ledger.arrears.kinds import Channel, ProposalState, RunState
from ledger.arrears.models import ArrearsProposal, ArrearsRun
from ledger.arrears.runs import begin_run, begin_sending
from webapp.arrears.running import bring_one, plan, work

RUN_LIMIT, STEP_LIMIT, LINEAR, GROWTH_MB = 4.0, 1.5, 1.5, 32.0
_PAGE = 4096


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """The figures on one database."""
    with fresh(url) as place:
        house = ArrearsHouse(place, sizes.receivables // LINES)
        try:
            return [*_run(house, sizes), *_steps(house, sizes), *_letters(house, sizes)]
        finally:
            house.close()


def _run(house: ArrearsHouse, sizes: Sizes) -> list[Figure]:
    """A run in which everything that is late stands at its level already."""
    kind = house.kind
    statement = late_lines("/", TODAY, ahead_days=3)

    def find() -> None:
        with house.database.reading() as session:
            session.execute(statement).all()

    plan(house.database, "/")  # The table is asked once in a process.
    found, whole = medians(find, lambda: plan(house.database, "/"), runs=min(sizes.runs, 5))
    late = sizes.receivables // LINES
    name = f"daily run over {sizes.receivables:,} receivables, {late:,} late and at their level"
    twice = plan(house.database, "/").size
    return [
        at_most(f"{name} / the statement that finds them", whole / found, RUN_LIMIT, "times", kind),
        at_most("cases that a second run changes", float(twice), 0.0, "cases", kind),
    ]


def _steps(house: ArrearsHouse, sizes: Sizes) -> list[Figure]:
    """Cases opened and advanced by a run beside the same step of the engine alone, and how the cost grows."""
    count = sizes.arrears_cases
    house.add(0, 4 * count, at_level=False)
    analyze(house.engine)
    alone = seconds(lambda: [_start(house, number) for number in range(count)]) / count
    few, many = _run_some(house, count), _run_some(house, 2 * count)
    house.clock.advance(timedelta(days=10))
    told = seconds(lambda: [_tell(house, number) for number in range(count)]) / count
    advanced = _run_some(house, count)
    house.clock.advance(timedelta(days=-10))
    return [
        at_most("case opened by a run / one step of the engine", few / alone, STEP_LIMIT, "times", house.kind),
        at_most(
            "case advanced by a run / one step of the engine", advanced / told, STEP_LIMIT, "times", house.kind
        ),
        at_most(
            f"case opened among the last {2 * count:,} / among the first {count:,}",
            many / few,
            LINEAR,
            "times",
            house.kind,
        ),
    ]


def _start(house: ArrearsHouse, number: int) -> None:
    """The case of one sale, begun as a run would."""
    with house.database.unit_of_work(SYSTEM) as session:
        told = {"sale_id": f"{number + 1000:036}", **_level(number, 20)}
        house.database.engine_for(session, SYSTEM).start("arrears", told, scope=house.project)


def _tell(house: ArrearsHouse, number: int) -> None:
    """The next level of one case, told as a run would."""
    with house.database.unit_of_work(SYSTEM) as session:
        case = open_case_of(session, f"{number + 1000:036}")
        to = {"case_id": case.id if case else ""}
        house.database.engine_for(session, SYSTEM).publish("arrears_level_due", to, _level(number, 30))


def _level(number: int, days: int) -> dict[str, Any]:
    return {
        "debtor": "buyer",
        "kind": "instalment",
        "days_late": days,
        "receivable_ids": [f"{(number + 1000) * LINES + LATE:036}"],
        "earliest_on": TODAY.isoformat(),
    }


def _run_some(house: ArrearsHouse, count: int) -> float:
    """Seconds a case of a daily run over so many, without finding what is late."""
    with house.database.unit_of_work(SYSTEM) as session:
        run_id = begin_run(session, SYSTEM, house.clock, path="/", on=TODAY)[0].id
    sales = plan(house.database, "/", run_id).sales[:count]
    took = seconds(lambda: [bring_one(house.database, run_id, sale.sale_id, sale) for sale in sales])
    _end(house, run_id)
    return took / count


def _end(house: ArrearsHouse, run_id: str) -> None:
    with house.database.unit_of_work(SYSTEM) as session:
        run = session.get_one(ArrearsRun, run_id)
        if run.failed:
            raise RuntimeError(f"{run.failed} cases could not be brought on: a figure of failures says nothing")
        run.state = RunState.ENDED


def _letters(house: ArrearsHouse, sizes: Sizes) -> list[Figure]:
    """Letters in bulk: the last quarter beside the first, and how memory grows."""
    house.add(4 * sizes.arrears_cases, sizes.letters, at_level=False)
    analyze(house.engine)
    _run_some(house, sizes.letters)
    with house.database.unit_of_work(SYSTEM) as session:
        query = select(ArrearsProposal.id).where(
            ArrearsProposal.state == ProposalState.OPEN, ArrearsProposal.channel == Channel.LETTER
        )
        ids = list(session.scalars(query.limit(sizes.letters)))
    quarter = max(len(ids) // 4, 1)
    _send(house, ids[:1])
    early = _send(house, ids[1 : quarter + 1]) / quarter
    memory = _memory_mb()
    _send(house, ids[quarter + 1 : -quarter])
    late = _send(house, ids[-quarter:]) / quarter
    grown = _memory_mb() - memory
    return [
        at_most(
            f"letter among the last of {len(ids):,} / among the first", late / early, LINEAR, "times", house.kind
        ),
        at_most(f"memory that {len(ids):,} letters leave taken", max(grown, 0.001), GROWTH_MB, "MB", house.kind),
        at_most("one letter, made, numbered and stored", late * 1000, None, "ms", house.kind),
    ]


def _send(house: ArrearsHouse, ids: list[str]) -> float:
    if not ids:
        return 0.0
    with house.database.unit_of_work(SYSTEM) as session:
        run_id = begin_sending(session, SYSTEM, house.clock, proposal_ids=ids, on=TODAY).id
    return seconds(lambda: work(house.database, run_id, seconds=3600))


def _memory_mb() -> float:
    """Memory of this process that is in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1_000_000
