"""Matching a bank statement of 10,000 lines with a project's 100,000 open receivables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

import webapp.models
from bench.databases import analyze, fresh
from bench.measuring import Figure, at_most, medians
from bench.sizes import FULL, Sizes
from kernel.actor import SYSTEM
from kernel.clock import SystemClock
from kernel.vault import new_vault
from ledger.banking.kinds import Certainty, LineState
from ledger.banking.matching import propose
from ledger.banking.models import BankAccount, BankStatement, LineStanding, StatementLine
from ledger.banking.queries import LineFilter, LineRow, list_lines
from ledger.customers.models import Customer
from ledger.finance.models import Receivable
from ledger.inventory.models import Building, PriceVersion, Unit
from ledger.organisation.models import OrgNode, PresalePermit, Project
from ledger.sales.models import Sale
from webapp.db import Database

ALLOWED_SECONDS, ALLOWED_GROWTH = 20.0, 2.5
_PATH, _TODAY = "/company/bench/", date(2026, 3, 2)
_PER_SALE, _FLOORS, _HOMES_OF_A_FLOOR = 2, 30, 8
_NAMES = ("赵钱孙李周吴郑王", "敏丽华强军娟涛洋", "文杰燕晓伟霞勇静")
_ROWS_AT_ONCE = 5_000


def figures(url: str, sizes: Sizes = FULL) -> list[Figure]:
    """How long all lines take, and how much longer than half of them."""
    with fresh(url) as place:
        database = Database(place, new_vault(), SystemClock())
        try:
            webapp.models.metadata.create_all(database.engine)
            with database.unit_of_work(SYSTEM) as session:
                fill(session, database, sizes.open_receivables // _PER_SALE, sizes.statement_lines)
            analyze(database.engine)
            return _measured(database, sizes)
        finally:
            database.engine.dispose()


def _measured(database: Database, sizes: Sizes) -> list[Figure]:
    kind, lines = database.engine.dialect.name, sizes.statement_lines
    with database.reading() as session:
        rows = list_lines(session, SYSTEM, LineFilter(LineState.OPEN), limit=lines)
        found = propose(session, rows)
        certain = sum(one.best is not None and one.best.certainty is Certainty.CERTAIN for one in found.values())
        if len(rows) != lines or certain < lines // 3:
            raise RuntimeError(f"{certain} of {len(rows)} lines are certain; at least a third should be")
        runs = min(sizes.runs, 3)
        half, whole = medians(
            lambda: _match(session, rows[: lines // 2]), lambda: _match(session, rows), runs=runs
        )
    about = f"matching {lines:,} lines with {sizes.open_receivables:,} open receivables"
    return [
        at_most(about, whole, ALLOWED_SECONDS, "s", kind),
        at_most(f"{about} / half the lines", whole / half, ALLOWED_GROWTH, "×", kind),
    ]


def _match(session: Session, rows: list[LineRow]) -> object:
    session.expunge_all()
    return propose(session, rows)


def fill(session: Session, database: Database, sales: int, lines: int) -> None:
    """A project with so many sales, two receivables open of each, and a statement with so many lines."""
    now = database.clock.now()
    made = {"created_at": now, "created_by": SYSTEM.id}
    changed = {"changed_at": now, "changed_by": SYSTEM.id}
    project = {"project_id": _id(1), "path": _PATH}
    _add(session, OrgNode, [{"id": _id(1), "kind": "project", "code": "bench", "name": "云溪", "path": _PATH,
                             "created_at": now}])  # fmt: skip
    _add(session, Project, [{"id": _id(1), "path": _PATH, "code": "bench", "name": "云溪"}])
    version = {"id": _id(1), "no": 1, "state": "in_force", "proposed_by": _id(2), "approved_by": _id(3),
               "proposed_at": now, **project}  # fmt: skip
    _add(session, PriceVersion, [version])
    permit = {"id": _id(1), "project_id": _id(1), "no": "1", "granted_on": _TODAY, "account": "1"}
    _add(session, PresalePermit, [permit])
    buildings = sales // (_FLOORS * _HOMES_OF_A_FLOOR) + 1
    _add(session, Building, ({"id": _id(n), "code": str(n), "name": f"{n}栋", **project}
                             for n in range(1, buildings + 1)))  # fmt: skip
    _add(session, Customer, ({"id": _id(n), "kind": "person", "name": _name(n), "consents": {}, **project, **made,
                              **changed} for n in range(sales)))  # fmt: skip
    _add(session, Unit, (_unit(n, project, now) for n in range(sales)))
    _add(session, Sale, ({"id": _id(n), "no": f"S{n:08}", "unit_id": _id(n), "customer_id": _id(n),
                          "entry": "walk_in", "stage": "subscribing", "owner_id": SYSTEM.id,
                          "list_price_fen": 1_000_000_00, "price_version_id": _id(1), "opened_at": now,
                          "changed_at": now, **project} for n in range(sales)))  # fmt: skip
    _add(session, Receivable, (row for n in range(sales) for row in _receivables(n, project, now)))
    account = {
        "id": _id(1),
        "name": "监管户",
        "number": "6217********0042",
        "account": "supervised",
        "columns": {},
    }
    _add(session, BankAccount, [{**account, **project, **made}])
    statement = {"id": _id(1), "account_id": _id(1), "file_name": "bench.csv", "sha256": "0" * 64,
                 "first_on": _TODAY, "last_on": _TODAY, "opening_fen": 0, "closing_fen": 0,
                 "added": lines, "known": 0, "imported_at": now, "imported_by": SYSTEM.id}  # fmt: skip
    _add(session, BankStatement, [{**statement, **project}])
    _add(session, StatementLine, (_line(n, sales) | project for n in range(lines)))
    _add(session, LineStanding, ({"line_id": _id(n), "account_id": _id(1), "booked_on": _TODAY, "state": "open",
                                  "rounds": 0, **project, **changed} for n in range(lines)))  # fmt: skip


def _id(number: int) -> str:
    return f"{number:036}"


def _add(session: Session, model: Any, rows: Any) -> None:
    part = []
    for row in rows:
        part.append(row)
        if len(part) == _ROWS_AT_ONCE:
            session.execute(insert(model.__table__), part)
            part = []
    if part:
        session.execute(insert(model.__table__), part)


def _name(number: int) -> str:
    """A name; of 512 sales two share one, as in life."""
    first, second, third = (letters[number // 8**place % 8] for place, letters in enumerate(_NAMES))
    return f"{first}{second}{third}{number // 512}"


def _home(number: int) -> tuple[int, str]:
    """The building and unit number of a home."""
    building, home = divmod(number, _FLOORS * _HOMES_OF_A_FLOOR)
    return building + 1, f"{home // _HOMES_OF_A_FLOOR + 1}{home % _HOMES_OF_A_FLOOR + 1:02}"


def _unit(number: int, project: dict[str, str], now: object) -> dict[str, Any]:
    building, unit_no = _home(number)
    return {
        "id": _id(number), "building_id": _id(building), "unit_no": unit_no, "building_area_hundredths": 10_000,
        "price_version_id": _id(1), "permit_id": _id(1), "changed_at": now, **project,
    }  # fmt: skip


def _amounts(number: int) -> tuple[int, int]:
    return 50_000_00, 300_000_00 + number % 997 * 1_000_00


def _receivables(number: int, project: dict[str, str], now: object) -> Iterator[dict[str, Any]]:
    """The deposit, and the down payment or for each fifth sale the bank's loan."""
    second = ("loan", "bank") if number % 5 == 0 else ("down_payment", "buyer")
    for place, (kind, debtor) in enumerate((("deposit", "buyer"), second)):
        yield {
            "id": _id(number * _PER_SALE + place), "sale_id": _id(number), "key": f"{number}:{place}",
            "sequence": place, "kind": kind, "class": "price", "debtor": debtor,
            "amount_fen": _amounts(number)[place], "due_on": _TODAY + timedelta(days=number % 90),
            "trigger_kind": "on_date", "milestone_days": 0, "state": "planned", "created_at": now, **project,
        }  # fmt: skip


def _line(number: int, sales: int) -> dict[str, Any]:
    """By turns: home and word, name and word, home alone, a bank's batch, and what nobody knows."""
    sale = number * 7919 % sales
    building, unit_no = _home(sale)
    deposit, second = _amounts(sale)
    way = number % 5
    memo, payer, fen = {
        0: (f"{building}栋{unit_no}定金", "马超", deposit),
        1: (f"云溪{building}-{unit_no} {_name(sale)}首付", _name(sale), second),
        2: ("房款", _name(sale), deposit),
        3: (f"按揭放款 批次{number}", "中国某银行按揭中心", second),
        4: ("利息", f"无名{number}", 12_345 + number),
    }[way]
    return {
        "id": _id(number), "statement_id": _id(1), "account_id": _id(1), "serial": f"{number:015}",
        "booked_on": _TODAY, "summary": "转账", "amount_fen": fen, "balance_fen": fen, "payer": payer,
        "payer_index": f"{number:064}", "payer_tail": "0042", "memo": memo,
    }  # fmt: skip
