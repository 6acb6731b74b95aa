"""Ageing over a million receivables at a past day, beside SQL written by hand for the very same figures."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import webapp.models
from bench.databases import analyze, fresh, kind_of
from bench.measuring import Figure, at_most, medians
from bench.sizes import FULL, Sizes
from kernel.actor import Actor, Grant
from kernel.clock import SystemClock
from kernel.vault import new_vault
from ledger.finance.reports.ageing import Ageing, ageing, bands_of
from ledger.finance.reports.standing import ReportFilter
from ledger.staff.permissions import Permission
from webapp.db import Database

ALLOWED = 2.0
ON = date(2026, 6, 30)
DAYS = (30, 60, 90, 180)
BANDS = bands_of(DAYS)
VIEW = frozenset({Permission.FINANCE_VIEW})
MANAGER = Actor("m", "Manager", (Grant("finance_manager", "/group/", VIEW),))

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)",
    "postgresql": "WITH n AS (SELECT i FROM generate_series(CAST(1 AS bigint), :rows) AS i)",
}
_DAY = {"sqlite": "date('2025-01-01', ({}) || ' days')", "postgresql": "DATE '2025-01-01' + ({})::integer"}
_ID = {"sqlite": "printf('{}%035d', {})", "postgresql": "'{}' || lpad(({})::text, 35, '0')"}


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """For each dimension that a page offers at once: our report through the bare SQL."""
    with fresh(url) as place:
        database = Database(place, new_vault(), SystemClock())
        try:
            webapp.models.metadata.create_all(database.engine)
            _fill(database, sizes.receivables)
            analyze(database.engine)
            return _figures(database, kind_of(url), sizes)
        finally:
            database.engine.dispose()


def _figures(database: Database, kind: str, sizes: Sizes) -> list[Figure]:
    found = []
    with database.reading() as session:
        for by, column in (("project", "project_id"), ("debtor", "debtor")):
            if _told(_ours(session, by)) != _bare(session, column):
                raise RuntimeError(f"the bare SQL has other figures by {by}")
            ours, bare = medians(
                lambda by=by: _ours(session, by), lambda column=column: _bare(session, column), runs=sizes.runs
            )
            name = f"ageing over {sizes.receivables:,} receivables by {by} / bare SQL"
            found.append(at_most(name, ours / bare, ALLOWED, "×", kind))
    return found


def _ours(session: Session, by: Any) -> Ageing:
    return ageing(session, MANAGER, ReportFilter(), on=ON, by=by, bands=BANDS)


def _told(report: Ageing) -> dict[str, tuple[int, ...]]:
    return {row.key: row.fen for row in report.rows}


def _bare(session: Session, column: str) -> dict[str, tuple[int, ...]]:
    """Open fen by class of age, as somebody would write it who knows these rows."""
    query = f"""SELECT {column}, {_bands()} FROM (
    SELECT r.{column}, r.due_on AS due, r.amount_fen - COALESCE(p.fen, 0) - COALESCE(w.fen, 0) AS fen
    FROM receivable r LEFT JOIN (SELECT receivable_id, SUM(amount_fen) AS fen FROM allocation
    WHERE booked_on <= :day GROUP BY receivable_id) p ON p.receivable_id = r.id
    LEFT JOIN (SELECT receivable_id, SUM(amount_fen) AS fen FROM waiver_part WHERE on_date <= :day
    GROUP BY receivable_id) w ON w.receivable_id = r.id
    WHERE r.raised_on <= :day AND (r.ended_on IS NULL OR r.ended_on > :day) AND r.path LIKE '/group/%') AS l
    GROUP BY {column}"""
    rows = session.execute(text(query), {"day": ON.isoformat()})
    return {row[0]: tuple(int(fen) for fen in row[1:]) for row in rows if any(row[1:])}


def _bands() -> str:
    """The sums of the classes of age, in the order of the bands."""
    begins = [1, *(days + 1 for days in DAYS)]
    ends = [*DAYS, None]
    late = [
        f"due <= '{ON - timedelta(days=first)}'"
        + ("" if last is None else f" AND due >= '{ON - timedelta(days=last)}'")
        for first, last in zip(begins, ends, strict=True)
    ]
    conditions = ["due IS NULL", f"due >= '{ON}'", *late]
    return ", ".join(f"COALESCE(SUM(CASE WHEN {one} THEN fen END), 0)" for one in conditions)


def _fill(database: Database, rows: int) -> None:
    """Receivables of twenty projects over two years; every second one paid in part or in full, one in ten ended.

    The guards of the tables are set aside: they would check every row, and its sale is of no interest here.
    """
    if database.engine.dialect.name == "sqlite":
        _fill_file(str(database.engine.url.database), rows)
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in (_receivables("postgresql"), _allocations("postgresql")):
            connection.execute(text(statement), {"rows": rows})


def _fill_file(path: str, rows: int) -> None:
    """The same through a connection of its own, which checks no references."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in (_receivables("sqlite"), _allocations("sqlite")):
            connection.execute(statement, {"rows": rows})
        connection.commit()


def _receivables(kind: str) -> str:
    due, numbers = "(i * 7919) % 700", _NUMBERS[kind]
    line, sale, project = (_ID[kind].format(*pair) for pair in (("r", "i"), ("s", "i / 4"), ("p", "i % 20")))
    day = _DAY[kind].format
    before, after = (numbers, "") if kind == "postgresql" else ("", numbers)
    return f"""{before} INSERT INTO receivable (id, sale_id, key, project_id, path,
    sequence, kind, class, debtor, amount_fen, due_on, trigger_kind, milestone_days, state, created_at, raised_on,
    ended_on)
    {after} SELECT {line}, {sale}, {line}, {project}, '/group/city/' || (i % 20) || '/', i % 4,
    'instalment', 'price', CASE WHEN i % 3 = 0 THEN 'bank' ELSE 'buyer' END, 100000 + i % 9973,
    CASE WHEN i % 25 = 0 THEN NULL ELSE {day(due)} END, 'after_signing', 0,
    CASE WHEN i % 10 = 0 THEN 'superseded' ELSE 'planned' END, '2025-01-01 00:00:00', {day(f"{due} - 40")},
    CASE WHEN i % 10 = 0 THEN {day(f"{due} + i % 90")} END FROM n"""


def _allocations(kind: str) -> str:
    numbers = _NUMBERS[kind]
    own, line, receipt = (_ID[kind].format(*pair) for pair in (("a", "i"), ("r", "i"), ("c", "i")))
    day = _DAY[kind].format("(i * 7919) % 700 + i % 70 - 30")
    before, after = (numbers, "") if kind == "postgresql" else ("", numbers)
    return f"""{before} INSERT INTO allocation (id, receipt_id, receivable_id, amount_fen, on_date, at, by,
    booked_on)
    {after} SELECT {own}, {receipt}, {line},
    CASE WHEN i % 4 = 0 THEN 50000 ELSE 100000 + i % 9973 END, {day}, '2025-01-01 00:00:00', 'clerk', {day}
    FROM n WHERE i % 2 = 0"""
