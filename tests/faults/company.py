"""The company that faults befall: many homes, people with tokens, and everything its processes need to start."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from engine.api import Engine
from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from kernel.vault import Vault
from ledger.inventory.models import Building, Unit
from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import propose_prices
from ledger.organisation.operations import add_permit
from ledger.staff.operations import add_staff
from ledger.staff.queries import actor_for
from ledger.staff.tokens import issue_token
from tests.faults import relay
from tests.faults.clock import SharedClock
from tests.stories.company import FLOOR_PRICE, LIST_PRICE, PROJECT, found_company
from webapp.db import Database
from webapp.engine_room import engine_for
from webapp.settings import Settings

T = TypeVar("T")
OPERATOR = "operator"
SPEAKERS = ("wei", "manager_1", "cashier", "filer", OPERATOR)


@dataclass
class House:
    """A founded company as tests look into it, and all a process needs to serve it."""

    database: Database
    clock: SharedClock
    settings: Settings
    folder: Path
    gateway_port: int
    project_id: str = ""
    plan_id: str = ""
    units: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def read(self, question: Callable[[Session], T]) -> T:
        """Something looked up."""
        with self.database.reading() as session:
            return question(session)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A reading session that sees one moment, whoever writes meanwhile."""
        with self.database.reading() as session:
            if self.database.engine.dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def act(self, work: Callable[[Engine], T]) -> T:
        """Something the system does in one unit of work."""
        with self.database.unit_of_work() as session:
            return work(engine_for(session, SYSTEM, self.clock))

    def today(self) -> str:
        """The business date as text."""
        return business_date(self.clock).isoformat()


def found_house(url: str, vault: Vault, folder: Path, gateway_port: int, *, homes: int) -> House:
    """Found the company in an empty database with the schema in it; its keys and clock are files in ``folder``."""
    clock = SharedClock(folder / "clock")
    secrets = folder / "keys.json"
    vault.save(secrets)
    settings = Settings(
        database_url=url,
        secret_file=secrets,
        port=free_port(),
        threads=4,
        outbox_folder=str(folder / "outbox"),
        sms_url=f"http://127.0.0.1:{gateway_port}/sms",
        sms_token="token",
    )
    house = House(Database(url, vault, clock), clock, settings, folder, gateway_port)
    company = found_company(house.database, clock, homes=False, daily=False)
    house.project_id, house.plan_id = company.project_id, company.plan_id
    with house.database.unit_of_work() as session:
        house.units = _build(session, clock, company.project_id, company.people, homes)
        engine_for(session, SYSTEM, clock).deploy({f"{relay.KEY}.bpmn": relay.DIAGRAM})
        operator = add_staff(
            session,
            SYSTEM,
            clock,
            username=OPERATOR,
            display_name=OPERATOR,
            password="correct horse battery",
            roles=[("administrator", "/")],
            must_change_password=False,
        )
        people = company.people | {OPERATOR: operator.id}
        for name in SPEAKERS:
            actor = actor_for(session, people[name], clock)
            house.tokens[name] = issue_token(session, actor, clock, name="faults", days=None).secret
    return house


def _build(session: Session, clock: Clock, project_id: str, people: dict[str, str], count: int) -> list[str]:
    permit = add_permit(
        session, SYSTEM, clock, project_id=project_id, no="沪房预001", granted_on=date(2026, 1, 10)
    )
    building = Building(project_id=project_id, path=PROJECT, code="1", name="1栋")
    session.add(building)
    session.flush()
    homes = [
        Unit(
            project_id=project_id,
            path=PROJECT,
            building_id=building.id,
            unit_no=f"{number // 4 + 1}0{number % 4 + 1}",
            floor=number // 4 + 1,
            building_area_hundredths=10_000,
            permit_id=permit.id,
            changed_at=clock.now(),
        )
        for number in range(count)
    ]
    session.add_all(homes)
    session.flush()
    prices = {home.id: Prices(LIST_PRICE, FLOOR_PRICE) for home in homes}
    propose_prices(session, SYSTEM, clock, project_id=project_id, prices=prices, release=True)
    return [home.id for home in homes]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
