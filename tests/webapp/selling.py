"""A project with homes, prices, payment plans and the shipped processes: what the sales desks work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import event, select

from kernel.actor import SYSTEM, Actor
from ledger.customers.operations import register_customer
from ledger.finance.kinds import ReceivableKind, ShareKind, TriggerKind
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.templates import approve_plan, propose_plan
from ledger.inventory.importing import Permit, import_units
from ledger.inventory.models import Unit
from ledger.inventory.price_list import read_price_list
from ledger.sales.operations import open_queue_batch
from tests.webapp.house import House
from webapp.definitions import deploy_shipped
from webapp.engine_room import engine_for

HEADING = "楼栋,房号,楼层,户型,建筑面积,单价,总价,底价,备注"


def price_list(*rows: str) -> bytes:
    """A price list as a sales office would save it."""
    return "\n".join((HEADING, *rows)).encode()


def row(unit_no: str, floor: int, *, price: int = 20_000, note: str = "", building: str = "3栋") -> str:
    """A home of 100 m² at a price in yuan a square metre, floor price 10 % below."""
    return f"{building},{unit_no},{floor},三室,100.00,{price},{price * 100},{price * 90},{note}"


HOMES = (
    row("1201", 12),
    row("1202", 12, price=18_000),
    row("1101", 11),
    row("1102", 11, price=18_000, note="样板房不售"),
    row("1001", 10),
    row("1002", 10, price=18_000),
)


@dataclass(frozen=True)
class Floor:
    """The sales floor of one project."""

    house: House

    def unit_id(self, unit_no: str) -> str:
        """The unit with a number."""
        with self.house.database.reading() as session:
            return session.scalars(select(Unit.id).where(Unit.unit_no == unit_no)).one()

    def unit(self, unit_no: str) -> Unit:
        """The unit as it stands now."""
        with self.house.database.reading() as session:
            found = session.scalars(select(Unit).where(Unit.unit_no == unit_no)).one()
            session.expunge(found)
            return found

    def customer(self, name: str, phone: str, owner: Actor) -> str:
        """Register a customer whom somebody looks after."""
        database = self.house.database
        with database.unit_of_work(owner) as session:
            found = register_customer(
                session, owner, database.clock, name=name, project_id=self.house.project.id, phones=[phone]
            )
            return found.id

    def sell(self, unit_no: str, customer_id: str, seller: Actor) -> str:
        """Begin a sale of a unit through its process; returns the instance's id."""
        database = self.house.database
        answers = {"entry": "walk_in", "unit_id": self.unit_id(unit_no), "customer_id": customer_id}
        with database.unit_of_work(seller) as session:
            engine = engine_for(session, seller, database.clock)
            return engine.start("booking_to_contract", answers, scope=self.house.project.path).id

    def queue_batch(self) -> str:
        """Open a batch of queue numbers; returns its id."""
        database, project = self.house.database, self.house.project
        with database.unit_of_work() as session:
            return open_queue_batch(
                session, SYSTEM, database.clock, project_id=project.id, code="A", name="Opening"
            ).id


@pytest.fixture
def homes(house: House) -> Floor:
    """Six homes on three floors, one withheld, all priced and licensed."""
    database = house.database
    with database.unit_of_work() as session:
        import_units(
            session,
            SYSTEM,
            database.clock,
            project_id=house.project.id,
            price_list=read_price_list(price_list(*HOMES), "homes.csv"),
            permit=Permit("2026-0001", date(2026, 1, 5)),
            release=True,
        )
    return Floor(house)


@pytest.fixture
def plans(house: House) -> dict[str, str]:
    """Two approved payment plans by code: at once, and 70 % by the bank."""
    database = house.database
    at_signing = Trigger(TriggerKind.AFTER_SIGNING, days=0)
    drafts = {
        "lump": ([PlanLine(ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), at_signing)], "Lump sum"),
        "loan": (
            [
                PlanLine(ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), at_signing),
                PlanLine(ReceivableKind.LOAN, Share(ShareKind.BASIS_POINTS, 7_000), at_signing),
            ],
            "Mortgage",
        ),
    }
    proposer, approver = house.hire("planner", "city_marketing"), house.hire("plan-approver", "project_gm")
    found = {}
    for code, (lines, name) in drafts.items():
        with database.unit_of_work() as session:
            made = propose_plan(
                session, proposer, database.clock,
                project_id=house.project.id, code=code, kind=code, labels={"en": name, "zh": name}, lines=lines,
            )  # fmt: skip
            found[code] = made.id
            approve_plan(session, approver, database.clock, template_id=made.id)
    return found


@pytest.fixture
def floor(homes: Floor, plans: dict[str, str]) -> Floor:
    """The homes with plans and the shipped processes deployed."""
    assert plans
    database = homes.house.database
    with database.unit_of_work() as session:
        deploy_shipped(session, SYSTEM, database.clock)
    return homes


@pytest.fixture
def counted(house: House) -> Callable[[Callable[[], object]], int]:
    """Counts the statements that a visit sends to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(house.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(house.database.engine, "before_cursor_execute", note)

    def count(visit: Callable[[], object]) -> int:
        visit()
        with counting() as seen:
            visit()
        return len(seen)

    return count
