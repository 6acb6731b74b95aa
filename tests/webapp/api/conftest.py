"""Another system that talks to the API with somebody's token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel.actor import SYSTEM
from ledger.inventory.importing import Permit, import_units
from ledger.inventory.price_list import read_price_list
from ledger.staff.tokens import issue_token
from tests.webapp.house import House
from webapp.definitions import deploy_shipped

LIST = "楼号,房号,建筑面积,单价,总价,底价单价\n1栋,101,100.00,20000,2000000,19000\n1栋,102,90.00,20000,1800000,19000\n"


@dataclass
class Caller:
    """A client with a token."""

    client: FlaskClient
    secret: str

    def send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en", **more.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, json: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.send("POST", path, json=json if json is not None else {}, **more)


@pytest.fixture
def caller_of(office: Flask, house: House) -> Callable[..., Caller]:
    """A caller with the token of a new person with a role."""

    def make(role: str, path: str | None = None) -> Caller:
        actor = house.hire(role.replace("_", "-") + (path or "").replace("/", "."), role, path)
        with house.database.unit_of_work(actor) as session:
            secret = issue_token(session, actor, house.database.clock, name="test").secret
        return Caller(office.test_client(), secret)

    return make


@pytest.fixture
def stocked(house: House) -> House:
    """The project with a permit, two homes at released prices, and the shipped processes."""
    clock = house.database.clock
    with house.database.unit_of_work() as session:
        deploy_shipped(session, SYSTEM, clock)
        price_list = read_price_list(LIST.encode(), "list.csv")
        import_units(
            session,
            SYSTEM,
            clock,
            project_id=house.project.id,
            price_list=price_list,
            permit=Permit("P-1", clock.now().date()),
            release=True,
        )
    return house
