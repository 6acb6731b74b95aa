"""A house with its processes, a buyer, and the people who change and review his record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engine.api import TaskFilter
from kernel.actor import SYSTEM
from ledger.customers.kinds import mark_kind
from ledger.customers.models import Customer
from ledger.customers.operations import register_customer
from ledger.reviews.models import ProposedChange
from ledger.staff.tokens import issue_token
from tests.webapp.house import Browser, House
from webapp.definitions import deploy_shipped
from webapp.engine_room import engine_for


@dataclass
class Desk:
    """What these tests ask and do."""

    house: House
    buyer: str
    browser_of: Callable[..., Browser]
    office: Flask

    @property
    def edit(self) -> str:
        """The page on which the buyer's record is changed."""
        return f"/customers/{self.buyer}/edit"

    def rename(self, browser: Browser, name: str = "王磊磊", **form: str) -> Any:
        """Somebody changes the buyer's name in the browser."""
        return browser.post(self.edit, {"name": name, "reason": "Misspelt", **form}, page=self.edit)

    def changes(self) -> list[ProposedChange]:
        """All changes, the oldest first."""
        with self.house.database.reading() as session:
            return list(session.scalars(select(ProposedChange).order_by(ProposedChange.id)))

    def name(self) -> str:
        """What the buyer is called now."""
        with self.house.database.reading() as session:
            return session.get_one(Customer, self.buyer).name

    def task(self) -> str:
        """The open task of the last change."""
        with self.house.database.reading() as session:
            wanted = TaskFilter(box="all", instance_id=self.changes()[-1].instance_id)
            rows = engine_for(session, SYSTEM, self.house.database.clock).find_tasks(wanted).rows
            return next(row.id for row in rows if row.state == "open")

    def call(self, username: str, method: str, path: str, json: dict[str, Any] | None = None) -> Any:
        """A request to the API with somebody's token."""
        actor = self.house.actor(username)
        with self.house.database.unit_of_work(actor) as session:
            secret = issue_token(session, actor, self.house.database.clock, name="test").secret
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
        return self.office.test_client().open(f"/api/v1{path}", method=method, json=json, headers=headers)


@pytest.fixture
def desk(house: House, browser_of: Callable[..., Browser], office: Flask) -> Desk:
    """The shipped processes are deployed; Wang Lei has subscribed, Mei looks after him; others may review."""
    house.hire("reviewer", "city_gm", "/kt/")
    house.hire("keeper", "administrator", "/")
    mei, clock = house.hire("mei", "sales_consultant"), house.database.clock
    with house.database.unit_of_work() as session:
        deploy_shipped(session, SYSTEM, clock)
        buyer = register_customer(
            session,
            SYSTEM,
            clock,
            name="王磊",
            project_id=house.project.id,
            phones=["13800138123"],
            owner_id=mei.id,
        )
        mark_kind(session, SYSTEM, clock, customer_id=buyer.id, kind="subscriber", project_id=house.project.id)
    return Desk(house, buyer.id, browser_of, office)


@pytest.fixture
def mei(desk: Desk, office: Flask) -> Browser:
    """The browser of the consultant."""
    browser = Browser(office.test_client())
    assert browser.sign_in("mei").status_code == 302
    return browser
