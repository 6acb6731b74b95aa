"""``keyturn bench``: runs groups of figures and tells which hold.

A figure is a ratio or time measured in one run: ``{figure, value, limit, holds, unit, database}``; ``limit`` is
None and ``holds`` True when none is set. PostgreSQL is measured too when KEYTURN_TEST_DATABASE_URL names a server,
several processes when KEYTURN_TEST_REDIS_URL names a broker beside it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from bench import arranged, engine, feel, finance_arrears, finance_bank, finance_reports, lists, machines
from bench.databases import SQLITE
from bench.sizes import FULL, SMALL, Sizes

Figure = dict[str, Any]
Group = Callable[[Sizes], Sequence[Mapping[str, Any]]]
FIELDS = ("figure", "value", "limit", "holds", "unit", "database")


def _databases() -> list[str]:
    server = os.environ.get("KEYTURN_TEST_DATABASE_URL", "")
    return [SQLITE, server] if server else [SQLITE]


def _engine(sizes: Sizes) -> Sequence[Mapping[str, Any]]:
    return [*engine.figures(_databases(), sizes), *_machines(sizes)]


def _machines(sizes: Sizes) -> Sequence[Mapping[str, Any]]:
    server, broker = (os.environ.get(f"KEYTURN_TEST_{name}_URL", "") for name in ("DATABASE", "REDIS"))
    if not (server and broker):
        click.echo(
            "Left out: several processes; set KEYTURN_TEST_DATABASE_URL and KEYTURN_TEST_REDIS_URL.", err=True
        )
        return []
    return machines.figures(server, broker, sizes)


def _inbox(sizes: Sizes) -> Sequence[Mapping[str, Any]]:
    parts = (lists.figures, arranged.figures)
    return [figure for url in _databases() for part in parts for figure in part(url, sizes)]


def _finance(sizes: Sizes) -> Sequence[Mapping[str, Any]]:
    parts = (finance_arrears.figures, finance_bank.figures, finance_reports.figures)
    return [figure for url in _databases() for part in parts for figure in part(url, sizes)]


GROUPS: dict[str, Group] = {"engine": _engine, "feel": feel.figures, "finance": _finance}
# What a group holds and may be measured alone.
PARTS: dict[str, Group] = {"machines": _machines, "inbox": _inbox}


def measure(groups: Mapping[str, Group], sizes: Sizes = FULL) -> list[Figure]:
    """The figures of all given groups, each with exactly the fields of the format."""
    return [{name: figure[name] for name in FIELDS} for group in groups.values() for figure in group(sizes)]


@click.command()
@click.argument("group", required=False, type=click.Choice(sorted({**GROUPS, **PARTS})))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of figures.")
@click.option("--small", is_flag=True, help="A few rows and runs: shows that every figure comes out, and no more.")
def bench(group: str | None, as_json: bool, small: bool) -> None:
    """Measure, each figure against a named peer or limit; fails when one does not hold."""
    figures = measure({group: (GROUPS | PARTS)[group]} if group else GROUPS, SMALL if small else FULL)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        for figure in figures:
            click.echo(_line(figure))
    if not all(figure["holds"] for figure in figures):
        sys.exit(1)


def _line(figure: Figure) -> str:
    limit = "" if figure["limit"] is None else f" (limit {figure['limit']:g})"
    mark = "ok  " if figure["holds"] else "FAIL"
    database = f" [{figure['database']}]" if figure["database"] else ""
    return f"{mark} {figure['figure']}{database}: {figure['value']:.3g} {figure['unit']}{limit}"
