"""Opening day over HTTP: 2,000 buyers want 1,000 homes within a minute, each home twice.

A pick is one POST that takes the home and starts its case, sent as an office's own software would send it: by API,
with the token of a consultant. Buyers come at times drawn from a seed; at most 200 are in flight. What is told is
the time from a buyer's arrival to the answer, waiting for a free line included.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from bench.measuring import Figure, at_most
from bench.processes import Installation, installation
from bench.sizes import FULL, Sizes
from engine.tables.instances import InstanceRow
from kernel.actor import SYSTEM
from kernel.ids import new_id
from ledger.customers.models import Customer, CustomerProject
from ledger.customers.operations import register_customer
from ledger.inventory.importing import Permit, import_units
from ledger.inventory.models import Unit
from ledger.inventory.price_list import read_price_list
from ledger.organisation.operations import add_node, create_project
from ledger.sales.models import Sale
from ledger.staff.models import Staff
from ledger.staff.operations import grant_role
from ledger.staff.queries import actor_for
from ledger.staff.tokens import issue_token
from webapp.definitions import deploy_shipped

_SEED = 20260302
_UNUSED = "-"
_HEAD = "楼号,房号,建筑面积,单价,总价,底价单价"


@dataclass(frozen=True)
class Pick:
    """One buyer's try. ``seconds`` counts from the arrival."""

    unit_id: str
    status: int
    seconds: float


@dataclass(frozen=True)
class Opening:
    """The house on its opening day: who may pick what."""

    scope: str
    units: list[str]
    customers: list[str]
    tokens: list[str]


def figures(database_url: str, broker_url: str, sizes: Sizes = FULL) -> list[Figure]:
    """The day on PostgreSQL with web processes and a worker, and on SQLite in one process."""
    told = []
    for url, broker in ((database_url, broker_url), ("sqlite://", "")):
        with installation(url, broker) as house:
            told += _of_day(house, "postgresql" if broker else "sqlite", sizes)
    return told


def _of_day(house: Installation, database: str, sizes: Sizes) -> list[Figure]:
    opening = prepare(house, sizes)
    house.database.engine.dispose()
    port = house.serve(PROCESSES="2", THREADS="4")
    if house.broker_url:
        house.work(1, CONCURRENCY="1")
    picks = play(opening, port, sizes)
    house.rest()
    twice, lost = _told_wrong(house, picks, sizes.homes)
    slow = statistics.quantiles([pick.seconds for pick in picks], n=100)[94]
    limit = 1.0 if house.broker_url else None
    return [
        at_most("opening day: homes sold twice", twice, 0, "homes", database),
        at_most("opening day: picks lost, unknown, or homes that nobody got", lost, 0, "picks", database),
        at_most("opening day: 95 % of picks answered within", slow, limit, "s", database),
    ]


def prepare(house: Installation, sizes: Sizes) -> Opening:
    """A project with priced homes, consultants with tokens, and customers whom the project knows."""
    database = house.database
    clock = database.clock
    with database.unit_of_work() as session:
        add_node(session, SYSTEM, clock, parent="/", kind="group", code="kt", name="KT")
        project = create_project(session, SYSTEM, clock, name="云栖", code="yunxi", parent="/kt/")
        rows = [
            f"{n // 100 + 1}栋,{n % 100 // 4 + 1}0{n % 4 + 1},100.00,20000,2000000,19000"
            for n in range(sizes.homes)
        ]
        prices = read_price_list("\n".join([_HEAD, *rows]).encode(), "opening.csv")
        permit = Permit("2026-001", date(2026, 1, 1))
        import_units(session, SYSTEM, clock, project_id=project.id, price_list=prices, permit=permit, release=True)
        deploy_shipped(session, SYSTEM, clock)
    tokens = [_consultant(house, number, project.path) for number in range(sizes.consultants)]
    customers = _customers(house, project.id, sizes.buyers)
    with database.reading() as session:
        units = list(session.scalars(select(Unit.id)).all())
    return Opening(project.path, units, customers, tokens)


def _consultant(house: Installation, number: int, path: str) -> str:
    """A new consultant's token; nobody signs in by password here, so one hash serves all."""
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        person = Staff(
            username=f"consultant_{number}", display_name=f"顾问{number}", password_hash=_UNUSED, active=True,
            data_key=house.database.vault.new_data_key(), created_at=clock.now(), must_change_password=False,
        )  # fmt: skip
        session.add(person)
        session.flush()  # The role names the person's id.
        grant_role(session, SYSTEM, clock, staff_id=person.id, role="sales_consultant", path=path)
    with house.database.unit_of_work() as session:
        return issue_token(session, actor_for(session, person.id, clock), clock, name="opening day").secret


def _customers(house: Installation, project_id: str, count: int) -> list[str]:
    """One customer is registered, the others are written as rows like theirs."""
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        first = register_customer(
            session, SYSTEM, clock, name="林晚", project_id=project_id, phones=["13800000000"]
        ).id
    with house.database.unit_of_work() as session:
        others = [new_id() for _ in range(count - 1)]
        for table, column in ((Customer.__table__, "id"), (CustomerProject.__table__, "customer_id")):
            row = session.execute(select(table).where(table.c[column] == first)).one()
            session.execute(insert(table), [{**row._mapping, column: other} for other in others])
    return [first, *others]


def play(opening: Opening, port: int, sizes: Sizes) -> list[Pick]:
    """Let the buyers come; returns every pick in the order of arrival."""
    drawn = random.Random(_SEED)  # noqa: S311 - the same day each time.
    wanted = opening.units * (sizes.buyers // sizes.homes)
    drawn.shuffle(wanted)
    arrivals = sorted(drawn.uniform(0, sizes.opening_seconds) for _ in range(sizes.buyers))
    lines = _Lines(port)
    begins = time.monotonic() + 1.0
    with ThreadPoolExecutor(sizes.in_flight) as in_flight:
        asked = []
        for buyer, arrival in enumerate(arrivals):
            time.sleep(max(0.0, begins + arrival - time.monotonic()))
            body = {
                "process": "booking_to_contract",
                "scope": opening.scope,
                "answers": {
                    "entry": "walk_in", "unit_id": wanted[buyer], "customer_id": opening.customers[buyer],
                },
            }  # fmt: skip
            token = opening.tokens[buyer % sizes.consultants]
            asked.append(in_flight.submit(lines.pick, body, token, time.monotonic()))
        picks = [one.result() for one in asked]
    lines.close()
    return picks


class _Lines:
    """Keeps one open connection for each client thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._own = threading.local()
        self._opened: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Close all lines."""
        for line in self._opened:
            line.close()

    def pick(self, body: dict[str, Any], token: str, arrived: float) -> Pick:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line = getattr(self._own, "line", None) or self._open()
        line.request("POST", "/api/v1/instances", json.dumps(body), headers)
        answer = line.getresponse()
        answer.read()
        return Pick(body["answers"]["unit_id"], answer.status, time.monotonic() - arrived)

    def _open(self) -> http.client.HTTPConnection:
        line = self._own.line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        self._opened.append(line)
        return line


def _told_wrong(house: Installation, picks: Sequence[Pick], homes: int) -> tuple[int, int]:
    """Homes sold twice, and picks whose acknowledgement and database disagree or homes nobody got."""
    acknowledged = Counter(pick.unit_id for pick in picks if pick.status == 201)
    strange = [pick.status for pick in picks if pick.status not in (201, 409)]
    with house.database.reading() as session:
        sold = Counter(session.scalars(select(Sale.unit_id)).all())
        cases = session.scalar(select(func.count()).select_from(InstanceRow)) or 0
    twice = sum(count > 1 for count in (acknowledged | sold).values())
    lost = sum((acknowledged - sold).values()) + sum((sold - acknowledged).values())
    return twice, lost + abs(cases - sum(sold.values())) + (homes - len(sold)) + len(strange)
