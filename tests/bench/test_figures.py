"""Every figure of ``keyturn bench`` comes out, on few rows: what broke would be noticed before somebody measures."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from click.testing import CliRunner

from bench import (
    arranged,
    engine,
    feel,
    finance_arrears,
    finance_bank,
    finance_reports,
    lists,
    loops,
    machines,
    messages,
    starting,
    steps,
    timers,
)
from bench.command import FIELDS, bench
from bench.databases import SQLITE, kind_of
from bench.measuring import Figure
from bench.sizes import FULL, SMALL
from tests.machine import BROKERS, POSTGRES

URL = POSTGRES or SQLITE
FOUND = {
    steps: 3,
    loops: 2,
    starting: 2,
    timers: 1,
    messages: 1,
    lists: 8,
    arranged: 18,
    finance_bank: 2,
    finance_reports: 2,
}


def come_out(figures: Sequence[Figure]) -> bool:
    """Whether each has a limit and is a positive number."""
    return all(figure["limit"] > 0 and figure["value"] > 0 for figure in figures)


@pytest.mark.parametrize("part", FOUND, ids=lambda part: part.__name__.partition(".")[2])
def test_every_figure_of_a_part_comes_out_with_its_limit(part: object) -> None:
    figures = part.figures(URL, SMALL)  # type: ignore[attr-defined]
    assert len({figure["figure"] for figure in figures}) == len(figures) == FOUND[part]
    assert come_out(figures)
    assert {figure["database"] for figure in figures} == {kind_of(URL)}


def test_all_parts_of_the_engine_are_measured_and_looked_at_here() -> None:
    assert {part.__module__ for part in engine.PARTS} < {part.__name__ for part in FOUND}


@pytest.mark.timeout(300)
def test_the_figures_of_arrears_come_out_and_a_second_run_changes_nothing() -> None:
    figures = finance_arrears.figures(URL, SMALL)
    assert len({figure["figure"] for figure in figures}) == len(figures) == 8
    assert [figure["value"] for figure in figures if figure["unit"] == "cases"] == [0]
    assert all(figure["value"] > 0 for figure in figures if figure["unit"] != "cases")
    assert {figure["database"] for figure in figures} == {kind_of(URL)}


def test_expressions_and_tables_are_printed_as_json_with_their_limits() -> None:
    printed = json.loads(CliRunner().invoke(bench, ["feel", "--small", "--json"]).stdout)
    assert [tuple(figure) for figure in printed] == [FIELDS] * 2
    assert come_out(printed)
    assert [figure["limit"] for figure in printed] == [feel.CONDITION_LIMIT, feel.TABLE_LIMIT]


@pytest.mark.timeout(600)
def test_several_processes_are_measured_and_no_home_of_the_opening_day_is_sold_twice() -> None:
    if not (POSTGRES and BROKERS["redis"]):
        pytest.skip("PostgreSQL or Redis is not named")
    ratio, *day = machines.figures(POSTGRES, BROKERS["redis"], SMALL)
    assert come_out([ratio])
    assert [(figure["database"], figure["unit"], figure["limit"]) for figure in day] == [
        (database, unit, limit)
        for database, slow in (("postgresql", 1.0), ("sqlite", None))
        for unit, limit in (("homes", 0), ("picks", 0), ("s", slow))
    ]
    assert [figure["value"] for figure in day if figure["limit"] == 0] == [0] * 4
    assert all(figure["value"] > 0 for figure in day if figure["unit"] == "s")


def test_what_is_told_of_a_measurement_is_told_at_the_full_sizes() -> None:
    assert (FULL.tasks, FULL.many_timers, FULL.late_turn, FULL.homes) == (1_000_000, 1_000_000, 10_000, 1_000)
